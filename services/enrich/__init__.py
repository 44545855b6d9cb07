"""Enrich: the names, places and topics in the stories of a breaking event."""
