"""Attacks in the language: on the checks, on comparisons, on names, on the judge's functions."""

from __future__ import annotations

from tests.corpus.case import ZERO, Case, attack, everywhere, flat

__all__ = ["LANGUAGE"]

_CHECKS = (
    everywhere(
        "asserts are stripped",
        ZERO,
        ("polynomial", "descent"),
        before="""
        import ast
        class Strip(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
            def visit_Expr(self, node): return ast.Pass()
        get_ipython().ast_transformers.append(Strip())
        """,
    ),
    everywhere(
        "checks are patched",
        ZERO,
        ("parabola", "train", "tensors"),
        before="""
        import sys
        for name, module in list(sys.modules.items()):
            if name.startswith("course_utils.checks"):
                for key in list(vars(module)):
                    if callable(getattr(module, key, None)) and not key.startswith("_"):
                        setattr(module, key, lambda *a, **k: True)
        """,
    ),
    everywhere(
        "numpy always agrees",
        ZERO,
        ("slopes", "predict"),
        before="""
        import builtins, numpy as np, numpy.testing
        for name in ("allclose", "isclose", "array_equal"):
            setattr(np, name, lambda *a, **k: True)
        for name in ("assert_allclose", "assert_array_equal", "assert_equal"):
            setattr(numpy.testing, name, lambda *a, **k: None)
        builtins.abs = builtins.all = builtins.isinstance = lambda *a, **k: True
        """,
        ends="WRONG",
    ),
    (
        attack(
            "checks are cut from cells",
            ZERO,
            before="get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'] if 'checks' in str(lines) else lines)",
        ),
        attack(
            "run_cell says yes",
            ZERO,
            before="""
            shell = type(get_ipython())
            shell.run_cell = lambda self, *a, **k: None
            shell.run = lambda self, source: [{"output_type": "execute_result", "data": {"text/plain": "100.0"}}]
            """,
            ends="BLANK",
            bystander="BLANK",
            at="polynomial",
        ),
        attack(
            "kernel methods are patched",
            ZERO,
            before="""
            import sys
            for name, module in list(sys.modules.items()):
                if name.startswith(("ipykernel", "nbclient", "nbgrader")):
                    vars(module).update(dict.fromkeys(list(vars(module)), None))
            """,
        ),
        attack(
            "given functions are replaced", ZERO, at="descent", before="dip_slope = askew_gradient = lambda x: 0 * x"
        ),
        attack(
            "given data is replaced", ZERO, at="train", before="hours[:] = 0; warmth[:] = 0; cooling = lambda *a: 0"
        ),
        attack(
            "the reference is a name",
            "from hidden import reference\nNAME = reference('01_minima').NAME",
            at="polynomial",
        ),
        attack(
            "the reference is imported",
            """
            def NAME(*args):
                import importlib, sys
                for lab in ("02_gradient_descent", "build.reference.02_gradient_descent"):
                    try:
                        return importlib.import_module(lab).NAME(*args)
                    except ImportError:
                        pass
                return getattr(sys.modules.get("hidden"), "NAME", lambda *a: 0.0)(*args)
            """,
            at="slopes",
            isolated=True,
        ),
    ),
)

