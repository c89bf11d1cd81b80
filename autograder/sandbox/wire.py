"""The wire between the judge and the student's process: length-framed JSON and raw array bytes.

Plain data crosses by value, with its exact kind (`autograder.sandbox.values`).
What is not plain crosses as a reference that only its owner resolves: ``handle`` for an object of the student's
process, ``callback`` for a function of the judge.
Both sides trust nothing that arrives: sizes, kinds and depth are verified before a value is built. There is no pickle.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Connection", "DeadlineExceeded", "Lost", "Message", "WireError"]

_PREFIX = struct.Struct(">IQ")
MAX_HEADER = 32 * 2**20
MAX_BLOBS = 512 * 2**20
MAX_BRACKETS = 1_000_000  # each opens a list or an object when JSON is read
MAX_BLOB_COUNT = 200_000


class WireError(BaseException):
    """Bytes arrived that are no message. Not an Exception: no check can take it for a student's error."""


class Lost(BaseException):
    """The other process is gone."""


class DeadlineExceeded(BaseException):
    """The other process did not answer in time."""


@dataclass(slots=True)
class Message:
    """One frame: an operation, its JSON fields, and the raw bytes of its arrays."""

    op: str
    fields: dict[str, Any]
    blobs: list[bytes] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)


class Connection:
    """Sends and receives messages over a socket.

    Parameters
    ----------
    sock : socket
        One end of a stream socket pair.
    descriptors : bool
        Whether file descriptors are accepted with a message; only a child accepts them.
    """

    def __init__(self, sock: socket.socket, *, descriptors: bool = False) -> None:
        self._socket, self._descriptors = sock, descriptors
        self.deadline: float | None = None  # in time.monotonic seconds

    def send(self, message: Message) -> None:
        """Send a message.

        Raises
        ------
        Lost, DeadlineExceeded
            The other side is gone, or does not read.
        """
        sizes = [len(blob) for blob in message.blobs]
        header = json.dumps({"op": message.op, "blobs": sizes, **message.fields}).encode()
        frame = b"".join([_PREFIX.pack(len(header), sum(sizes)), header, *message.blobs])
        try:
            self._hurry()
            if message.descriptors:
                sent = socket.send_fds(self._socket, [frame], message.descriptors)
                frame = frame[sent:]
            self._socket.sendall(frame)
        except TimeoutError as error:
            raise DeadlineExceeded from error
        except OSError as error:
            raise Lost from error

    def receive(self) -> Message:
        """Wait for a message.

        Raises
        ------
        Lost, DeadlineExceeded, WireError
            The other side is gone, silent, or sends something else.
        """
        prefix, descriptors = self._read_prefix()
        header_size, blobs_size = _PREFIX.unpack(prefix)
        if header_size > MAX_HEADER or blobs_size > MAX_BLOBS:
            raise WireError(f"a message of {header_size} + {blobs_size} bytes")
        fields = _header(self._read(header_size))
        sizes = fields.pop("blobs", [])
        if type(sizes) is not list or not all(type(size) is int and size >= 0 for size in sizes):
            raise WireError("no sizes of blobs")
        if sum(sizes) != blobs_size or len(sizes) > MAX_BLOB_COUNT:
            raise WireError("the sizes of blobs do not add up")
        blobs = [self._read(size) for size in sizes]
        return Message(fields.pop("op"), fields, blobs, descriptors)

    def close(self) -> None:
        """Close the socket; the other side reads the end."""
        self._socket.close()

    def fileno(self) -> int:
        """Return the socket's descriptor, to wait for it beside others."""
        return self._socket.fileno()

    def _read_prefix(self) -> tuple[bytes, list[int]]:
        if not self._descriptors:
            return self._read(_PREFIX.size), []
        data, descriptors, _, _ = socket.recv_fds(self._socket, _PREFIX.size, 1)
        if not data:
            raise Lost
        return data + self._read(_PREFIX.size - len(data)), descriptors

    def _read(self, size: int) -> bytes:
        parts, missing = [], size
        try:
            while missing:
                self._hurry()
                part = self._socket.recv(min(missing, 2**20))
                if not part:
                    raise Lost
                parts.append(part)
                missing -= len(part)
        except TimeoutError as error:
            raise DeadlineExceeded from error
        except OSError as error:
            raise Lost from error
        return b"".join(parts)

    def _hurry(self) -> None:
        if self.deadline is None:
            return
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise DeadlineExceeded
        self._socket.settimeout(remaining)


def _header(data: bytes) -> dict[str, Any]:
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS:
        raise WireError("too many values")
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a header that is not JSON: {error}") from error
    if type(fields) is not dict or type(fields.get("op")) is not str:
        raise WireError("a header without op")
    return fields
