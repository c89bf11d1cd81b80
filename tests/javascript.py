"""A widget's JavaScript run by node: the very text that a browser gets, then a few lines of a test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import pytest

from course_utils.widgets.base import module

__all__ = ["needs_node", "run"]

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None and not os.environ.get("CI"), reason="there is no node")
# JSON knows neither nan nor infinity: they go over as text.
PRINT = """
const plain = (_, value) => typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
const data = JSON.parse(await new Promise((done) => {
  let text = "";
  process.stdin.on("data", (part) => { text += part; }).on("end", () => done(text));
}));
console.log(JSON.stringify(((data) => { %s })(data), plain));
"""


def run(name: str, program: str, data: Any = None) -> Any:
    """Run the body of a function of ``data`` behind a widget's module, and return what it returns.

    Parameters
    ----------
    name : str
        File of the widget, as ``"descent.js"``.
    program : str
        JavaScript that ends in ``return``; it sees everything in the module.
    data : JSON, optional
        What the program calls ``data``.
    """
    assert NODE is not None, "node is needed: apt-get install nodejs"
    source = module(name) + PRINT % program
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", source], input=json.dumps(data), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