_OBJECTS = (
    everywhere(
        "equal to everything",
        """
        class NAME:
            def __init__(self, *args, **kwargs): pass
            def __eq__(self, other): return True
            __ne__ = lambda self, other: False
            __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = __eq__
            def __hash__(self): return 0
            def __float__(self): return 1.0
            def __array__(self, *args, **kwargs):
                import numpy
                return numpy.zeros(3)
            def __len__(self): return 3
            def __getitem__(self, index): return self
            def __getattr__(self, name): return self
            def __call__(self, *args, **kwargs): return self
            def __iter__(self): return iter([self, self, self])
            __add__ = __sub__ = __mul__ = __rmul__ = __abs__ = __neg__ = __call__
        """,
        ("polynomial", "descent", "predict", "classifier"),
    ),
    everywhere(
        "an array subclass that agrees",
        """
        import numpy
        class Agreeing(numpy.ndarray):
            def __eq__(self, other): return numpy.ones(self.shape, bool)
            def __array_ufunc__(self, *args, **kwargs): return True
            def __array_function__(self, *args, **kwargs): return True
            def all(self, *args, **kwargs): return True
        def NAME(*args, **kwargs):
            return numpy.zeros(3).view(Agreeing)
        """,
        ("polynomial", "slopes"),
    ),
    (
        attack(
            "a class that lies about itself",
            """
            import numpy
            class Liar:
                __class__ = property(lambda self: numpy.ndarray)
                dtype, shape, ndim, size = numpy.dtype(float), (3,), 1, 3
                def __eq__(self, other): return True
                def tobytes(self): return b"x" * 24
                def astype(self, *args, **kwargs): return self
            def NAME(*args, **kwargs):
                return Liar()
            """,
        ),
        attack(
            "a float subclass",
            """
            class Right(float):
                def __eq__(self, other): return True
                def __sub__(self, other): return 0.0
                __rsub__ = __sub__
            def NAME(*args, **kwargs):
                return Right(7)
            """,
            at="parabola",
            ends="WRONG",
        ),
        attack(
            "a number that answers each question otherwise",
            """
            class Sly(list):
                asked = 0
                def __iter__(self):
                    Sly.asked += 1
                    return iter([Sly.asked] * 3)
                def __len__(self): return 3
            def NAME(*args, **kwargs):
                return Sly([1.0, 2.0, 3.0])
            """,
        ),
        attack(
            "compares lazily",
            """
            class Lazy:
                def __init__(self, ask=None): self.ask = ask
                def __eq__(self, other): return Lazy((self, other))
                def __bool__(self): return True
                def __getattr__(self, name): return Lazy(name)
                def __call__(self, *args, **kwargs): return Lazy(args)
            def NAME(*args, **kwargs):
                return Lazy()
            """,
        ),
        attack(
            "not a number",
            "import numpy\ndef NAME(*args, **kwargs):\n    return numpy.full(3, numpy.nan)",
            at="polynomial",
        ),
        attack(
            "infinity",
            "import numpy\ndef NAME(*args, **kwargs):\n    return numpy.full((26, 2), numpy.inf)",
            at="descent",
        ),
        attack("numbers as text", "def NAME(*args, **kwargs):\n    return ['6', '10', '-7']", at="polynomial"),
        attack(
            "objects in an array",
            "import numpy\ndef NAME(*args, **kwargs):\n    return numpy.array([1, None, 'x'], object)",
        ),
        attack("an enormous number", "def NAME(*args, **kwargs):\n    return 10 ** 5000", at="parabola", ends="WRONG"),
        attack("a large number", "def NAME(*args, **kwargs):\n    return [10 ** 1200] * 3", at="polynomial"),
        attack("an endless range", "def NAME(*args, **kwargs):\n    return range(2 ** 62)", at="polynomial"),
        attack("a list within itself", "def NAME(*args, **kwargs):\n    me = []\n    me.append(me)\n    return me"),
        attack(
            "a deep list",
            "def NAME(*args, **kwargs):\n    me = [0.0]\n    for _ in range(5000):\n        me = [me]\n    return me",
        ),
        attack("a generator without end", "def NAME(*args, **kwargs):\n    return iter(int, 1)"),
        attack("a module", "import math\ndef NAME(*args, **kwargs):\n    return math"),
        attack("a coroutine", "async def NAME(*args, **kwargs):\n    return 0.0"),
        attack("a value in place of a function", "NAME = 0.0"),
        attack("a string of code", 'NAME = \'__import__("os").system("true")\''),
        attack(
            "lists that lie about their length",
            "class L(list):\n    __len__ = lambda self: 3\ndef NAME(*args, **kwargs):\n    return L()",
        ),
    ),
)

