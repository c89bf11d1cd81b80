"""A process without a zygote, for systems that cannot fork: it runs the cells of one submission, without isolation."""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import NoReturn

from autograder.sandbox.child import Child
from autograder.sandbox.settings import Settings
from autograder.sandbox.warm import settle, warm

__all__ = ["main"]


def main() -> NoReturn:
    """Serve one connection, to the port and with the word on standard input; the first argument holds the settings."""
    settings = Settings.from_json(sys.argv[1])
    port, word = json.loads(sys.stdin.readline())
    sock = socket.create_connection(("127.0.0.1", port))
    sock.sendall(word.encode())
    shell = warm(settings.environment)
    settle(settings.absent)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    Child(shell, sock, settings.limits, forks=False).serve()


if __name__ == "__main__":
    main()
