"""torchvision imports beside the torch that is installed, a CPU-only one too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

USES = """
import warnings
from course_utils.vision import import_torchvision

torchvision = import_torchvision()
assert import_torchvision() is torchvision, "the second import is the first"

import torch
from torchvision import datasets, models, transforms

assert datasets.MNIST.mirrors
image = transforms.ToTensor()(transforms.ToPILImage()(torch.full((1, 28, 28), 0.5)))
assert image.shape == (1, 28, 28)
assert abs(float(transforms.Normalize((0.1307,), (0.3081,))(image).mean()) - 1.2) < 0.01
assert models.resnet18(weights=None).fc.out_features == 1000
assert torchvision.ops.box_iou(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[0.0, 0, 2, 2]])) == 1
try:
    torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
except (RuntimeError, NotImplementedError) as error:
    print("refused:", str(error).splitlines()[0])
else:
    print("works")
"""


def run(program: str) -> str:
    """Run a program in a fresh interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_datasets_transforms_and_models_work() -> None:
    """What labs use works; an operator that was not built says so itself, and one that was is left alone."""
    said = run(USES)
    assert said == "works" or "torchvision" in said


def test_importing_the_module_loads_nothing() -> None:
    """Torch is loaded when it is asked for, not before."""
    assert run("import sys, course_utils.vision; print('torch' in sys.modules)") == "False"


def test_another_failure_is_not_hidden() -> None:
    """Only the missing operator is repaired: any other error of torchvision stays its own."""
    program = (
        "import sys, types\n"
        "class Broken:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'torchvision': raise RuntimeError('no GPU today')\n"
        "sys.meta_path.insert(0, Broken())\n"
        "from course_utils.vision import import_torchvision\n"
        "try: import_torchvision()\n"
        "except RuntimeError as error: print(error)\n"
    )
    assert run(program) == "no GPU today"
