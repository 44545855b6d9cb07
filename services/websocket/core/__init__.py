"""Decisions of the websocket service: what a client is told, from where, and in which order."""
