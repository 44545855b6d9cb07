"""Effects of the websocket service: sockets, HTTP, the log."""
