"""Names, places and topics of a story, pure: a text and a model in, entities out."""