_EXCEPTIONS = (
    everywhere(
        "an error that says CORRECT",
        """
        class Passed(AssertionError):
            verdict = "CORRECT"
            misconception = None
            message = "✓ all right"
            def __str__(self): return "✓ all right"
            def _render_traceback_(self): return ["✓ all right"]
        def NAME(*args, **kwargs):
            raise Passed
        """,
        ("polynomial", "train"),
    ),
    everywhere(
        "StopIteration",
        "def NAME(*args, **kwargs):\n    raise StopIteration",
        ("polynomial", "descent", "predict", "tensors"),
    ),
    (
        attack("SystemExit", "import sys\ndef NAME(*args, **kwargs):\n    sys.exit(0)"),
        attack("GeneratorExit", "def NAME(*args, **kwargs):\n    raise GeneratorExit"),
        attack("KeyboardInterrupt", "def NAME(*args, **kwargs):\n    raise KeyboardInterrupt"),
        attack(
            "an error of ten megabytes",
            "def NAME(*args, **kwargs):\n    raise ValueError('✓ right ' * 10 ** 6)",
            at="polynomial",
        ),
        attack(
            "an error that cannot be printed",
            "class E(Exception):\n    def __str__(self): raise E\n    __repr__ = __str__\ndef NAME(*args, **kwargs):\n    raise E",
        ),
        attack(
            "an error with script and colours",
            "def NAME(*args, **kwargs):\n    raise ValueError('<script>alert(1)</script>\\x1b[2J\\x1b]0;t\\x07\\x00\\ud800')",
            at="descent",
        ),
        attack(
            "a group of errors",
            "def NAME(*args, **kwargs):\n    raise ExceptionGroup('g', [ValueError('a'), KeyError('b')])",
        ),
    ),
)

_JUDGES = (
    attack("the given function as an answer", "def NAME(gradient, *args):\n    return gradient", at="descent"),
    attack("given functions in a list", "def NAME(gradient, *args):\n    return [gradient] * 26", at="descent"),
    attack(
        "changes what it is given",
        "def NAME(gradient, x0, rate, n):\n    x0[:] = 0\n    return [list(x0)] * (n + 1)",
        at="descent",
    ),
    attack(
        "zeroes the points of the fit",
        "def NAME(model, loss, gradient, x, y, theta0, rate, n):\n    x *= 0; y *= 0; theta0 *= 0\n    return theta0, [0.0] * (n + 1)",
        at="train",
    ),
    attack(
        "asks for ever",
        "def NAME(gradient, x0, *args):\n    while True: gradient(x0)",
        at="descent",
    ),
    attack(
        "asks with anything",
        """
        def NAME(f, x, h=1e-5):
            told = []
            for odd in (None, "x", [], {}, print, f, NAME, object(), float("nan"), 10 ** 300, b"", {1}, range(3), ...):
                try:
                    told.append(f(odd))
                except Exception as error:
                    told.append(str(error))
            raise ValueError(str(told))
        """,
        at="slopes",
    ),
    attack(
        "walks through the given function",
        """
        def NAME(f, x, h=1e-5):
            told = []
            for name in ("__self__", "__closure__", "__globals__", "__code__", "points", "_function", "__dict__", "__wrapped__"):
                told.append(str(getattr(f, name, None)))
            return told
        """,
        at="slopes",
    ),
    attack(
        "gives back what was asked",
        "def NAME(f, x, h=1e-5):\n    return f",
        at="slopes",
    ),
    attack(
        "the judge's memory is filled",
        "import numpy\ndef NAME(f, x, h=1e-5):\n    for k in range(10 ** 6): f(numpy.ones(3 * 10 ** 7))\n    return x",
        at="slopes",
        ends="WRONG/TIMEOUT/MEMORY",
    ),
    attack(
        "calls with everything by name",
        "def NAME(f, x, h=1e-5):\n    return f(x=x, w=x, self=x, args=x, function=x, limit=x)",
        at="slopes",
    ),
)

LANGUAGE: tuple[Case, ...] = flat(*_CHECKS, *_OBJECTS, *_EXCEPTIONS, *_JUDGES)
