"""The desk-facing edge: the board of alerts, pushed over websockets and SSE, and asked for over HTTP."""
