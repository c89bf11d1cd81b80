"""A process as it is before its first cell: everything imported, and every start the same."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from typing import Any

from autograder.sandbox.shell import CellShell, make_shell

__all__ = ["settle", "warm"]

_ABSENT = "{0} is not there when this lab is graded: its exercises are solved by hand, with NumPy"


def warm(environment: str) -> CellShell:
    """Load what the first cells would wait for: imports, one figure, one error; torch too where labs use it.

    Parameters
    ----------
    environment : str
        "numpy", or "torch".
    """
    import matplotlib.pyplot as plt
    import numpy as np

    shell = make_shell()
    shell.run("import matplotlib_inline.backend_inline, ipywidgets")
    shell.run("from course_utils import checks, figures, graph, widgets")
    shell.enable_matplotlib("inline")
    axes = plt.subplots()[1]
    axes.plot(np.linspace(0, 1, 5))
    plt.show()
    plt.close("all")
    shell.run("1/0")
    shell.run("from IPython.display import HTML, display; display(HTML('x'))")
    shell.reset(new_session=False)
    if environment == "torch":
        _warm_torch()
    return shell


def _warm_torch() -> None:
    """Load torch and what its first optimizer step loads; one thread, or forks would hang."""
    import torch

    torch.set_num_threads(1)
    weight = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)
    torch.nn.functional.mse_loss(weight, torch.zeros(3)).backward()
    optimizer.step()


def settle(absent: Sequence[str]) -> None:
    """Give a new process random numbers of its own, the same at each regrade, and say kindly what cannot be imported.

    Parameters
    ----------
    absent : sequence of str
        Modules that student code cannot import.
    """
    import numpy as np

    random.seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 - students may use the old interface
    sys.meta_path.insert(0, _Absent(absent))


class _Absent(MetaPathFinder):
    """Says why a module is not there. That it is not there is the file system's doing."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(self, name: str, *_: Any) -> None:
        if name.partition(".")[0] in self._names:
            raise ModuleNotFoundError(_ABSENT.format(name), name=name)
