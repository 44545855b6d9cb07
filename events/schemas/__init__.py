"""The JSON Schema of each event as last published, written by `python -m events.schemas`, never by hand."""
