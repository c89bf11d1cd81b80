"""Plain data on the wire: how a value becomes a JSON node and raw bytes, and which nodes become a value again.

Each number below is a limit that is held before anything is built from what arrived.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.sandbox.wire import MAX_BLOBS, WireError

__all__ = ["Packer", "Unpacker"]

MAX_DEPTH = 40
MAX_NODES = 2_000_000  # of one message
MAX_KEYS = 10_000  # of all sets and dicts of one message: whoever chooses them can choose them to collide
MAX_RANGE = 1_000_000
MAX_BITS = 4096  # of an integer
DTYPES = frozenset(
    ("|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"),
)
_LONG = {"g": "<f8", "G": "<c16"}  # numpy's longdouble has no fixed layout


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
        return self._other(value, depth)

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):  # also numpy's strings
            return str.__str__(value)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value)
        torch = sys.modules.get("torch")
        if torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter):
            return self._tensor(value)
        base = next((base for base in type(value).__mro__ if base in _KINDS or base is float), None)
        return self._refer(value) if base is None else self.pack(base(value), depth)  # a namedtuple is a tuple

    def _int(self, value: int, _depth: int) -> Any:
        return value if value.bit_length() <= MAX_BITS else self._refer(value)

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
        parts = [value.start, value.stop, value.step]
        short = all(abs(part) < 2**62 for part in parts) and len(value) <= MAX_RANGE
        return {"t": "range", "v": parts} if short else self._refer(value)

    def _ellipsis(self, _value: Any, _depth: int) -> Any:
        return {"t": "ellipsis"}

    def _array(self, value: Any) -> Any:
        array = np.asarray(value)
        if array.dtype.char in _LONG:
            array = array.astype(_LONG[array.dtype.char])
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
        self._blobs, self._resolve = list(blobs), resolve
        self._taken: set[int] = set()
        self._nodes = self._keys = 0

    def unpack(self, node: Any, depth: int = 0) -> Any:
        """Return the value of a node.

        Raises
        ------
        WireError
            The node is not what a `Packer` makes, or there are too many of them.
        """
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise WireError("too many values")
        if node is None or type(node) in (bool, float):
            return node
        if type(node) is int and node.bit_length() <= MAX_BITS:
            return node
        if type(node) is str:
            return node.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be printed or stored
        if type(node) is not dict or depth > MAX_DEPTH + 1:
            raise WireError(f"no value: {type(node).__name__} at depth {depth}")
        try:
            return _READERS[node["t"]](self, node, depth)
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            raise WireError(f"no value: {error}") from error

    def _reference(self, node: dict[str, Any], _depth: int) -> Any:
        return self._resolve(node)

    def _bytes(self, node: dict[str, Any], _depth: int) -> Any:
        return self._blob(node["v"])

    def _ellipsis(self, _node: dict[str, Any], _depth: int) -> Any:
        return ...

    def _items(self, node: dict[str, Any], depth: int) -> Any:
        return _BUILDERS[node["t"]]([self.unpack(item, depth + 1) for item in self._listed(node)])

    def _set(self, node: dict[str, Any], depth: int) -> Any:
        return _BUILDERS[node["t"]]([self._key(item, depth) for item in self._listed(node)])

    def _dict(self, node: dict[str, Any], depth: int) -> Any:
        return {self._key(key, depth): self.unpack(value, depth + 1) for key, value in self._listed(node)}

    def _listed(self, node: dict[str, Any]) -> list[Any]:
        items = node["v"]
        if type(items) is not list:
            raise WireError(f"{node['t']} without items")
        if self._nodes + len(items) > MAX_NODES:  # before any of them is built
            raise WireError("too many values")
        return items

    def _key(self, node: Any, depth: int) -> Any:
        self._keys += 1
        key = self.unpack(node, depth + 1)
        if self._keys > MAX_KEYS or not _is_key(key):
            raise WireError("too many keys, or none")
        return key

    def _blob(self, index: Any) -> bytes:
        """Give each blob once: a hundred arrays made of one would be a bomb."""
        if type(index) is not int or not 0 <= index < len(self._blobs) or index in self._taken:
            raise WireError("no such blob")
        self._taken.add(index)
        return self._blobs[index]

    def _array(self, node: dict[str, Any], _depth: int) -> Any:
        name, shape, blob = node["dtype"], node["shape"], self._blob(node["v"])
        if name not in DTYPES or type(shape) is not list or len(shape) > 32:
            raise WireError("no array")
        if not all(type(length) is int and 0 <= length <= MAX_BLOBS for length in shape):
            raise WireError("no shape")
        dtype = np.dtype(name)
        if math.prod(shape) * dtype.itemsize != len(blob):
            raise WireError("the shape of an array does not fit its bytes")
        array = np.frombuffer(blob, dtype).reshape(shape).copy()
        if node["t"] == "scalar":
            return _scalar(array)
        torch = sys.modules.get("torch")
        return torch.from_numpy(array) if node["t"] == "tensor" and torch is not None else array


def _is_key(key: Any) -> bool:
    """Say whether a value may be a key: complex numbers, say, collide at will."""
    if isinstance(key, tuple):
        return all(map(_is_key, key))
    return isinstance(key, str | bytes | int | float | np.integer | np.floating | np.bool_ | None)


def _scalar(array: Any) -> Any:
    if array.ndim:
        raise WireError("a scalar with a shape")
    return array[()]


def _range(parts: list[Any]) -> range:
    if not all(type(part) is int and abs(part) < 2**62 for part in parts) or len(range(*parts)) > MAX_RANGE:
        raise WireError("no range")
    return range(*parts)


_BUILDERS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "complex": lambda v: complex(float(v[0]), float(v[1])),
    "slice": lambda v: slice(*v),
    "range": _range,
}

_READERS: dict[str, Callable[[Unpacker, dict[str, Any], int], Any]] = {
    **dict.fromkeys(("array", "scalar", "tensor"), Unpacker._array),  # noqa: SLF001 - the table belongs to the class
    **dict.fromkeys(("handle", "callback", "generator"), Unpacker._reference),  # noqa: SLF001
    **dict.fromkeys(("list", "tuple", "complex", "slice", "range"), Unpacker._items),  # noqa: SLF001
    **dict.fromkeys(("set", "frozenset"), Unpacker._set),  # noqa: SLF001
    "dict": Unpacker._dict,  # noqa: SLF001
    "bytes": Unpacker._bytes,  # noqa: SLF001
    "ellipsis": Unpacker._ellipsis,  # noqa: SLF001
}
