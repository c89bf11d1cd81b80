"""The student's side: runs cells and calls, and answers with plain data. It decides nothing and is believed nothing."""

from __future__ import annotations

import builtins
import contextlib
import gc
import itertools
import os
import random
import signal
import socket
from collections.abc import Callable
from typing import Any, NoReturn

from autograder.course import Limits
from autograder.sandbox.scratch import clear
from autograder.sandbox.shell import CellShell
from autograder.sandbox.values import Packer, Unpacker
from autograder.sandbox.view import own_folders
from autograder.sandbox.wire import Connection, Lost, Message, WireError

__all__ = ["TORCH_MEMORY", "Child"]

TORCH_MEMORY = "DefaultCPUAllocator: can't allocate memory"  # torch says it by a RuntimeError
MAX_ITEMS = 100_000
# Bound before student code runs, which may put something else in their place.
_getstate, _setstate = random.getstate, random.setstate


class Child:
    """Serves one connection: the requests of one judge.

    Parameters
    ----------
    shell : CellShell
        Where the notebook's cells run.
    sock : socket
        To the judge.
    limits : Limits
        What a cell may print, and how long it may compute.
    forks : bool
        Whether this process can be forked.
    lifeline : int
        A descriptor of this process that none of its forks may have; -1 if there is none.
    """

    def __init__(
        self, shell: CellShell, sock: socket.socket, limits: Limits, *, forks: bool = True, lifeline: int = -1
    ) -> None:
        self._shell = shell
        self._connection = Connection(sock, descriptors=forks)
        self._pid, self._lifeline = os.getpid(), lifeline
        self._forks: set[int] = set()
        self._folders = {folder: {path.name for path in folder.iterdir()} for folder in own_folders()} if forks else {}
        self._objects: list[Any] = []  # handles are indices; kept alive so that ids stay unique
        self._numbers: dict[int, int] = {}
        self._callbacks: dict[int, Any] = {}
        shell.stop_above(limits.output_mb, lambda: self._stop("output"))
        if forks:
            signal.signal(signal.SIGXCPU, lambda *_: self._stop("cpu"))
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the first process of a namespace gets all orphans

    def serve(self) -> NoReturn:
        """Answer requests until the judge closes the connection."""
        while True:
            try:
                message = self._connection.receive()
                answer = self._answer(message)
                if os.getpid() != self._pid:  # student code forked, and this copy came back
                    os._exit(0)
                self._connection.send(answer)
            except Lost:
                self._leave()

    def _leave(self) -> NoReturn:
        """End; with a lifeline, wait for the zygote or its end: with this process all of the submission end then."""
        while self._lifeline >= 0:
            signal.pause()
        os._exit(0)

    def _stop(self, why: str) -> None:
        """Say why this process ends, and end it: nothing that student code catches."""
        if os.getpid() == self._pid:
            with contextlib.suppress(Lost):
                self._connection.send(Message("stopped", {"why": why}))
        os._exit(1)

    def _answer(self, message: Message) -> Message:
        if message.op == "fork":
            return self._fork(message)
        packer = Packer(self._refer)
        try:
            reply = getattr(self, f"_on_{message.op}")(message, packer)
        except (Lost, WireError):
            raise
        except BaseException as error:  # noqa: BLE001 - also SystemExit: student code must not end the process politely
            return Message("error", _describe(error))
        return Message("reply", reply, packer.blobs)

    def _on_run(self, message: Message, packer: Packer) -> dict[str, Any]:
        return {"value": packer.pack(self._shell.run(message.fields["source"]))}

    def _on_get(self, message: Message, packer: Packer) -> dict[str, Any]:
        name = message.fields["name"]
        if name not in self._shell.user_ns:
            raise NameError(f"name {name!r} is not defined")
        return {"value": packer.pack(self._shell.user_ns[name])}

    def _on_restore(self, message: Message, packer: Packer) -> dict[str, Any]:
        """Define a given function anew: beside the student's objects, or, from a module, where it hides no name."""
        source = message.fields["source"]
        names = {} if source.startswith("from ") else self._shell.user_ns
        exec(compile(source, "<given>", "exec"), names)  # noqa: S102 - given code
        return {"value": packer.pack(names[message.fields["name"]])}

    def _on_call(self, message: Message, packer: Packer) -> dict[str, Any]:
        function, args, kwargs = self._unpack(message)
        value = packer.pack(function(*args, **kwargs))
        after = Packer(self._refer)
        node = after.pack(args)
        if node == message.fields["args"] and after.blobs == message.blobs[: len(after.blobs)]:
            return {"value": value}
        return {"value": value, "changed": packer.pack(args)}

    def _on_attribute(self, message: Message, packer: Packer) -> dict[str, Any]:
        target, (name,), _ = self._unpack(message)
        return {"value": packer.pack(getattr(target, name))}

    def _on_iterate(self, message: Message, packer: Packer) -> dict[str, Any]:
        target, _, _ = self._unpack(message)
        return {"value": packer.pack(list(itertools.islice(target, MAX_ITEMS)))}

    def _on_clear(self, _message: Message, _packer: Packer) -> dict[str, Any]:
        """Remove all files of the submission; what was there before it stays."""
        for folder, kept in self._folders.items():
            clear(folder, kept)
        return {}

    def _unpack(self, message: Message) -> tuple[Any, list[Any], dict[str, Any]]:
        unpacker = Unpacker(message.blobs, self._resolve)
        fields = message.fields
        target = unpacker.unpack(fields["target"]) if "target" in fields else None
        return target, unpacker.unpack(fields["args"]), unpacker.unpack(fields.get("kwargs", {"t": "dict", "v": []}))

    def _fork(self, message: Message) -> Message:
        (descriptor,) = message.descriptors
        self._reap()
        drawn = _getstate()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(descriptor)
            return Message("error", _describe(error))
        if pid == 0:
            gc.freeze()  # to look for garbage among what it shares with this process would copy all of that
            _setstate(drawn)  # Python gives a fork other random numbers
            self._pid, self._forks = os.getpid(), set()
            if self._lifeline >= 0:
                os.close(self._lifeline)
                self._lifeline = -1
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._connection.close()
            self._connection = Connection(socket.socket(fileno=descriptor), descriptors=True)
            self.serve()
        os.close(descriptor)
        self._forks.add(pid)
        return Message("reply", {"value": pid})

    def _reap(self) -> None:
        """Let go of forks that ended; student code waits for its own processes itself."""
        for pid in list(self._forks):
            try:
                ended = os.waitpid(pid, os.WNOHANG)[0]
            except ChildProcessError:
                ended = pid
            if ended:
                self._forks.discard(pid)

    # References: our objects go out as handles, the judge's functions come in as callbacks.

    def _refer(self, value: Any) -> dict[str, Any]:
        number = getattr(value, "_judge_callback", None)
        if isinstance(number, int) and self._callbacks.get(number) is value:
            return {"t": "generator" if isinstance(value, _Generator) else "callback", "id": number}
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return {"t": "handle", "id": self._numbers[id(value)], "type": type(value).__name__[:80]}

    def _resolve(self, node: dict[str, Any]) -> Any:
        if node["t"] == "handle":
            return self._objects[node["id"]]
        number = node["id"]
        if number not in self._callbacks:
            make = self._make_callback if node["t"] == "callback" else self._make_generator
            self._callbacks[number] = make(number)
        return self._callbacks[number]

    def _make_callback(self, number: int) -> Callable[..., Any]:
        def given(*args: Any, **kwargs: Any) -> Any:
            return self._ask_judge(number, None, args, kwargs)

        given._judge_callback = number  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark
        return given

    def _make_generator(self, number: int) -> Any:
        return _Generator(self, number)

    def _ask_judge(self, number: int, method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        packer = Packer(self._refer)
        fields = {"id": number, "method": method, "args": packer.pack(list(args)), "kwargs": packer.pack(kwargs)}
        self._connection.send(Message("callback", fields, packer.blobs))
        while True:
            message = self._connection.receive()
            if message.op == "reply":
                return Unpacker(message.blobs, self._resolve).unpack(message.fields["value"])
            if message.op == "error":
                raise getattr(builtins, message.fields["kind"])(message.fields["text"])
            self._connection.send(self._answer(message))


class _Generator:
    """Stands for the judge's random generator: every draw is the judge's."""

    def __init__(self, child: Child, number: int) -> None:
        self._child, self._judge_callback = child, number

    def shuffle(self, x: Any, axis: int = 0) -> None:
        """Bring an array or a list into the order that the judge draws: in place, and so on this side."""
        x[:] = self.permutation(x, axis)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._child._ask_judge(self._judge_callback, name, args, kwargs)  # noqa: SLF001


def _describe(error: BaseException) -> dict[str, Any]:
    """Say what a student's exception is, as data: the nearest builtin class, its text, the line of the cell."""
    names = (cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins")
    kind = next((name for name in names if issubclass(getattr(builtins, name), Exception)), "RuntimeError")
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - a student's exception may not even print
        text = ""
    if TORCH_MEMORY in text:
        kind = "MemoryError"
    if kind == "RuntimeError" and not isinstance(error, RuntimeError):
        text = f"{type(error).__name__} {text}"
    return {"kind": kind, "text": text[:2000], "line": _cell_line(error)}


def _cell_line(error: BaseException) -> str | None:
    import linecache
    import traceback

    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if "ipython-input" in frame.filename:
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return f"line {frame.lineno} of the cell: {line[:200]}"
    return None
