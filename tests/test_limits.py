"""Every limit of ``course.toml``: what goes beyond it costs its own cell or check, and its author reads which limit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import Course, Limits
from autograder.errors import UsageError
from autograder.intake.submission import Restored, RestoredCell
from autograder.judge.session import Judge
from autograder.verdict import CheckStatus, GradingResult

# Small, but not so small that a machine with other work could reach one before what is tried: IPython computes two
# seconds on the traceback of an endless recursion.
LIMITS = """
check_seconds = 5
cell_seconds = 15
memory_mb = 200
processes = 16
files_mb = 8
output_mb = 2
cpu_seconds = 8
"""
COURSE = f'title = "t"\n[labs.01_toy]\ntitle = "Toy"\nminutes = 9\n[limits]{LIMITS}'
SETUP = "import numpy as np\nfrom course_utils import checks"


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Start one judge with small limits."""
    root: Path = tmp_path_factory.mktemp("course")
    (root / "course.toml").write_text(COURSE)
    folder = root / "build" / "source" / "01_toy"
    folder.mkdir(parents=True)
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "setup_1"}}, "source": SETUP}
    (folder / "01_toy.ipynb").write_text(json.dumps({"cells": [cell]}))
    with Judge(Course.load(root), "01_toy") as running:
        yield running


def graded(judge: Judge, bad: str) -> GradingResult:
    """Grade a good answer g, a bad one f, and a good one h; each has one check, and that of f calls it."""
    cells = [RestoredCell("setup", "s", SETUP, "setup_1")]
    answers = {"g": "def g(x):\n    return x", "f": bad, "h": "def h(x):\n    return g(x)"}
    for number, (name, answer) in enumerate(answers.items(), 1):
        text = f'checks.exercise("1.{number}", "{name}")\nchecks.cases({name}, [((1.0,), 1.0)])'
        cells.append(RestoredCell("exercise", name, answer, name, name, f"1.{number}"))
        cells.append(RestoredCell("checks", f"c{number}", text, f"check_{name}", name, f"1.{number}", 1.0))
    return judge.grade(Restored("ada", "01_toy", tuple(cells), {}))


def full(judge: Judge) -> bool:
    """Tell whether this kernel gives all layers."""
    assert judge._host is not None
    return judge._host.protection == "full"


