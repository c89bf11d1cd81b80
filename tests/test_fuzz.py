"""Mutated notebooks and mutated frames: whatever arrives, it ends in a value or in a refusal that has a name."""

from __future__ import annotations

import contextlib
import copy
import json
import random
import socket
from pathlib import Path
from typing import Any

import numpy as np

from autograder.intake.reader import UnreadableError, read_notebook
from autograder.intake.restore import restore
from autograder.sandbox.values import Packer, Unpacker
from autograder.sandbox.wire import Connection, Lost, Message, WireError
from tests.proof import count
from tests.toy import SOLVED, handed_in, submission, template

FRAME = template()
WHOLE = handed_in(SOLVED | {"explain_double": "2 times 2 is 4"})
WORDS: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    "",
    "x",
    "\0",
    "\ud800",
    [],
    {},
    [[]],
    {"cell_type": "code"},
    "double",
    "def double(x): pass",
)
TOKENS = (
    b"\xff",
    b"\0",
    b'"',
    b"{",
    b"]",
    b"[" * 50,
    b"9" * 30,
    b"null",
    b'"t"',
    b'"handle"',
    b'"v"',
    b"-1",
    b"NaN",
    b"1e999",
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every container and key within a JSON value."""
    keys = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in keys for place in [(value, key), *places(inner)]]


def mutated_notebook(draw: random.Random) -> bytes:
    """Change some places of a notebook, or some of its bytes, or both."""
    notebook = copy.deepcopy(WHOLE)
    for _ in range(draw.randrange(1, 9)):
        container, key = draw.choice(places(notebook))
        change = draw.randrange(4)
        if change == 0:
            del container[key]
        elif change == 1:
            container[key] = copy.deepcopy(draw.choice(WORDS))
        elif change == 2:
            other, name = draw.choice(places(notebook))
            container[key] = copy.deepcopy(other[name])
        elif isinstance(container, list):
            draw.shuffle(container)
        if not places(notebook):
            break
    content = json.dumps(notebook).encode("utf-8", "surrogatepass")
    return mutated(content, draw, TOKENS) if draw.random() < 0.3 else content


def mutated(content: bytes, draw: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    """Cut, repeat, turn over and write into bytes."""
    for _ in range(draw.randrange(1, 6)):
        start, end = sorted((draw.randrange(len(content) + 1), draw.randrange(len(content) + 1)))
        end = min(end, start + draw.choice((1, 4, 100)))
        piece = draw.choice((b"", content[start:end] * 2, draw.randbytes(end - start), draw.choice(tokens)))
        content = content[:start] + piece + content[end:]
    return content


def test_mutated_notebooks(tmp_path: Path) -> None:
    """Each is read and restored with every check in place, or refused with a message for its student."""
    draw, path = random.Random(5), tmp_path / "mutated.ipynb"  # noqa: S311 - nothing is kept secret
    refused = 0
    wanted = [cell.id for cell in FRAME.cells if cell.kind == "checks"]
    for _ in range(count(300, 5_000)):
        path.write_bytes(mutated_notebook(draw))
        try:
            notebook = read_notebook(path)
        except UnreadableError as error:
            refused += len(str(error)) > 20
            continue
        result = restore(submission(notebook), FRAME)
        assert wanted == [cell.id for cell in result.cells if cell.kind == "checks"]
        json.dumps(result.notebook).encode()
    assert refused > 0


VALUES: tuple[Any, ...] = (
    [1.5, (2, None), {"a": True}],
    np.arange(6.0).reshape(2, 3),
    {"x": np.float32(1.5), 3: {1, 2}, "s": slice(1, None), "r": range(5)},
    [b"bytes", 2 + 3j, ..., np.array([], "<i4"), "λ" * 20],
)


def frame(value: Any) -> bytes:
    """Return the bytes of a reply that carries a value."""
    ours, theirs = socket.socketpair()
    packer = Packer(lambda _: {"t": "handle", "id": 3, "type": "X"})
    with ours, theirs:
        Connection(ours).send(Message("reply", {"value": packer.pack(value)}, packer.blobs))
        ours.shutdown(socket.SHUT_WR)
        return theirs.makefile("rb").read()


def decoded(content: bytes) -> Any:
    """Receive bytes as the judge does."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(content)
        theirs.shutdown(socket.SHUT_WR)
        message = Connection(ours).receive()
    return Unpacker(message.blobs, lambda node: node["t"]).unpack(message.fields.get("value"))


def test_mutated_frames() -> None:
    """Each becomes a value or is refused as no message: no other error, and no memory beyond what was sent."""
    draw, whole = random.Random(7), [frame(value) for value in VALUES]  # noqa: S311
    arrived = 0
    for _ in range(count(5_000, 100_000)):
        with contextlib.suppress(WireError, Lost):
            decoded(mutated(draw.choice(whole), draw, TOKENS))
            arrived += 1
    assert arrived > 0
