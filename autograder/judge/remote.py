"""The judge's end of a student's process: its names become values, or handles that forward what is done to them."""

from __future__ import annotations

import builtins
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.judge.changes import Changes
from autograder.judge.draws import draw
from autograder.sandbox.values import Packer, Unpacker
from autograder.sandbox.wire import Connection, Lost, Message, WireError

__all__ = ["Callbacks", "Handle", "Remote", "Stopped", "printable"]

Number = int
_ENDS = (StopIteration, StopAsyncIteration)  # raised into a loop of the judge's, they would end it as if all were seen
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


class Stopped(Lost):
    """The other process reached a limit, said which, and ended."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Callbacks:
    """The judge's functions that went over to one fork, by number.

    Each fork has its own: none can ask for a function that another check handed out.
    """

    def __init__(self) -> None:
        self._functions: list[Any] = []
        self._numbers: dict[int, Number] = {}

    def refer(self, function: Any) -> dict[str, Any]:
        """Return the node that stands for a function or a random generator.

        Raises
        ------
        TypeError
            It is neither: no other object of the judge goes over.
        """
        generator = isinstance(function, np.random.Generator)
        if isinstance(function, type) or not (generator or callable(function)):
            raise TypeError(f"a {type(function).__name__} cannot be handed to a student's function")
        if id(function) not in self._numbers:
            self._numbers[id(function)] = len(self._functions)
            self._functions.append(function)
        return {"t": "generator" if generator else "callback", "id": self._numbers[id(function)]}

    def owner(self, number: Any) -> Any:
        """Return the function or random generator of a number."""
        if type(number) is not int or not 0 <= number < len(self._functions):
            raise WireError("no such callback")
        return self._functions[number]

    def find(self, number: Any, method: Any = None) -> Callable[..., Any]:
        """Return what to call: the function of a number, or a method of a random generator."""
        function = self.owner(number)
        if not isinstance(function, np.random.Generator):
            found: Callable[..., Any] = function
            return found
        if type(method) is not str:
            raise WireError("no method of a random generator")
        return draw(function, printable(method, 80))


class Handle:
    """An object of the student's process that is not plain data.

    It can be called and walked. It cannot be compared, asked for its truth or computed with: only plain data is
    believed, and an operator would hand its author the judge's own numbers.
    The same object there is the same handle here.
    """

    __slots__ = ("_number", "_remote", "type_name")
    __array_ufunc__ = None  # numpy is not to take it for a number

    def __init__(self, remote: Remote, number: Number, type_name: str) -> None:
        self._remote, self._number, self.type_name = remote, number, type_name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object there; arrays and lists that it changes come back changed."""
        return self._remote.call(self, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        """Read an attribute there."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self._remote.ask("attribute", self, [name])

    def __iter__(self) -> Iterator[Any]:
        """Walk through its items."""
        return iter(self._remote.ask("iterate", self, []))

    def __repr__(self) -> str:
        """Say what it is."""
        return f"<a student's {self.type_name}>"

    def _refuse(self, *_: object) -> bool:
        raise TypeError(f"a {self.type_name} is not plain data: it can be neither compared nor computed with")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __bool__ = __float__ = __int__ = __len__ = _refuse
    __add__ = __sub__ = __mul__ = __matmul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = _refuse
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = _refuse
    __neg__ = __pos__ = __abs__ = _refuse
    __hash__ = object.__hash__


class Remote:
    """One process that runs a student's code, seen from the judge.

    Parameters
    ----------
    sock : socket
        To the process.
    pid : int
        Its process id, as it is among the submission's processes: they say it, and it may be a lie.

    Attributes
    ----------
    out_of_memory : bool
        Whether student code was refused memory in it.
    ran : list of str
        The cells that it ran.
    """

    def __init__(self, sock: socket.socket, pid: int) -> None:
        self._connection = Connection(sock)
        self.pid, self.out_of_memory = pid, False
        self.ran: list[str] = []
        self._callbacks, self._changes = Callbacks(), Changes()
        self._handles: dict[Number, Handle] = {}

    def allow(self, seconds: float) -> None:
        """Set the deadline of all that follows."""
        self._connection.deadline = time.monotonic() + seconds

    def run(self, source: str) -> list[dict[str, Any]]:
        """Run a cell; return its nbformat outputs, as the process tells them."""
        outputs = self._request(Message("run", {"source": source}))
        if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
            raise WireError("no outputs")
        self.ran.append(source)
        return outputs

    def get(self, name: str) -> Any:
        """Return a name's value, or a handle; NameError if it has none."""
        return self._request(Message("get", {"name": name}))

    def restore(self, name: str, source: str) -> Any:
        """Define a given function there anew, and return its handle."""
        return self._request(Message("restore", {"name": name, "source": source}))

    def clear(self) -> None:
        """Remove all files of the submission."""
        self._request(Message("clear", {}))

    def ask(self, op: str, target: Handle, args: list[Any]) -> Any:
        """Do something to an object there."""
        packer = Packer(self._refer)
        fields = {"target": packer.pack(target), "args": packer.pack(args)}
        return self._request(Message(op, fields, packer.blobs))

    def call(self, target: Handle, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function there, and put back what it changed of its arguments."""
        packer = Packer(self._refer)
        fields = {"args": packer.pack(list(args)), "target": packer.pack(target), "kwargs": packer.pack(kwargs)}
        reply = self._exchange(Message("call", fields, packer.blobs))
        unpacker = Unpacker(reply.blobs, self._resolve)
        value = unpacker.unpack(reply.fields.get("value"))
        if "changed" in reply.fields:
            self._changes.apply(list(args), unpacker.unpack(reply.fields["changed"]))
        return value

    def fork(self) -> Remote:
        """Copy the process as it is now."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                return Remote(ours, self._fork(theirs))
        except BaseException:  # Ctrl+C too must leave no socket open
            ours.close()
            raise

    def _fork(self, theirs: socket.socket) -> int:
        try:
            pid = self._request(Message("fork", {}, descriptors=[theirs.fileno()]))
        except Exception as error:  # student code replaced what a fork needs, or used up its processes
            raise Lost(f"no fork: {error}") from error
        if type(pid) is not int or pid <= 1:
            raise WireError("no process id")
        return pid

    def dismiss(self) -> None:
        """Close the connection and undo what the process did to the judge's own arrays; if it listens, it ends."""
        self._connection.close()
        self._changes.undo()

    def _request(self, message: Message) -> Any:
        reply = self._exchange(message)
        return Unpacker(reply.blobs, self._resolve).unpack(reply.fields.get("value"))

    def _exchange(self, message: Message) -> Message:
        """Send a request and serve the other side's callbacks until the reply comes."""
        self._connection.send(message)
        while True:
            reply = self._connection.receive()
            if reply.op == "reply":
                return reply
            if reply.op == "stopped":
                raise Stopped(str(reply.fields.get("why")))
            if reply.op == "error":
                error = _builtin_error(reply.fields)
                self.out_of_memory |= isinstance(error, MemoryError)
                raise error
            if reply.op != "callback":
                raise WireError(f"unknown operation {reply.op[:40]!r}")
            self._connection.send(self._serve(reply))

    def _serve(self, message: Message) -> Message:
        unpacker, packer = Unpacker(message.blobs, self._resolve), Packer(self._refer)
        function = self._callbacks.find(message.fields.get("id"), message.fields.get("method"))
        args, kwargs = unpacker.unpack(message.fields.get("args")), unpacker.unpack(message.fields.get("kwargs"))
        if type(args) is not list or type(kwargs) is not dict or not all(type(key) is str for key in kwargs):
            raise WireError("no arguments")
        try:
            return Message("reply", {"value": packer.pack(function(*args, **kwargs))}, packer.blobs)
        except Exception as error:  # what a given function raises is the caller's to handle, as in a kernel
            if hasattr(error, "verdict"):  # the function is part of a check and has seen enough
                raise
            return Message("error", {"kind": _builtin_name(error), "text": str(error)[:2000]})

    def _refer(self, value: Any) -> dict[str, Any]:
        if isinstance(value, Handle):
            if value._remote is not self:  # noqa: SLF001 - our own handle
                raise TypeError("a handle of another process")
            return {"t": "handle", "id": value._number}  # noqa: SLF001
        return self._callbacks.refer(value)

    def _resolve(self, node: dict[str, Any]) -> Any:
        number = node.get("id")
        if node["t"] != "handle":
            return self._callbacks.owner(number)
        if type(number) is not int or number < 0 or type(node.get("type")) is not str:
            raise WireError("no handle")
        return self._handles.setdefault(number, Handle(self, number, printable(node["type"], 80)))


def _builtin_name(error: Exception) -> str:
    return next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins")


def printable(text: Any, longest: int) -> str:
    """Return what a process tells as text that any file can hold, and that does nothing to a terminal."""
    return str(text)[:longest].translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8")


def _builtin_error(fields: dict[str, Any]) -> Exception:
    """Build the builtin exception that a process names; anything else becomes a RuntimeError."""
    kind = getattr(builtins, str(fields.get("kind")), None)
    text, line = printable(fields.get("text"), 2000), fields.get("line")
    if not (isinstance(kind, type) and issubclass(kind, Exception)) or issubclass(kind, _ENDS):
        kind = RuntimeError
    try:
        error: Exception = kind(text)
    except TypeError:  # UnicodeDecodeError and the like want five arguments
        error = ValueError(text)
    if isinstance(line, str):
        error.student_line = printable(line, 300)  # type: ignore[attr-defined]
    return error
