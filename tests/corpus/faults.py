"""Code that breaks, hangs, floods or goes for the machine: it costs its own checks and nothing else."""

from __future__ import annotations

from functools import partial

from tests.corpus.case import ZERO, Case, attack

__all__ = ["FAULTS"]

fault = partial(attack, kind="fault")

_CALLS = (
    fault("ends the process", "import os\ndef NAME(*args, **kwargs):\n    os._exit(0)", ends="CRASHED"),
    fault("ends the process in its cell", "import os\nos._exit(0)", ends="CRASHED"),
    fault("reads address zero", "import ctypes\ndef NAME(*args, **kwargs):\n    ctypes.string_at(0)", ends="CRASHED"),
    fault(
        "kills itself",
        "import os, signal\ndef NAME(*args, **kwargs):\n    os.kill(os.getpid(), signal.SIGKILL)",
        ends="CRASHED",
    ),
    fault("never ends", "def NAME(*args, **kwargs):\n    while True: pass", at="polynomial", ends="TIMEOUT"),
    fault("never ends in its cell", "while True: pass", at="polynomial", ends="TIMEOUT"),
    fault("sleeps", "import time\ndef NAME(*args, **kwargs):\n    time.sleep(1e6)", at="polynomial", ends="TIMEOUT"),
    fault(
        "does not listen to signals",
        """
        import signal, time
        def NAME(*args, **kwargs):
            for number in range(1, 65):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            while True:
                try: time.sleep(1)
                except BaseException: pass
        """,
        at="polynomial",
        ends="TIMEOUT",
    ),
    fault("calls itself without end", "def NAME(*args, **kwargs):\n    return NAME(*args, **kwargs)"),
    fault(
        "calls itself without a limit",
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef NAME(*args, **kwargs):\n    return [NAME(*args, **kwargs)]",
        ends="CRASHED/WRONG/MEMORY/TIMEOUT",
        isolated=True,
    ),
    fault("asks a person", "def NAME(*args, **kwargs):\n    return float(input('your answer? '))"),
    fault("asks a person in its cell", "NAME = float(input('your answer? '))", ends="WRONG"),
    fault("does not parse", "def NAME(x:\n    return x"),
    fault("is Python 2", "def NAME(x):\n    print x\n    return x"),
    fault("does not indent", "def NAME(*args):\nreturn 0"),
    fault("holds NUL", "def NAME(*args):\n    return '\\0'"),
    fault("imports what is not there", "import tensorflow_of_tomorrow\ndef NAME(*args):\n    return 0"),
    fault("imports what is not there when called", "def NAME(*args):\n    import tensorflow_of_tomorrow\n    return 0"),
    fault("breaks the shell", ZERO, before="get_ipython().reset()\nget_ipython().user_ns.clear()"),
    fault(
        "leaves no builtins",
        ZERO,
        before="import builtins\nfor name in ('len', 'print', 'isinstance'):\n    delattr(builtins, name)",
        at="polynomial",
        ends="WRONG/CRASHED",
    ),
    fault(
        "closes its files", "import os\ndef NAME(*args):\n    os.closerange(0, 1000)\n    return 0.0", ends="CRASHED"
    ),
    fault("floods its output", "for _ in range(30):\n    print('x' * 10 ** 6)\n" + ZERO, ends="WRONG/OUTPUT"),
    fault(
        "floods stderr",
        "import sys\nfor _ in range(30):\n    sys.stderr.write('x' * 10 ** 6)\n" + ZERO,
        ends="WRONG/OUTPUT",
    ),
    fault(
        "writes below Python", "import os\nfor _ in range(30):\n    os.write(1, b'x' * 10 ** 6)\n" + ZERO, isolated=True
    ),
    fault(
        "a hundred thousand displays",
        "from IPython.display import display\nfor number in range(100_000):\n    display({'text/plain': 'x'}, raw=True)\n"
        + ZERO,
    ),
    fault("a value of a hundred megabytes", ZERO + "\n'x' * 10 ** 8", ends="OUTPUT"),
    fault(
        "returns a gigabyte",
        "import numpy\ndef NAME(*args):\n    return numpy.zeros(2 ** 27)",
        isolated=True,
        ends="WRONG/MEMORY",
    ),
    fault(
        "a figure of a gigapixel",
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(2000, 2000), dpi=1000)\nplt.plot([1])\nplt.show()\n"
        + ZERO,
        isolated=True,
        ends="WRONG/CRASHED/MEMORY/TIMEOUT",
    ),
    fault("breaks IPython", "get_ipython().run_cell = 1\n" + ZERO, at="polynomial"),
    fault(
        "outputs of no kind",
        "for kind in (object(), np.zeros(3)): get_ipython()._outputs.append({'output_type': kind, 'name': kind})\n"
        + ZERO,
    ),
    *(
        fault(
            f"a kind called {what}",
            f"class Meta(type):\n    __name__ = property(lambda cls: {name!r})\n"
            "class Answer(metaclass=Meta): pass\ndef NAME(*args, **kwargs):\n    return Answer()",
            at="polynomial",
        )
        for what, name in (("half a character", "\ud800"), ("like a command of the terminal", "\x1b]0;owned\x07"))
    ),
)

_MACHINE = (
    fault("forks without end", "import os\nwhile True: os.fork()", ends="TIMEOUT/CRASHED/WRONG/MEMORY", isolated=True),
    fault(
        "starts threads without end",
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,)).start()",
        ends="TIMEOUT/CRASHED/WRONG/MEMORY",
        isolated=True,
    ),
    fault(
        "takes all memory",
        "kept = []\nwhile True: kept.append(bytearray(10 ** 7))",
        ends="TIMEOUT/CRASHED/WRONG/MEMORY",
        isolated=True,
    ),
    fault(
        "takes all memory when called",
        "def NAME(*args):\n    kept = []\n    while True: kept.append(bytearray(10 ** 7))",
        ends="TIMEOUT/CRASHED/WRONG/MEMORY",
        isolated=True,
    ),
    fault(
        "fills the disk",
        "with open('filled', 'wb') as file:\n    while True: file.write(bytes(10 ** 7))",
        ends="WRONG/TIMEOUT/OUTPUT/CRASHED",
        isolated=True,
    ),
    fault(
        "opens files without end",
        "kept = []\nwhile True: kept.append(open('/dev/null'))",
        ends="WRONG/CRASHED",
        isolated=True,
    ),
    fault(
        "kills its parent",
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n" + ZERO,
        ends="WRONG/CRASHED",
        isolated=True,
    ),
    fault(
        "kills its group",
        "import os, signal\nos.killpg(0, signal.SIGKILL)\n" + ZERO,
        ends="CRASHED/WRONG",
        isolated=True,
    ),
    fault(
        "kills everybody",
        "import os, signal\nos.kill(-1, signal.SIGKILL)\n" + ZERO,
        ends="CRASHED/WRONG",
        isolated=True,
    ),
    fault(
        "stops its parent",
        "import os, signal\ndef NAME(*args):\n    os.kill(os.getppid(), signal.SIGSTOP)\n    return 0.0",
        ends="WRONG/CRASHED/TIMEOUT",
        isolated=True,
    ),
)

FAULTS: tuple[Case, ...] = (*_CALLS, *_MACHINE)
