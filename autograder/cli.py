"""The command line ``course``: each subcommand is one function in a table."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from autograder.commands.audit import audit, audit_options
from autograder.commands.demo import demo
from autograder.commands.doctor import doctor
from autograder.commands.export import export, export_options
from autograder.commands.extend import extend, extend_options
from autograder.commands.forget import forget, forget_options
from autograder.commands.formgrade import formgrade, formgrade_options, split, split_options
from autograder.commands.grade import class_option, grade, grade_options, report, report_options
from autograder.commands.new_term import day_option, new_term, new_term_options
from autograder.commands.roster import roster, roster_options
from autograder.commands.solutions import solutions, solutions_options
from autograder.course import Course
from autograder.errors import CourseError, StoppedError, UsageError

__all__ = ["COMMANDS", "Command", "main"]


class Command(NamedTuple):
    """A subcommand: its line in the help, what it adds to the parser, and what it does.

    ``run`` returns the exit code: 0 done, 1 not as it should be. A CourseError ends in 2.
    """

    help: str
    options: Callable[[argparse.ArgumentParser], object]
    run: Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        return COMMANDS[chosen.command].run(chosen)
    except KeyboardInterrupt:
        print(f"course {chosen.command}: stopped", file=sys.stderr)
        return 1
    except CourseError as error:
        print(f"course {chosen.command}: {error}", file=sys.stderr)
        return 1 if isinstance(error, StoppedError) else 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course", description="Build, release and grade a course of Jupyter labs.")
    parser.add_argument("--root", type=Path, help="the course's folder (default: the nearest with a course.toml)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.options(commands.add_parser(name, help=command.help, description=command.help))
    return parser


def _course(chosen: argparse.Namespace) -> Course:
    return Course.load(chosen.root, getattr(chosen, "class_folder", None))


def _build_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; say whether labs/ is up to date")


def _build(chosen: argparse.Namespace) -> int:
    from autograder.release.build import build, outdated

    course = _course(chosen)
    built = build(course)
    for note in built.notes:
        print(note)
    for error in built.errors:
        print(f"course build: {error}", file=sys.stderr)
    if not chosen.check:
        with contextlib.suppress(CourseError):  # printed above, all of them
            built.write()
    if built.errors:
        return 2
    wrong = outdated(course, built)
    for path in wrong:
        print(f"{path.relative_to(course.root)}: {built.why(path)}")
    print("labs/ is out of date" if wrong else f"labs/ is up to date: {len(built.labs)} labs")
    return int(bool(wrong))


def _bundle_options(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--upto", metavar="NN", help="leave out the labs after this one")
    which.add_argument(
        "--date", type=day_option, metavar="DAY", help="leave out the labs that are released after this day"
    )


def _bundle(chosen: argparse.Namespace) -> int:
    from autograder.release.bundle import bundle, released_by

    course = _course(chosen)
    upto = chosen.upto if chosen.date is None else released_by(course, chosen.date)
    print("\n".join(bundle(course, upto).lines()))
    return 0


def _lab_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("options", nargs=argparse.REMAINDER, help="handed on to JupyterLab")


def _lab(chosen: argparse.Namespace) -> int:
    """Open the labs as a student does: the same program, in a process of its own."""
    import subprocess

    from autograder.release.build import build

    course = _course(chosen)
    build(course).write()
    command = [sys.executable, "-m", "course_utils.lab", *chosen.options]
    try:
        return subprocess.run(command, cwd=course.root, check=False).returncode
    except OSError as error:
        raise UsageError(f"cannot start JupyterLab: {error}") from error


def _catalogue_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lab", metavar="L", help="this lab alone, by name or number")
    parser.add_argument("--exercise", metavar="E", help="this exercise alone")


def _catalogue(chosen: argparse.Namespace) -> int:
    """Print what the checks miss or misname, answer by answer, and a line of counts for each lab."""
    from tqdm import tqdm

    from autograder.judge.catalogue import judge_catalogue, tally
    from autograder.release.build import build

    course = _course(chosen)
    build(course).write()
    faults = 0
    for lab in [course.lab(chosen.lab)] if chosen.lab else course.labs:
        judged = judge_catalogue(course, lab.name, chosen.exercise)
        attempts = list(tqdm(judged, desc=lab.name, unit="answer", disable=None))
        for attempt in attempts:
            if attempt.fault:
                faults += 1
                print(f"{lab.name}:{attempt.answer.line}: {attempt.answer.exercise}: {attempt.fault}")
                print("\n".join(f"    {line}" for v in attempt.verdicts for line in (v.message + v.cause).splitlines()))
        print(f"{lab.name}: {tally(attempts)}")
    return int(bool(faults))


COMMANDS: dict[str, Command] = {
    "audit": Command("print every score that changed, who changed it, and why", audit_options, audit),
    "build": Command("compile solutions/ into build/ and labs/", _build_options, _build),
    "bundle": Command("pack what students get into build/bundle/", _bundle_options, _bundle),
    "catalogue": Command("try the checks on every known mistake and variant", _catalogue_options, _catalogue),
    "demo": Command("make a sample class of invented students, and grade it", class_option, demo),
    "doctor": Command("try what grading needs on this machine, the sandbox included", class_option, doctor),
    "export": Command("write grades for spreadsheets, Canvas or Moodle, or for research", export_options, export),
    "extend": Command("give a student more time, or list who has it", extend_options, extend),
    "forget": Command("delete all that is kept of a student", forget_options, forget),
    "formgrade": Command("open formgrader, to read written answers", formgrade_options, formgrade),
    "grade": Command("grade what was handed in, into nbgrader's gradebook", grade_options, grade),
    "lab": Command("build, and open JupyterLab on work/, your own copy of the labs", _lab_options, _lab),
    "new-term": Command("write the dates of another term, and keep the class so far aside", new_term_options, new_term),
    "report": Command("write report and feedback again, with what was graded by hand", report_options, report),
    "roster": Command("take a roster in: CSV, or an export of Canvas or Moodle", roster_options, roster),
    "solutions": Command("write solution notebooks: for assistants, or for students", solutions_options, solutions),
    "split": Command("deal the written answers out among assistants", split_options, split),
}


if __name__ == "__main__":
    sys.exit(main())
