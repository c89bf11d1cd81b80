"""What the documents say is so: commands exist, links lead somewhere, every dependency has its reason."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from autograder.cli import COMMANDS
from autograder.course import Course

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
TEXT = {".md", ".py", ".toml", ".txt", ".yml", ".yaml", ".cff", ".cfg", ".ipynb", ".css", ".js", ".html", ""}
# Packages whose module has another name.
MODULES = {"axe-playwright-python": "axe_playwright_python", "scikit-learn": "sklearn", "pytest-xdist": "xdist"}
# Written in two parts, so that this file does not hold what it looks for.
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "lorem " + "ipsum", "coming " + "soon")
PLACES = ("/ho" + "me/", "/ro" + "ot/", "/Us" + "ers/", "C:" + "\\")
REGISTRY = re.compile(r"index-ur[l]|find-link[s]|https?://[\w.-]*(?:artifactory|nexus|mirror|proxy|pypi)[\w.-]*")


@cache
def tracked() -> tuple[Path, ...]:
    """List the files that git keeps, or, outside a repository, the text files that lie here."""
    done = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        pytest.skip("not a git repository")
    paths = (ROOT / name for name in done.stdout.split("\0") if name)
    return tuple(path for path in paths if path.suffix in TEXT and path.is_file())


def relative(path: Path) -> str:
    """Name a file as seen from the root."""
    return str(path.relative_to(ROOT))


def slug(heading: str) -> str:
    """Make a heading's anchor, as GitHub does."""
    words = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", ""))
    return words.strip().replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """List the anchors of a page."""
    return {slug(match[1]) for match in re.finditer(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)}


def is_broken(page: Path, link: str) -> bool:
    """Tell whether a link to a file or heading of this repository leads nowhere."""
    if re.match(r"[a-z]+:", link):
        return False
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


def code(page: Path) -> str:
    """Return what a page shows as code: blocks and inline."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link and each picture inside the repository is there, with its heading."""
    links = re.findall(r"\]\(<?([^)>\s]+)>?\)|src=\"([^\"]+)\"", page.read_text("utf-8"))
    assert [link for pair in links for link in pair if link and is_broken(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_make_targets_exist(page: Path) -> None:
    """Every `make` command on a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", code(page))) - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_subcommands_exist(page: Path) -> None:
    """Every `course` command on a page is a subcommand, and every option of it is known."""
    for command, rest in re.findall(r"^(?:\.venv/bin/)?course ([a-z][a-z-]*)(.*)$", code(page), re.MULTILINE):
        assert command in COMMANDS
        options = set(re.findall(r"--[a-z-]+", rest))
        assert options - set(re.findall(r"--[a-z-]+", manual(command))) == set()


@cache
def manual(command: str) -> str:
    """Return a subcommand's help."""
    program = [sys.executable, "-m", "autograder.cli", command, "--help"]
    return subprocess.run(program, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_the_readme_tells_the_minutes_of_each_lab() -> None:
    """Its table gives each lab the title and the minutes that course.toml does."""
    told = re.findall(r"^\| (\d\d) ([^|]+) \| (\d+)[^|]*\|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    listed = [(f"{lab.number:02}", lab.title, str(lab.minutes)) for lab in Course.load(ROOT).labs]
    assert listed == told


def test_the_glossary_is_in_order() -> None:
    """Within a section, terms stand in the order of the alphabet, each once."""
    for section in (ROOT / "docs" / "glossary.md").read_text("utf-8").split("\n## ")[1:]:
        terms = [match[1].lower() for match in re.finditer(r"^- \*\*(.+?)\*\*: .+$", section, re.MULTILINE)]
        assert sorted(set(terms)) == terms


def declared(section: str) -> set[str]:
    """Name the packages that pyproject asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    test = extras.pop("test")
    optional = [item for extra in extras.values() for item in extra]
    listed = {"To run": project["dependencies"], "To test": test, "Optional": optional}[section]
    return {re.split(r"[<>=!~\[; ]", item)[0] for item in listed}


def documented(section: str) -> set[str]:
    """Name the packages in a table of docs/dependencies.md that have a licence and a reason."""
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    part = text.split(f"## {section}\n")[1].split("\n## ")[0]
    return {match[1] for match in re.finditer(r"^\| ([\w-]+) \| [^|]{3,} \| [^|]{8,} \|$", part, re.MULTILINE)}


@pytest.mark.parametrize("section", ["To run", "To test", "Optional"])
def test_every_dependency_has_a_reason(section: str) -> None:
    """The page lists what pyproject lists, no more and no less."""
    assert declared(section) == documented(section)


def test_every_imported_package_is_documented() -> None:
    """Nothing is imported that is neither the project's own, nor Python's, nor on the page."""
    sections = ("To run", "To test", "Optional", "Imported, but brought along")
    known = {MODULES.get(name, name.replace("-", "_")) for section in sections for name in documented(section)}
    listed = {f"{lab.name}.py" for lab in Course.load(ROOT).labs}
    later = {path.name for path in (ROOT / "solutions").glob("[0-9]*.py")} - listed  # sources of labs to come
    files = [path for path in tracked() if path.suffix == ".py" and path.name not in later]
    ours = {"autograder", "course_utils", "tests", "hidden", *(path.stem for path in files)}
    assert imported(files) - known - ours - set(sys.stdlib_module_names) == set()


def imported(files: list[Path]) -> set[str]:
    """Name the top-level modules that files import."""
    found = set()
    for node in (node for path in files for node in ast.walk(ast.parse(path.read_text("utf-8")))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_nothing_is_left_unfinished() -> None:
    """No marker of unfinished work stands in a tracked file."""
    assert found(re.compile("|".join(rf"\b{marker}\b" for marker in UNFINISHED))) == []


def test_no_machine_is_mentioned() -> None:
    """No path of somebody's computer and no package index stands in a tracked file."""
    assert found(re.compile("|".join(map(re.escape, PLACES)))) + found(REGISTRY) == []


def found(pattern: re.Pattern[str]) -> list[str]:
    """List the lines of tracked files that match."""
    return [
        f"{relative(path)}:{number}: {line.strip()[:120]}"
        for path in tracked()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_version_is_one() -> None:
    """Pyproject, citation and changelog name the same version."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE) == [version]
    assert re.findall(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0] == version
