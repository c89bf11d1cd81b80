"""Attacks on the wire: the student's process is taken over, and sends what it likes."""

from __future__ import annotations

import textwrap
from typing import Any

from tests.corpus.case import Case, attack

__all__ = ["PROTOCOL"]

# What takes the process over: the object that serves the judge, and raw frames in its name.
TAKEN = """
import json, os, struct, sys

def child():
    frame = sys._getframe()
    while frame is not None:
        if type(frame.f_locals.get("self")).__name__ == "Child":
            return frame.f_locals["self"]
        frame = frame.f_back

def raw(*parts):
    child()._connection._socket.sendall(b"".join(parts))

def frame(header, blobs=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">IQ", len(text), len(blobs)) + text + blobs

def reply(node, blobs=()):
    sizes = [len(blob) for blob in blobs]
    raw(frame({"op": "reply", "blobs": sizes, "value": node}, b"".join(blobs)))
"""


def forged(name: str, body: str, *, ends: str = "WRONG", at: str = "") -> Case:
    """Write an attack whose answer sends frames of its own, then leaves the reply to the engine."""
    answer = (
        "def NAME(*args, **kwargs):\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n    return 0.0"
    )
    return attack(name, answer, before=TAKEN, ends=ends, at=at)


def _node(name: str, node: Any, blobs: str = "()") -> Case:
    return forged(name, f"reply({node!r}, {blobs})")


_NODES = (
    _node("a kind that is none", {"t": "pickle", "v": "gASVAAAA"}),
    _node("a kind that is a list", {"t": ["array"]}),
    _node("no node at all", [[1.0]]),
    _node("an array of objects", {"t": "array", "dtype": "|O", "shape": [1], "v": 0}, "(b'12345678',)"),
    _node("an array of 745 gigabytes", {"t": "array", "dtype": "<f8", "shape": [10**11], "v": 0}, "(b'12345678',)"),
    _node("a negative shape", {"t": "array", "dtype": "<f8", "shape": [-1, -1], "v": 0}, "(b'12345678',)"),
    _node("a shape of truths", {"t": "array", "dtype": "<f8", "shape": [True], "v": 0}, "(b'12345678',)"),
    _node("a structured array", {"t": "array", "dtype": "V8,O", "shape": [1], "v": 0}, "(b'12345678',)"),
    _node("a blob that is not there", {"t": "bytes", "v": 10**9}),
    _node("a handle below zero", {"t": "handle", "id": -1, "type": "float"}),
    _node("a handle named by a list", {"t": "handle", "id": [1], "type": ["float"]}),
    _node("a callback as the answer", {"t": "callback", "id": 0}),
    _node("a generator that is not there", {"t": "generator", "id": 10**6}),
    _node("a range without end", {"t": "range", "v": [0, 2**63, 1]}),
    _node("a scalar with a shape", {"t": "scalar", "dtype": "<f8", "shape": [1], "v": 0}, "(b'12345678',)"),
    forged(
        "one blob a hundred thousand times",
        """
        one = {"t": "array", "dtype": "|u1", "shape": [2 ** 20], "v": 0}
        reply({"t": "list", "v": [one] * 100_000}, (bytes(2 ** 20),))
    """,
    ),
    forged(
        "keys that collide",
        """
        key = lambda k: {"t": "complex", "v": [-1000003.0 * k, k]}
        reply({"t": "dict", "v": [[key(k), 0] for k in range(20_000)]})
    """,
    ),
    forged(
        "a set of tuples that collide",
        """
        reply({"t": "set", "v": [{"t": "tuple", "v": [k, k]} for k in range(15_000)]})
    """,
    ),
    forged("two million values", 'reply({"t": "list", "v": [0] * 2_000_001})'),
    forged(
        "ten thousand levels",
        """
        raw(frame(b'{"op": "reply", "blobs": [], "value": ' + b'{"t": "list", "v": [' * 10_000 + b"]}" * 10_000 + b"}"))
    """,
    ),
    forged(
        "a number of a million digits",
        """
        raw(frame(b'{"op": "reply", "blobs": [], "value": 1' + b"0" * 10 ** 6 + b"}"))
    """,
    ),
    forged(
        "a number of four thousand digits",
        """
        raw(frame(b'{"op": "reply", "blobs": [], "value": 1' + b"0" * 4000 + b"}"))
    """,
    ),
    forged("not a number, by name", """raw(frame(b'{"op": "reply", "blobs": [], "value": NaN}'))"""),
    forged("half a character", r"""raw(frame(b'{"op": "reply", "blobs": [], "value": "\\ud800"}'))"""),
)