# What a cell or a function does, how its check ends, and what its author reads.
BAD = {
    "memory in a cell": ("x = bytearray(10**9)", CheckStatus.MEMORY, "200 MB of memory"),
    "memory in a function": ("def f(x):\n    return bytearray(10**9)", CheckStatus.MEMORY, "200 MB of memory"),
    "memory in an array": ("def f(x):\n    return np.ones(10**9)", CheckStatus.MEMORY, "200 MB of memory"),
    "memory bit by bit": (
        "x = []\nwhile True:\n    x.append('x' * 10**6 + str(len(x)))",
        CheckStatus.MEMORY,
        "200 MB of memory",
    ),
    "memory in many processes": (
        (
            "import os, time\nfor _ in range(10):\n    if os.fork() == 0:\n        x = b'x' * (150 * 2**20)\n"
            "        time.sleep(60)\ntime.sleep(60)"
        ),
        CheckStatus.MEMORY,
        "200 MB of memory",
    ),
    "a fork bomb": ("import os\nwhile True:\n    os.fork()", None, ""),
    "forks that outlive the cell": (
        (
            "import os\nfor _ in range(8):\n    if os.fork() == 0:\n        os.setsid()\n        while True: pass\n"
            "def f(x): return x"
        ),
        CheckStatus.CORRECT,
        "",
    ),
    "threads that outlive the cell": (
        (
            "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start()\n"
            "def f(x): return x"
        ),
        CheckStatus.CORRECT,
        "",
    ),
    "one large file": ("open('x', 'wb').write(bytes(10**8))", CheckStatus.WRONG, "OSError"),
    "many files": (
        "i = 0\nwhile True:\n    i += 1\n    open(f'x{i}', 'wb').write(bytes(10**6))",
        CheckStatus.WRONG,
        "No space left",
    ),
    "a flood of prints": ("while True:\n    print('x' * 100)", CheckStatus.OUTPUT, "printed more than 2 MB"),
    "one huge print": ("print('x' * 10**7)", CheckStatus.OUTPUT, "printed more than 2 MB"),
    "a flood of displays": (
        "from IPython.display import display, HTML\nwhile True:\n    display(HTML('x' * 1000))",
        CheckStatus.OUTPUT,
        "printed more than 2 MB",
    ),
    "a flood past Python": (
        "import os\nfor _ in range(1000):\n    os.write(1, b'x' * 10**6)\ndef f(x): return x",
        CheckStatus.CORRECT,
        "",
    ),
    "CPU of threads": (
        (
            "import threading\ndef spin():\n    import hashlib\n    while True: hashlib.sha256(bytes(10**7))\n"
            "for _ in range(4): threading.Thread(target=spin).start()\nwhile True: pass"
        ),
        CheckStatus.TIMEOUT,
        "",
    ),
    "endless recursion": ("def f(x): return f(x)\nf(1)", CheckStatus.WRONG, "recursion"),
    "ignored signals": (
        (
            "import signal\nfor number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)\n"
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
        ),
        CheckStatus.TIMEOUT,
        "",
    ),
    "asleep": ("import time\ndef f(x): time.sleep(600)", CheckStatus.TIMEOUT, "5 seconds"),
    "no more forks": ("import os\nos.fork = lambda: 1 / 0\ndef f(x): return x", None, ""),
    "no exit": ("import os\nos._exit = lambda code: None\ndef f(x):\n    while True: pass", CheckStatus.TIMEOUT, ""),
    "kills all it can": ("import os, signal\nos.kill(-1, signal.SIGKILL)\ndef f(x): return x", None, ""),
    "kills its parent": (
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\ndef f(x): return x",
        CheckStatus.CORRECT,
        "",
    ),
    "segfault": ("import ctypes\nctypes.string_at(0)", CheckStatus.CRASHED, "ended the Python process"),
    "abort": ("import os\ndef f(x): os.abort()", CheckStatus.CRASHED, "ended the Python process"),
    "forged answers": (
        (
            "import os, socket\nfor fd in range(3, 20):\n    try: os.write(fd, b'x' * 100)\n    except OSError: pass\n"
            "def f(x): return x"
        ),
        None,
        "",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_it_costs_its_own_check_alone(judge: Judge, what: str) -> None:
    """The answers before and after it get their points, whatever becomes of this one."""
    bad, status, words = BAD[what]
    if not full(judge):
        pytest.skip("the kernel does not give every layer here")
    verdicts = graded(judge, bad).verdicts
    assert ["CORRECT", "CORRECT"] == [verdicts[0].status, verdicts[2].status], verdicts
    assert verdicts[1].status is (status or verdicts[1].status), verdicts[1]
    assert words in verdicts[1].message


def test_a_result_carries_the_level_that_was_tried(judge: Judge) -> None:
    """What the zygote found stands in each result."""
    assert judge._host is not None
    assert judge._host.protection == graded(judge, "def f(x): return x").protection != "none"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("memory_mb = 1.5", "whole number"),
        ("memory_mb = true", "whole number"),
        ("cell_seconds = 0", "above 0"),
        ("processes = -1", "above 0"),
        ('files_mb = "many"', "'many'"),
        ("memory = 5", "unknown"),
        ("cell_seconds = nan", "nan"),
    ],
)
def test_a_wrong_limit_is_refused(tmp_path: Path, line: str, words: str) -> None:
    """The message names the file, the table and the key."""
    (tmp_path / "course.toml").write_text(f"[limits]\n{line}\n")
    with pytest.raises(UsageError, match=r"course.toml:2: \[limits\]") as caught:
        Course.load(tmp_path)
    assert words.replace("above 0", "between 0") in str(caught.value)


def test_limits_have_defaults(tmp_path: Path) -> None:
    """A course need not name them."""
    (tmp_path / "course.toml").write_text("")
    assert Limits() == Course.load(tmp_path).limits
