"""The wire: what goes in comes out with its exact kind, and nothing else is believed."""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.values import Packer, Unpacker
from autograder.sandbox.wire import Connection, DeadlineExceeded, Lost, Message, WireError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.complex_numbers(allow_nan=False)
)
DTYPES = st.sampled_from(["?", "i1", "i4", "i8", "u1", "u8", "f2", "f4", "f8", "c8", "c16", ">f8"])
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, min_side=0))
KEYS = st.text() | st.integers() | st.tuples(st.integers(), st.text())
VALUES = st.recursive(
    SCALARS | st.binary() | ARRAYS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)


def no_reference(value: Any) -> dict[str, Any]:
    """Refuse everything that is not plain data."""
    raise TypeError(type(value).__name__)


def no_resolution(node: dict[str, Any]) -> Any:
    """Refuse every reference."""
    raise WireError(str(node))


def carried(value: Any) -> Any:
    """Send a value through the wire's own bytes."""
    packer = Packer(no_reference)
    node = json.loads(json.dumps(packer.pack(value)))
    return Unpacker(packer.blobs, no_resolution).unpack(node)


def alike(left: Any, right: Any) -> bool:
    """Compare values and exact kinds, arrays by dtype, shape and bytes."""
    if isinstance(left, np.ndarray):
        little = left.astype(left.dtype.newbyteorder("<"))
        return isinstance(right, np.ndarray) and (little.dtype, little.shape, little.tobytes()) == (
            right.dtype,
            right.shape,
            right.tobytes(),
        )
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    if isinstance(left, str):
        return bool(left.encode("utf-8", "replace").decode() == right)
    return bool(left == right)


@given(VALUES)
def test_a_value_arrives_with_its_exact_kind(value: Any) -> None:
    """Lists stay lists, tuples tuples, arrays keep dtype and shape."""
    try:
        arrived = carried(value)
    except TypeError as error:  # integers of thousands of digits go as references
        assert str(error) == "int"  # noqa: PT017
        return
    assert alike(value, arrived)


@pytest.mark.parametrize("value", [np.float32(1.5), np.int8(-3), np.bool_(True)])
def test_a_numpy_scalar_keeps_its_type(value: np.generic) -> None:
    """A float32 does not become a float."""
    arrived = carried(value)
    assert (type(value), value) == (type(arrived), arrived)


@pytest.mark.parametrize("value", [slice(1, None, 2), range(2, 9, 3), {1, 2}, frozenset({"a"}), ...])
def test_a_value_of_a_rarer_kind_arrives(value: Any) -> None:
    """What indexes an array, and sets."""
    assert carried(value) == value


def test_a_list_that_holds_itself_is_no_plain_data() -> None:
    """A recursive container ends as a reference, not in an endless loop."""
    value: list[Any] = []
    value.append(value)
    with pytest.raises(TypeError, match="list"):
        carried(value)


def test_an_array_subclass_arrives_as_a_plain_array() -> None:
    """Only its numbers count, not its methods."""
    assert type(carried(np.ma.masked_array([1.0]))) is np.ndarray


@pytest.mark.parametrize(
    "node",
    [
        {"t": "array", "dtype": "<f8", "shape": [2], "v": 0},  # too few bytes
        {"t": "array", "dtype": "<f8", "shape": [10**15], "v": 0},
        {"t": "array", "dtype": "<f8", "shape": [-1], "v": 0},
        {"t": "array", "dtype": "|O", "shape": [1], "v": 0},
        {"t": "array", "dtype": "<f8", "shape": [True], "v": 0},
        {"t": "array", "dtype": "<f8", "shape": [1], "v": 7},
        {"t": "array", "dtype": "<f8", "shape": [1], "v": -1},
        {"t": "array", "dtype": ["<f8"], "shape": [1], "v": 0},
        {"t": "pickle", "v": []},
        {"t": "dict", "v": [[{"t": "list", "v": []}, 1]]},  # a key that cannot be one
        {"t": "dict", "v": [[1, 2, 3]]},
        {"t": "list", "v": "abc"},
        {"t": "slice", "v": [1, 2, 3, 4]},
        {"t": "range", "v": ["a"]},
        {"t": "set", "v": [{"t": "list", "v": []}]},
        {"t": "complex", "v": [1]},
        {"t": []},
        {},
        [1],
    ],
)
def test_a_forged_node_is_refused(node: Any) -> None:
    """Kind, dtype, shape and bytes must fit before anything is built."""
    with pytest.raises(WireError):
        Unpacker([b"12345678"], no_resolution).unpack(node)


def test_a_deep_node_is_refused() -> None:
    """Depth is bounded before it can exhaust the stack."""
    node: Any = 1
    for _ in range(60):
        node = {"t": "list", "v": [node]}
    with pytest.raises(WireError):
        Unpacker([], no_resolution).unpack(node)


@pytest.mark.parametrize(
    "frame",
    [
        struct.pack(">IQ", 2**31, 0),
        struct.pack(">IQ", 2, 2**60) + b"{}",
        struct.pack(">IQ", 2, 0) + b"[]",
        struct.pack(">IQ", 4, 0) + b"\xff\xff\xff\xff",
        struct.pack(">IQ", 10, 0) + b'{"op": 12}',
        struct.pack(">IQ", 27, 3) + b'{"op": "x", "blobs": [2.0]}' + b"abc",
        struct.pack(">IQ", 25, 3) + b'{"op": "x", "blobs": [9]}' + b"abc",
        struct.pack(">IQ", 200_000, 0) + b"[" * 200_000,
    ],
)
def test_a_forged_frame_is_refused(frame: bytes) -> None:
    """Sizes and JSON are verified before bytes are awaited or built."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(frame)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(WireError):
            Connection(ours).receive()


def test_a_message_arrives_whole() -> None:
    """Operation, fields and blobs."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Connection(ours).send(Message("call", {"name": "λ"}, [b"ab", b"", b"c"]))
        arrived = Connection(theirs).receive()
    assert (arrived.op, arrived.fields, arrived.blobs) == ("call", {"name": "λ"}, [b"ab", b"", b"c"])


def test_silence_ends_at_the_deadline() -> None:
    """A side that does not answer is not waited for."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = Connection(ours)
        connection.deadline = time.monotonic() + 0.05
        with pytest.raises(DeadlineExceeded):
            connection.receive()


def test_a_closed_side_is_lost() -> None:
    """The end of the stream is told apart from silence."""
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(Lost):
        Connection(ours).receive()