_FRAMES = (
    forged("a header of four gigabytes", 'raw(struct.pack(">IQ", 2 ** 32 - 1, 0))'),
    forged("blobs of an exabyte", 'raw(struct.pack(">IQ", 2, 2 ** 60), b"{}")'),
    forged("a frame that breaks off", 'raw(struct.pack(">IQ", 100, 0), b"{")\nos._exit(0)', ends="CRASHED"),
    forged(
        "a frame that never ends",
        'raw(struct.pack(">IQ", 100, 0), b"{")\nimport time; time.sleep(1e6)',
        ends="TIMEOUT",
        at="polynomial",
    ),
    forged("a header that is no JSON", 'raw(frame(b"\\xff\\xfe\\x00"))'),
    forged("a header that is a list", 'raw(frame(b"[]"))'),
    forged("an operation that is none", 'raw(frame({"op": "verdict", "value": "CORRECT", "blobs": []}))'),
    forged("an operation that is a number", 'raw(frame({"op": 1}))'),
    forged("sizes that do not add up", 'raw(frame({"op": "reply", "blobs": [5], "value": 0.0}, b"abc"))'),
    forged("a size that is not whole", 'raw(frame({"op": "reply", "blobs": [3.0], "value": 0.0}, b"abc"))'),
    forged("a million empty blobs", 'raw(frame({"op": "reply", "blobs": [0] * 10 ** 6, "value": 0.0}))'),
    forged("a million brackets", 'raw(frame(b\'{"op": "reply", "value": [\' + b"[]," * 10 ** 6 + b"0]}"))'),
    forged("brackets without end", 'raw(frame(b"[" * 1_200_000))'),
    forged("noise", "raw(os.urandom(5000))"),
    forged("a hundred replies ahead", "for number in range(100): reply(float(number))"),
    forged(
        "an error that ends the judge", 'raw(frame({"op": "error", "kind": "SystemExit", "text": "0", "line": None}))'
    ),
    forged("an error of no class", 'raw(frame({"op": "error", "kind": "__import__", "text": "os", "line": None}))'),
    forged("an error that is nothing", 'raw(frame({"op": "error"}))', ends="WRONG"),
    forged(
        "an error that ends loops", 'raw(frame({"op": "error", "kind": "StopIteration", "text": "", "line": None}))'
    ),
    forged(
        "an error with script",
        'raw(frame({"op": "error", "kind": "ValueError", "text": "<img src=x onerror=alert(1)>", "line": "<script>alert(2)</script>"}))',
    ),
)

_CALLBACKS = (
    forged(
        "a callback that is not there",
        'raw(frame({"op": "callback", "id": 999, "method": None, "args": [], "kwargs": {}}))',
    ),
    forged(
        "every callback there may be",
        """
        for number in range(30):
            raw(frame({"op": "callback", "id": number, "method": "__globals__",
                       "args": {"t": "list", "v": [1.0]}, "kwargs": {"t": "dict", "v": []}}))
        """,
        at="slopes",
    ),
    forged(
        "arguments that are no list",
        'raw(frame({"op": "callback", "id": 0, "method": None, "args": 5, "kwargs": 5}))',
        at="slopes",
    ),
    forged(
        "callbacks without end",
        """
        me = {"op": "callback", "id": 0, "method": None, "args": {"t": "list", "v": [1.0]}, "kwargs": {"t": "dict", "v": []}}
        while True:
            raw(frame(me)); child()._connection.receive()
        """,
        at="descent",
        ends="WRONG/TIMEOUT",
    ),
    forged(
        "arguments of a callback that call back",
        """
        me = {"t": "handle", "id": 0, "type": "float"}
        raw(frame({"op": "callback", "id": 0, "method": None, "args": {"t": "list", "v": [me] * 3},
                   "kwargs": {"t": "dict", "v": [["x", me]]}}))
        """,
        at="descent",
    ),
    forged(
        "all arguments changed",
        """
        raw(frame({"op": "reply", "blobs": [], "value": 0.0, "changed": {"t": "list", "v": [0.0] * 100_000}}))
        """,
        at="train",
    ),
    forged(
        "arguments changed into nothing",
        'raw(frame({"op": "reply", "blobs": [], "value": 0.0, "changed": None}))',
        at="train",
    ),
)

_SERVERS = (
    attack(
        "a child that answers everything with zero",
        "def NAME(*args, **kwargs):\n    return 0.0",
        before=TAKEN
        + "\nserver = child()\nif server is not None:\n    type(server)._on_call = lambda self, message, packer: {'value': 0.0}",
        bystander="WRONG",
        at="slopes",
    ),
    attack(
        "a child that has no names",
        "def NAME(*args, **kwargs):\n    return 0.0",
        before=TAKEN
        + "\nserver = child()\nget = type(server)._on_get\n"
        + "def on_get(self, message, packer):\n"
        + "    if message.fields['name'] == 'NAME': return {'value': {'t': 'callback', 'id': 0}}\n"
        + "    return get(self, message, packer)\n"
        + "type(server)._on_get = on_get",
        at="train",
    ),
    attack(
        "outputs that claim points",
        "def NAME(*args, **kwargs):\n    return 0.0\nshow()",
        before="""
        class Shell(list): pass
        def show():
            outputs = get_ipython()._outputs
            outputs.append({"output_type": "execute_result", "data": {"text/plain": "100.0", "text/html": "<script>alert(1)</script>"},
                            "metadata": {"nbgrader": {"points": 100}}, "execution_count": "<b>"})
            outputs.append({"output_type": "error", "traceback": "x", "ename": 5, "evalue": {"a": 1}})
            outputs.append({"output_type": "stream", "text": ["a"], "name": "../../etc"})
            outputs.append({"output_type": 7})
            outputs.append({})
        """,
    ),
    attack(
        "a process id of another's",
        "def NAME(*args, **kwargs):\n    return 0.0",
        before=TAKEN
        + "\nserver = child()\n"
        + "fork = type(server)._fork\n"
        + "def lie(self, message):\n"
        + "    answer = fork(self, message)\n"
        + "    answer.fields['value'] = os.getppid()\n"
        + "    return answer\n"
        + "type(server)._fork = lie",
        bystander="BLANK",  # after its first cell nothing can be forked: what it solved below is left out
    ),
)

PROTOCOL: tuple[Case, ...] = (*_NODES, *_FRAMES, *_CALLBACKS, *_SERVERS)
