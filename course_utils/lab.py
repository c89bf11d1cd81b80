"""Open the labs: ``python -m course_utils.lab`` copies them to ``work/`` and starts JupyterLab there."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from course_utils.progress import FOLDER

__all__ = ["copy_labs", "main", "start_command"]

START = "00_start"  # what opens first
# The popup with the project's news covers the notebook at the first start.
_SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}

# Of nbgrader's buttons and panels, students use Validate alone.
_DISABLED = ("assignment-list", "course-list", "create-assignment", "formgrader", "menu")
_PAGE = {"disabledExtensions": {f"@jupyter/nbgrader:{name}": True for name in _DISABLED}}


def copy_labs(labs: Path, work: Path) -> list[Path]:
    """Copy what is new in the labs, and make the folder for progress; a file that is there stays as it is.

    Parameters
    ----------
    labs : Path
        The labs as they were handed out.
    work : Path
        The student's own folder.

    Returns
    -------
    list of Path
        The files that were made.
    """
    made = []
    for source in sorted(path for path in labs.rglob("*") if path.is_file()):
        target = work / source.relative_to(labs)
        if ".ipynb_checkpoints" in source.parts or os.path.lexists(target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file, target.open("xb") as copy:
            shutil.copyfileobj(file, copy)
        made.append(target)
    (work / FOLDER).mkdir(parents=True, exist_ok=True)  # the visible checks note there what they say
    return made


def start_command(work: Path, options: Sequence[str] = ()) -> list[str]:
    """Return the command that starts JupyterLab on a folder, without its news popup and nbgrader's desk."""
    settings = work / ".jupyterlab"
    settings.mkdir(parents=True, exist_ok=True)
    for name, content in (("overrides.json", _SETTINGS), ("page_config.json", _PAGE)):
        (settings / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    # JupyterLab refuses to start for root, who is the only user in many containers.
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    page = f"{START}/{START}.ipynb"
    opened = [f"--LabApp.default_url=/lab/tree/{page}"] if (work / page).is_file() else []
    prompt = ["--ServerApp.kernel_websocket_connection_class=course_utils.connection.PromptConnection"]
    folders = [f"--ServerApp.root_dir={work}", f"--LabApp.app_settings_dir={settings}"]
    return [sys.executable, "-m", "jupyterlab", *folders, *prompt, *opened, *root, *options]


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy the labs, start JupyterLab, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.lab", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("work"), help="your own folder (default: work)")
    parser.add_argument("--copy-only", action="store_true", help="copy the labs, start nothing")
    chosen, options = parser.parse_known_args(arguments)
    labs, work = Path("labs").resolve(), chosen.work.resolve()
    if not labs.is_dir():
        print(f"no labs in {labs.parent}: start this in the folder that holds labs/", file=sys.stderr)
        return 2
    for path in copy_labs(labs, work):
        print(f"new: {path.relative_to(work)}")
    if chosen.copy_only:
        return 0
    print(f"JupyterLab opens on {work}. Your files there are never overwritten. Ctrl+C here ends it.")
    try:
        return subprocess.run(start_command(work, options), check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
