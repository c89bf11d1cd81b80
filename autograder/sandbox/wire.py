"""The wire between the judge and the student's process: length-framed JSON and raw array bytes.

Plain data crosses by value, with its exact kind. What is not plain crosses as a reference that only its owner resolves:
``handle`` for an object of the student's process, ``callback`` for a function of the judge.
Both sides trust nothing that arrives: sizes, kinds and depth are verified before a value is built. There is no pickle.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Connection", "DeadlineExceeded", "Lost", "Message", "Packer", "Unpacker", "WireError"]

_PREFIX = struct.Struct(">IQ")
MAX_HEADER = 32 * 2**20
MAX_BLOBS = 512 * 2**20
MAX_DEPTH = 40
DTYPES = frozenset(
    ("|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"),
)


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


class Packer:
    """Turns values into JSON nodes and blobs.

    Parameters
    ----------
    refer : callable
        Gives the node of an object that is not plain data, or raises TypeError.
    """

    def __init__(self, refer: Callable[[Any], dict[str, Any]]) -> None:
        self._refer = refer
        self.blobs: list[bytes] = []

    def pack(self, value: Any, depth: int = 0) -> Any:
        """Return the node of a value."""
        if value is None or type(value) in (bool, float):
            return value
        if depth > MAX_DEPTH:
            return self._refer(value)
        kind = _KINDS.get(type(value))
        if kind:
            return kind(self, value, depth)
        return self._other(value)

    def _other(self, value: Any) -> Any:
        if isinstance(value, str):  # also numpy's strings
            return str.__str__(value)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value)
        torch = sys.modules.get("torch")
        if torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter):
            return self._tensor(value)
        return self._refer(value)

    def _int(self, value: int, _depth: int) -> Any:
        return value if value.bit_length() < 4096 else self._refer(value)

    def _complex(self, value: complex, _depth: int) -> Any:
        return {"t": "complex", "v": [value.real, value.imag]}

    def _bytes(self, value: bytes, _depth: int) -> Any:
        self.blobs.append(value)
        return {"t": "bytes", "v": len(self.blobs) - 1}

    def _items(self, value: Any, depth: int) -> Any:
        return {"t": type(value).__name__, "v": [self.pack(item, depth + 1) for item in value]}

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        pairs = [[self.pack(key, depth + 1), self.pack(item, depth + 1)] for key, item in value.items()]
        return {"t": "dict", "v": pairs}

    def _slice(self, value: slice, depth: int) -> Any:
        return {"t": "slice", "v": [self.pack(part, depth + 1) for part in (value.start, value.stop, value.step)]}

    def _range(self, value: range, _depth: int) -> Any:
        return {"t": "range", "v": [value.start, value.stop, value.step]}

    def _ellipsis(self, _value: Any, _depth: int) -> Any:
        return {"t": "ellipsis"}

    def _array(self, value: Any) -> Any:
        array = np.asarray(value)
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        if array.dtype.str not in DTYPES:
            return self._refer(value)
        self.blobs.append(array.tobytes())
        kind = "scalar" if isinstance(value, np.generic) else "array"
        return {"t": kind, "dtype": array.dtype.str, "shape": list(array.shape), "v": len(self.blobs) - 1}

    def _tensor(self, value: Any) -> Any:
        try:
            node = self._array(value.detach().cpu().numpy())
        except (TypeError, RuntimeError):  # bfloat16, sparse: numpy has no such kind
            return self._refer(value)
        return {**node, "t": "tensor"} if node["t"] == "array" else node


_KINDS: dict[type, Callable[[Packer, Any, int], Any]] = {
    int: Packer._int,  # noqa: SLF001 - the table belongs to the class
    str: lambda _packer, value, _depth: value,
    complex: Packer._complex,  # noqa: SLF001
    bytes: Packer._bytes,  # noqa: SLF001
    list: Packer._items,  # noqa: SLF001
    tuple: Packer._items,  # noqa: SLF001
    set: Packer._items,  # noqa: SLF001
    frozenset: Packer._items,  # noqa: SLF001
    dict: Packer._dict,  # noqa: SLF001
    slice: Packer._slice,  # noqa: SLF001
    range: Packer._range,  # noqa: SLF001
    type(...): Packer._ellipsis,  # noqa: SLF001
}


class Unpacker:
    """Turns JSON nodes and blobs back into values.

    Parameters
    ----------
    blobs : list of bytes
        As received.
    resolve : callable
        Gives the object that a reference node stands for, or raises WireError.
    """

    def __init__(self, blobs: list[bytes], resolve: Callable[[dict[str, Any]], Any]) -> None:
        self._blobs, self._resolve = blobs, resolve

    def unpack(self, node: Any, depth: int = 0) -> Any:
        """Return the value of a node.

        Raises
        ------
        WireError
            The node is not what a `Packer` makes.
        """
        if node is None or type(node) in (bool, int, float):
            return node
        if type(node) is str:
            return node.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be printed or stored
        if type(node) is not dict or depth > MAX_DEPTH + 1:
            raise WireError(f"no value: {type(node).__name__} at depth {depth}")
        try:
            return self._tagged(node, depth)
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            raise WireError(f"no value: {error}") from error

    def _tagged(self, node: dict[str, Any], depth: int) -> Any:
        kind = node["t"]
        if kind in ("array", "scalar", "tensor"):
            return self._array(kind, node)
        if kind in ("handle", "callback", "generator"):
            return self._resolve(node)
        if kind == "bytes":
            return self._blob(node["v"])
        if kind == "ellipsis":
            return ...
        items = node["v"]
        if type(items) is not list:
            raise WireError(f"{kind} without items")
        if kind == "dict":
            return {self.unpack(key, depth + 1): self.unpack(value, depth + 1) for key, value in items}
        return _BUILDERS[kind]([self.unpack(item, depth + 1) for item in items])

    def _blob(self, index: Any) -> bytes:
        if type(index) is not int or not 0 <= index < len(self._blobs):
            raise WireError("no such blob")
        return self._blobs[index]

    def _array(self, kind: str, node: dict[str, Any]) -> Any:
        name, shape, blob = node["dtype"], node["shape"], self._blob(node["v"])
        if name not in DTYPES or type(shape) is not list or len(shape) > 32:
            raise WireError("no array")
        if not all(type(length) is int and 0 <= length <= MAX_BLOBS for length in shape):
            raise WireError("no shape")
        dtype = np.dtype(name)
        if math.prod(shape) * dtype.itemsize != len(blob):
            raise WireError("the shape of an array does not fit its bytes")
        array = np.frombuffer(blob, dtype).reshape(shape).copy()
        if kind == "scalar":
            return array[()]
        torch = sys.modules.get("torch")
        return torch.from_numpy(array) if kind == "tensor" and torch is not None else array


_BUILDERS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "complex": lambda v: complex(float(v[0]), float(v[1])),
    "slice": lambda v: slice(*v),
    "range": lambda v: range(*v),
}


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
        if sum(sizes) != blobs_size:
            raise WireError("the sizes of blobs do not add up")
        blobs = [self._read(size) for size in sizes]
        return Message(fields.pop("op"), fields, blobs, descriptors)

    def close(self) -> None:
        """Close the socket; the other side reads the end."""
        self._socket.close()

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
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a header that is not JSON: {error}") from error
    if type(fields) is not dict or type(fields.get("op")) is not str:
        raise WireError("a header without op")
    return fields
