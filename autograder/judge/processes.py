"""The processes of one submission: snapshots on the way through the notebook, and forks for cells and checks."""

from __future__ import annotations

import time

from autograder.course import Limits
from autograder.errors import SandboxError
from autograder.judge.remote import Remote
from autograder.sandbox.host import Zygote
from autograder.sandbox.launcher import Launcher
from autograder.sandbox.wire import DeadlineExceeded, Lost, WireError

__all__ = ["Processes", "Replays"]

_QUICK = 2.0  # seconds that cells may take together and still be run again rather than forked


class Processes:
    """A submission's processes: its first, and the snapshot that the notebook has come to.

    The first never runs student code, so it can always be forked. If the snapshot is lost (code may kill, stop or
    exhaust whatever runs beside it), the cells so far are run again, so that it costs nobody else's points.
    For the same reason a cell needs no fork of its own, as long as those before it are quick to run again.

    Parameters
    ----------
    zygote : Zygote
        Forks the first process.
    limits : Limits
        What the submission may use.
    trunk : Processes, optional
        Where these branch off: they start at its snapshot, and share its first process.
    """

    def __init__(self, zygote: Zygote, limits: Limits, trunk: Processes | None = None) -> None:
        self._zygote, self._limits, self._trunk = zygote, limits, trunk
        self._until = time.monotonic() + limits.submission_seconds  # after this no cell is run again
        self._done: list[str] = []
        self._began = self._spent = 0.0  # seconds: when the last cell began, what all so far took
        if trunk is None:
            sock, self._root = zygote.spawn()
            self._first = self._last = Remote(sock, 1)
        else:
            self._root, self._first, self._last = trunk._root, trunk._first, trunk._last  # noqa: SLF001 - of its own kind
            self._done.extend(trunk._done)  # noqa: SLF001

    def branch(self) -> Processes:
        """Return processes that go on from here on their own; they are ended before these go on."""
        return Processes(self._zygote, self._limits, self)

    def for_cell(self) -> Remote:
        """Return a process for the next cell; if it comes to its end, :meth:`advance` goes on from there."""
        self._began = time.monotonic()
        is_ours = self._last not in self._kept_by_trunk()
        return self._last if is_ours and self._spent < _QUICK else self.fork()

    def fork(self) -> Remote:
        """Fork the process that the notebook has come to.

        Raises
        ------
        SandboxError
            Not even the first process can be forked: our side failed.
        """
        while True:
            try:
                return self._forked(self._last)
            except (DeadlineExceeded, Lost, WireError) as error:
                if not self._done and self._last is self._first:
                    raise SandboxError("the student's process did not fork") from error
            self._run_again()

    def advance(self, fork: Remote) -> None:
        """Go on from a fork, in which a cell came to its end; what else runs in the submission is ended."""
        self._done.append(fork.ran[-1])
        self._spent += time.monotonic() - self._began
        self._go_on_from(fork)
        self._sweep()

    def drop(self, fork: Remote) -> str:
        """End a fork and what it started; say what it was ended for before, if it was: "memory", for instance."""
        if fork is not self._last:
            fork.dismiss()
            return self._sweep()
        self._go_on_from(self._first)
        reason = self._sweep()
        self._run_again()
        return reason

    def end(self) -> None:
        """End all of them, but not what they branched off."""
        self._go_on_from(self._first)
        if self._trunk is None:
            self._first.dismiss()
            self._zygote.end(self._root)
        else:
            self._trunk._sweep()  # noqa: SLF001 - of its own kind

    def _run_again(self) -> None:
        """Run the cells so far in a new process; one after which nothing can be forked is left out from now on."""
        self._go_on_from(self._first)
        self._sweep()
        while self._done and time.monotonic() < self._until:
            try:
                self._first.allow(self._limits.setup_seconds)
                self._first.clear()
                self._last = self._forked(self._first)
                for source in self._done:
                    self._last.allow(min(self._limits.setup_seconds, self._until - time.monotonic()))
                    self._last.run(source)
                self.drop(self._forked(self._last))
            except (DeadlineExceeded, Lost, WireError, Exception):  # noqa: BLE001 - if IPython itself does not run a cell
                del self._done[max(len(self._last.ran) - 1, 0)]
                self._go_on_from(self._first)
                self._sweep()
            else:
                return
        self._done.clear()

    def _forked(self, remote: Remote) -> Remote:
        remote.allow(self._limits.cell_seconds)
        return remote.fork()

    def _go_on_from(self, remote: Remote) -> None:
        if self._last not in (remote, *self._kept_by_trunk()):
            self._last.dismiss()
        self._last = remote

    def _kept_by_trunk(self) -> list[Remote]:
        return self._trunk._kept() if self._trunk else [self._first]  # noqa: SLF001 - of its own kind

    def _kept(self) -> list[Remote]:
        return [*self._kept_by_trunk(), self._last]

    def _sweep(self) -> str:
        return self._zygote.keep(self._root, [remote.pid for remote in self._kept()])


class Replays:
    """The processes of one submission where nothing can be forked: cells are run again for each check.

    Parameters
    ----------
    launcher : Launcher
        Starts processes.
    limits : Limits
        What the submission may use.
    """

    def __init__(self, launcher: Launcher, limits: Limits) -> None:
        self._launcher, self._limits = launcher, limits
        self._done: list[str] = []
        self._live: Remote | None = None

    def branch(self) -> Replays:
        """Return processes that go on from here on their own."""
        branch = Replays(self._launcher, self._limits)
        branch._done = list(self._done)
        return branch

    def for_cell(self) -> Remote:
        """Return a process for the next cell: the one that ran those before it, if it is still there."""
        if self._live is None:
            self._live = self.fork()
        return self._live

    def fork(self) -> Remote:
        """Start a process and run all cells so far in it.

        Raises
        ------
        SandboxError
            They do not run a second time.
        """
        remote = Remote(*self._launcher.spawn())
        try:
            for source in self._done:
                remote.allow(self._limits.setup_seconds)
                remote.run(source)
        except (DeadlineExceeded, Lost, WireError) as error:
            self.drop(remote)
            raise SandboxError("cells that ran once do not run again") from error
        return remote

    def advance(self, process: Remote) -> None:
        """Remember the cell that a process ran last."""
        self._done.append(process.ran[-1])

    def drop(self, process: Remote) -> str:
        """End a process."""
        process.dismiss()
        if process is self._live:
            self._live = None
        self._launcher.end(process.pid)
        return ""

    def end(self) -> None:
        """End all of them."""
        if self._live is not None:
            self.drop(self._live)
