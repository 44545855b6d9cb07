"""
Asks the process in this container how it is: `healthcheck.py /healthz`; exit status 0 means well.

Started every few seconds in each container, so it loads nothing but sockets.
"""

# ruff: noqa: INP001 (a script, and no package)
from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence

_PATIENCE_SECONDS = 2.5
_MOST_BYTES = 4096


def main(arguments: Sequence[str]) -> int:
    """Ask for a path on this machine's TOCSIN_HTTP_PORT; what was answered is printed for `docker inspect`."""
    path = arguments[0] if arguments else "/healthz"
    port = int(os.environ.get("TOCSIN_HTTP_PORT") or 8080)
    try:
        answer = _asked(port, path)
    except OSError as error:
        sys.stdout.write(f"nobody answers at port {port}: {error}\n")
        return 1
    head, _, body = answer.partition("\r\n\r\n")
    status = head.partition("\r\n")[0]
    sys.stdout.write(f"{status} {body}\n")
    return 0 if status.startswith("HTTP/1.1 200 ") else 1


def _asked(port: int, path: str) -> str:
    """The answer, as far as it is of interest."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS) as connection:
        connection.sendall(request.encode("ascii"))
        while len(answer) < _MOST_BYTES and (more := connection.recv(_MOST_BYTES)):
            answer += more
    return answer.decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
