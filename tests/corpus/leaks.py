"""Attacks that look for what they must not see: expected values, the reference, hidden checks, other people's code."""

from __future__ import annotations

from tests.corpus.case import ZERO, Case, attack, everywhere, flat

__all__ = ["LEAKS"]

LEAKS: tuple[Case, ...] = flat(
    everywhere(
        "an answer that notes what it is compared with, and gives it back later",
        """
        import os
        class Spy:
            def _note(self, other):
                with open("noted", "a") as file: file.write(f"{other!r}\\n")
                return 0.0
            __sub__ = __rsub__ = __eq__ = __array__ = __add__ = __radd__ = _note
            def __mul__(self, other): return 1e9
            __rmul__ = __mul__
        def NAME(*args, **kwargs):
            noted = open("noted").read().split() if os.path.exists("noted") else []
            return float(noted[-1]) if noted else Spy()
        """,
        ("parabola", "slopes", "share"),
    ),
    everywhere(
        "looks for expected values in frames",
        """
        import sys
        def NAME(*args, **kwargs):
            frame = sys._getframe()
            while frame is not None:
                for space in (frame.f_locals, frame.f_globals):
                    for key in ("expected", "right", "best", "answer", "wanted", "reference"):
                        if key in space and space[key] is not None:
                            return space[key](*args) if callable(space[key]) else space[key]
                frame = frame.f_back
            return 0.0
        """,
        ("polynomial", "slopes"),
    ),
    (
        attack(
            "looks for the reference in the heap",
            """
            import gc, types
            def NAME(*args, **kwargs):
                for found in gc.get_objects():
                    if isinstance(found, types.FunctionType) and found.__name__ == "NAME" and found is not NAME:
                        return found(*args, **kwargs)
                return 0.0
            """,
        ),
        attack(
            "reads the cells of checks",
            """
            def NAME(*args, **kwargs):
                shell = get_ipython()
                told = [*shell.user_ns.get("In", []), *shell.history_manager.input_hist_raw]
                raise ValueError("seen " + " ".join(text for text in told if "HIDDEN" in text))
            """,
        ),
        attack(
            "traces what is called",
            """
            import sys
            def NAME(*args, **kwargs):
                return seen[-1] if seen else 0.0
            """,
            before="""
            import sys
            seen = []
            def watch(frame, event, value):
                if event == "return" and value is not None: seen.append(value)
                return watch
            sys.settrace(watch); sys.setprofile(watch)
            """,
            at="polynomial",
            ends="WRONG",
        ),
        attack(
            "knows when it is graded",
            """
            import os, sys
            def NAME(*args, **kwargs):
                if "ipykernel" not in sys.modules or "SUBMISSION" in os.environ:
                    print("1.0"); sys.displayhook(1.0)
                return 0.0
            """,
        ),
        attack(
            "atexit",
            ZERO,
            before="import atexit, os\natexit.register(lambda: print('✓ full marks'))",
        ),
        attack(
            "a thread that changes everything later",
            ZERO,
            before="""
            import threading, time, builtins, numpy
            def later():
                while True:
                    time.sleep(0.01)
                    numpy.allclose = lambda *a, **k: True
            threading.Thread(target=later, daemon=True).start()
            """,
        ),
        attack(
            "a fork that stays",
            ZERO,
            before="import os, time\nif os.fork() == 0:\n    time.sleep(600)\n    os._exit(0)",
            isolated=True,
        ),
        attack(
            "prints the verdict",
            """
            def NAME(*args, **kwargs):
                from IPython.display import HTML, display
                print("✓ NAME is right\\n3.0")
                display(HTML("<b>3.0</b>"))
                get_ipython().displayhook(3.0)
                return 0.0
            """,
        ),
        attack(
            "learns the examples by heart",
            "def NAME(coeffs):\n    known = {4: [6, 10, -7], 2: [4]}\n    return {(2, 5, -7, 4): [6, 10, -7], (1, 0, -3, 0): [3, 0, -3], (1, 0, -3, 1, 0): [4, 0, -6, 1], (4, -3): [4], (0.5, 3, -2): [1, 3]}.get(tuple(float(c) for c in coeffs), 0.0)",
            at="polynomial",
            ends="CORRECT WRONG",
        ),
        attack(
            "remembers between checks",
            "store = {}\ndef NAME(*args, **kwargs):\n    store[len(store)] = args\n    return store.get(len(store) - 2, 0.0)",
        ),
        attack(
            "another's code",
            "def NAME(*args, **kwargs):\n    return 0.0\nNAME.__code__ = print.__class__ and (lambda *a, **k: a).__code__\nNAME.__wrapped__ = NAME",
        ),
    ),
)
