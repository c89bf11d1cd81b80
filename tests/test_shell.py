"""What cells show, in a real isolated child: outputs as nbformat has them, and kind words for what cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import Limits
from autograder.judge.processes import Processes
from autograder.sandbox.host import Zygote
from autograder.sandbox.settings import Settings


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Start a zygote with torch."""
    with Zygote(tmp_path_factory.mktemp("cache"), Settings("torch", Limits())) as running:
        yield running


@pytest.fixture(scope="module")
def processes(zygote: Zygote) -> Iterator[Processes]:
    """Start one submission for all cells here; each runs in a fork of it."""
    started = Processes(zygote, Limits())
    yield started
    started.end()


def run(processes: Processes, source: str) -> list[dict[str, Any]]:
    """Run a cell; its outputs have to be valid in a notebook."""
    fork = processes.fork()
    fork.allow(60)
    outputs = fork.run(source)
    processes.drop(fork)
    cell = nbformat.v4.new_code_cell(source)
    cell.outputs = [nbformat.from_dict(output) for output in outputs]
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    return outputs


def text(outputs: list[dict[str, Any]]) -> str:
    """Return all text of outputs."""
    return "\n".join(str(output) for output in outputs)


# A cell, and what its outputs say.
SHOWN = {
    "a value": ("1 + 1", "'text/plain': '2'"),
    "an HTML value": ("from IPython.display import HTML\nHTML('<b>x</b>')", "'text/html': '<b>x</b>'"),
    "a figure": ("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()", "image/png"),
    "a figure at the end": ("%matplotlib inline\nimport matplotlib.pyplot as plt\n_ = plt.plot([1, 2])", "image/png"),
    "an error": ("1 / 0", "ZeroDivisionError"),
    "a syntax error": ("def f(:", "SyntaxError"),
    "a warning": ("import warnings\nwarnings.warn('careful')", "careful"),
    "%timeit": ("%timeit -n 2 -r 2 sum(range(10))", "per loop"),
    "%%time": ("%%time\nx = 1", "Wall time"),
    "an unknown magic": ("%nonsense", "nonsense"),
    "await": ("import asyncio\nawait asyncio.sleep(0)\nprint('awaited')", "awaited"),
    "async def": ("async def f():\n    return 'came'\nawait f()", "came"),
    "tqdm": ("from tqdm import tqdm\nfor _ in tqdm(range(3)): pass", "3/3"),
    "tqdm for notebooks": ("from tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass\nprint('done')", "done"),
    "interact": (
        "from ipywidgets import interact\ninteract(lambda x: print('x is', x), x=(0, 10))\nprint('goes on')",
        "goes on",
    ),
    "a slider": ("import ipywidgets\nipywidgets.IntSlider()", "IntSlider"),
    "an anywidget": (
        (
            "import anywidget, traitlets\nclass W(anywidget.AnyWidget):\n    _esm = 'export default {}'\n"
            "    n = traitlets.Int(1).tag(sync=True)\nw = W(n=2)\nw.n = 3\ndisplay(w)\nprint('shown')"
        ),
        "shown",
    ),
    "clear_output": ("from IPython.display import clear_output\nprint('old')\nclear_output()\nprint('new')", "new"),
    "!shell": ("!ls", "have no shell"),
    "!shell as a value": ("files = !ls", "have no shell"),
    "%%bash": ("%%bash\nls", "bash"),
    "%pip": ("%pip install numpy", "no shell"),
    "input": ("name = input('who? ')", "a grader cannot type"),
    "getpass": ("import getpass\ngetpass.getpass()", "a grader cannot type"),
    "a debugger": ("breakpoint()", ""),
    "a quit": ("quit()\nprint('still here')", ""),
    "training": (
        (
            "import torch\nmodel = torch.nn.Linear(2, 1)\nstep = torch.optim.Adam(model.parameters())\n"
            "for _ in range(3):\n    model(torch.ones(4, 2)).sum().backward(); step.step()\nprint('trained')"
        ),
        "trained",
    ),
    "a DataLoader": (
        (
            "import torch\ndata = torch.utils.data.TensorDataset(torch.arange(8))\n"
            "print(sum(len(b[0]) for b in torch.utils.data.DataLoader(data, batch_size=2, num_workers=2)), 'loaded')"
        ),
        "8 loaded",
    ),
    "processes": (
        (
            "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n"
            "    print(sum(pool.map(abs, [-1, -2])), 'summed')"
        ),
        "3 summed",
    ),
    "a saved figure": ("import matplotlib.pyplot as plt\nplt.plot([1]); plt.savefig('a.pdf'); print('saved')", "saved"),
    "a font": (
        "import matplotlib.pyplot as plt\nplt.title('λ → ∞ $\\\\frac{1}{2}$', family='serif'); plt.show()",
        "png",
    ),
    "a pickle": (
        "import pickle, tempfile\nwith tempfile.TemporaryFile() as f:\n    pickle.dump(1, f)\nprint('kept')",
        "kept",
    ),
}


@pytest.mark.parametrize("what", SHOWN)
def test_cells_show_what_they_would_in_a_notebook(processes: Processes, what: str) -> None:
    """Or say in a sentence why not; none ends its process."""
    source, said = SHOWN[what]
    assert said in text(run(processes, source))


def test_long_prints_are_kept_in_part(processes: Processes) -> None:
    """A million lines cost no more than their start, and the cell goes on to its end."""
    outputs = run(processes, "for i in range(10**6): print('line', i)\n'at the end'")
    assert "more was printed than is kept" in outputs[0]["text"]
    assert ("line 0\nline 1\n", "'at the end'") == (outputs[0]["text"][:14], outputs[-1]["data"]["text/plain"])


def test_an_error_is_told_even_where_it_cannot_be_shown(processes: Processes) -> None:
    """Otherwise an exercise whose cell failed would pass for one that nobody wrote."""
    (error,) = run(processes, "get_ipython().showtraceback = lambda *args, **kwargs: None\n1 / 0")
    assert (error["output_type"], error["ename"]) == ("error", "ZeroDivisionError")


def test_many_figures_are_kept(processes: Processes) -> None:
    """Fifty figures of an honest cell are all there."""
    drawn = run(processes, "import matplotlib.pyplot as plt\nfor i in range(50):\n    plt.plot([i]); plt.show()")
    assert 50 == sum("image/png" in output.get("data", {}) for output in drawn)


def test_by_hand_modules_are_not_there(tmp_path: Path) -> None:
    """Where torch would do the work of an exercise, importing it says that it is done by hand."""
    with Zygote(tmp_path, Settings("numpy", Limits())) as zygote:
        processes = Processes(zygote, Limits())
        for name in ("torch", "torchvision", "autograd", "sympy"):
            assert f"{name} is not there when this lab is graded" in text(run(processes, f"import {name}"))
        assert "'text/plain': '2'" in text(run(processes, "import numpy, scipy, sklearn\n2"))
        processes.end()
