"""A school for the corpus: a course with canaries in it, its class, and all that grading writes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.book import Book
from autograder.gradebook.journal import Journal
from autograder.release.build import build
from autograder.sandbox.host import Zygote
from autograder.source.percent import read_lab
from tests.corpus.case import PLACES, SOLVED, Case
from tests.corpus.disk import FORBIDDEN

__all__ = ["School"]

ROOT = Path(__file__).resolve().parents[2]
LABS = ("01_minima", "02_gradient_descent", "03_curve_fitting", "04_noise", "06_pytorch", "07_mnist")
SIBLING = "a-sibling"
LIMITS = "\n[limits]\nsetup_seconds = 60\ncell_seconds = 12\ncheck_seconds = 12\nmemory_mb = 512\nfiles_mb = 32\noutput_mb = 10\n"


@dataclass
class School:
    """A copy of the course with canaries planted, and a class that hands in a corpus.

    Attributes
    ----------
    canaries : dict of str to str
        Where a random word lies, and the word.
    knocks : list of str
        What was sent to the server on loopback.
    seats : dict of str to (str, str)
        The student and the lab of each case. A student hands in one case of each lab.
    before, after : dict of str to str
        Hashes of files that no submission may change, taken around the grading.
    """

    folder: Path
    canaries: dict[str, str] = field(default_factory=dict)
    knocks: list[str] = field(default_factory=list)
    seats: dict[str, tuple[str, str]] = field(default_factory=dict)
    port: int = 0
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)

    def canary(self, where: str) -> str:
        """Return the word that lies somewhere; a new one at first."""
        return self.canaries.setdefault(where, f"canary{secrets.token_hex(8)}")

    @property
    def course(self) -> Course:
        """The course."""
        return Course.load(self.folder / "course")

    @property
    def home(self) -> Path:
        """A home folder, with something in it that is nobody's business."""
        return self.folder / "home"

    def open(self) -> None:
        """Copy the labs, plant the canaries, build."""
        root = self.folder / "course"
        for lab in LABS:
            path = root / "solutions" / f"{lab}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._planted((ROOT / "solutions" / f"{lab}.py").read_text()))
        for name in ("solutions/hidden.py", "nbgrader_config.py"):
            text = (ROOT / name).read_text() + f"\n# {self.canary(name)}\n"
            (root / name).write_text(text)
        toml = re.sub(r"\[limits\]\n(?:\w+ = .*\n)+", "", (ROOT / "course.toml").read_text())
        tables = re.split(r"(?m)^(?=\[labs\.)", toml)
        chosen = [tables[0], *[table for table in tables[1:] if table[6:].split("]")[0] in LABS]]
        (root / "course.toml").write_text("".join(chosen) + LIMITS)
        self.home.mkdir()
        (self.home / "private.txt").write_text(self.canary("home"))
        build(self.course).write()
        self._plant_class()

    def _plant_class(self) -> None:
        """Put canaries into the class: a file, another student's notebook, and a row of the gradebook."""
        course = self.course
        sibling = course.submitted / SIBLING / LABS[0] / f"{LABS[0]}.ipynb"
        sibling.parent.mkdir(parents=True)
        (sibling.parent / "notes.txt").write_text(self.canary("sibling's notes"))
        (course.class_folder / "private.txt").write_text(self.canary("class"))
        name = PLACES["parabola"].exercise
        solved = read_lab(course.solutions / f"{LABS[0]}.py").exercise(name).cell.source
        answer = f"# {self.canary('sibling')}\n{solved.replace(self.canary('solutions'), '')}"
        sibling.write_bytes(self.content(Case("sibling", "honest", LABS[0], {name: answer})))
        with Book(course) as book:
            book.enrol([SIBLING])
        with closing(sqlite3.connect(course.gradebook_path)) as database, database:
            database.execute("UPDATE student SET email = ?", [self.canary("gradebook")])

    def _planted(self, source: str) -> str:
        hidden, solution = self.canary("hidden checks"), self.canary("solutions")
        source = source.replace("# BEGIN HIDDEN TESTS\n", f"# BEGIN HIDDEN TESTS\nplanted = '{hidden}'\n")
        return re.sub(r"(?m)^( *)# BEGIN SOLUTION\n", rf"\g<0>\1# {solution}\n", source)

    def hand_in(self, case: Case) -> Path:
        """Write a case's notebook into the class."""
        number = sum(lab == case.lab for _, lab in self.seats.values())
        self.seats[case.name] = student, _ = f"student{number:03}", case.lab
        path = self.course.submitted / student / case.lab / f"{case.lab}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(self.content(case))
        return path

    def content(self, case: Case) -> bytes:
        """Return a case's notebook."""
        if isinstance(case.content, bytes):
            return case.content
        notebook = self.notebook(case)
        made = case.content(notebook) if case.content else notebook
        return made if isinstance(made, bytes) else json.dumps(made).encode("utf-8", "surrogatepass")

    def notebook(self, case: Case) -> dict[str, Any]:
        """Fill the released notebook with a case's answers."""
        lab = read_lab(self.course.solutions / f"{case.lab}.py")
        released: dict[str, Any] = json.loads((self.course.labs_folder / case.lab / f"{case.lab}.ipynb").read_text())
        planted = self.canary("solutions")  # an honest student has solved it alone
        solved = {name: lab.exercise(name).cell.source.replace(planted, "") for name in case.answers}
        texts = {name: solved[name] if text is SOLVED else text for name, text in case.answers.items()}
        cells: list[dict[str, Any]] = []
        for cell in released["cells"]:
            cell["source"] = "".join(cell["source"])
            text = texts.get(cell["metadata"].get("nbgrader", {}).get("grade_id"))
            if text is not None and cell["metadata"]["nbgrader"]["solution"]:
                if case.before and not any(cell.get("id") == "before" for cell in cells):
                    cells.append(self._own(case.before))
                cell["source"] = self._real(text)
            cells.append(cell)
        return released | {"cells": cells}

    def _own(self, text: str) -> dict[str, Any]:
        node: dict[str, Any] = {
            "cell_type": "code",
            "id": "before",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        return {**node, "source": self._real(text)}

    def _real(self, text: str) -> str:
        """Put real places into an attack's text."""
        course = self.course
        places = [course.root, course.class_folder, self.home, ROOT, "/proc/self/environ", "/etc/hostname"]
        return text.replace(FORBIDDEN, repr([str(place) for place in places])).replace("PORT", str(self.port))

    def grade(self, *options: str) -> int:
        """Run ``course grade`` on the class, with canaries in the environment and a server that listens for knocks."""
        self.before = self.fingerprint()
        with self._environment():
            told = ["grade", "--json", str(self.folder / "results.json"), *options]
            code = main(["--root", str(self.course.root), *told])
        self.after = self.fingerprint()
        return code

    def protection(self) -> str:
        """Return which layers of the sandbox hold on this machine."""
        with Zygote(self.folder / "matplotlib") as zygote:
            return zygote.protection

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        before = {name: os.environ.get(name) for name in ("HOME", "CANARY_TOKEN")}
        os.environ |= {"HOME": str(self.home), "CANARY_TOKEN": self.canary("environment")}
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen on loopback, and note who knocks."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
            threading.Thread(target=self._note, args=(server,), daemon=True).start()
            yield
            server.shutdown(socket.SHUT_RDWR)

    def _note(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                knock, _ = server.accept()
                with knock:
                    self.knocks.append(knock.recv(100).decode())

    def results(self) -> dict[str, dict[str, Any]]:
        """Return what ``--json`` says of each case."""
        told = json.loads((self.folder / "results.json").read_text())["submissions"]
        by_seat = {(one["student"], one["lab"]): one for one in told}
        return {name: by_seat[seat] for name, seat in self.seats.items() if seat in by_seat}

    def shown(self) -> Iterator[tuple[Path, str]]:
        """Go through all that students get to see: their pages, messages, and the outputs of graded notebooks.

        The sibling's own page is left out. Journal and report are the instructor's, and hold the same messages.
        """
        course = self.course
        told = (self.folder / "results.json", course.class_folder / "report.html", Journal.of(course).path)
        for path in (*course.feedback.rglob("*.html"), *told):
            if SIBLING not in path.parts:
                yield path, path.read_text()
        for path in course.autograded.rglob("*.ipynb"):
            cells = json.loads(path.read_text())["cells"]
            yield path, json.dumps([cell.get("outputs") for cell in cells])

    def fingerprint(self) -> dict[str, str]:
        """Hash the files that no submission may change: course, home, what was handed in."""
        course = self.course
        kept = [
            course.root / "solutions",
            course.root / "labs",
            course.root / "course.toml",
            self.home,
            course.submitted,
        ]
        files = (path for place in kept for path in ([place] if place.is_file() else sorted(place.rglob("*"))))
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if _is_work(path)}

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _is_work(path: Path) -> bool:
    """Tell a file of somebody's from the time that the grader writes beside it, and from caches of its own."""
    return path.is_file() and path.name != "timestamp.txt" and ".cache" not in path.parts
