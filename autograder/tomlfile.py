"""A TOML file whose values know their lines, and that can be changed without losing its comments."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from autograder.errors import UsageError

__all__ = ["TomlFile"]

_HEADER = re.compile(r"^\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_VALUE = r"""^(\s*{key}\s*=\s*)("[^"]*"|'[^']*'|[^#"']*?)(\s*(?:#.*)?)$"""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A TOML file as it was read.

    ``values`` is what it says; ``text`` is how it says it.
    """

    path: Path
    text: str
    values: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises
        ------
        UsageError
            It cannot be read, or is no TOML; dates that no calendar has are none.
        """
        try:
            return cls.parse(path, path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: cannot be read: {error}") from error

    @classmethod
    def parse(cls, path: Path, text: str) -> Self:
        """Read a text as the content of a file."""
        try:
            return cls(path, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"\(at line (\d+)", str(error))
            place = line[1] if line else text.rstrip().count("\n") + 1  # "at end of document"
            raise UsageError(f"{path}:{place}: cannot be read: {error}") from error

    def section(self, name: str) -> dict[str, Any]:
        """Return a section by its dotted name; one that is not there is empty.

        Raises
        ------
        UsageError
            It is a value, not a section.
        """
        found: Any = self.values
        for part in name.split("."):
            found = found.get(part, {})
            if not isinstance(found, dict):
                raise self.error("", part, f"is a section, written [{name}]")
        section: dict[str, Any] = found
        return section

    def error(self, section: str, key: str, message: str) -> UsageError:
        """Make an error that names file, line, section and key."""
        line = self._line(section, key) or self._line(section) or 1
        where = f"[{section}]: " if section else ""
        return UsageError(f"{self.path}:{line}: {where}{key}{' ' * bool(key)}{message}")

    def refuse_unknown(self, section: str, known: set[str]) -> None:
        """Refuse keys that mean nothing here: a slip of the pen must not pass for a rule.

        Raises
        ------
        UsageError
            There is one.
        """
        for key in self.section(section):
            if key not in known:
                raise self.error(section, key, f"is unknown; known are {', '.join(sorted(known))}")

    def with_value(self, section: str, key: str, value: Any, literal: str) -> Self:
        """Return the file with a value set, and all else as it is written.

        Parameters
        ----------
        section, key : str
            Where; a key that is not there is added below the section's head.
        value : object
            What the value is to be when the file is read.
        literal : str
            How it is written.

        Raises
        ------
        UsageError
            The file is written in a way in which that line cannot be told.
        """
        lines = self.text.splitlines()
        number, head = self._line(section, key), self._line(section)
        if number:
            pattern = _VALUE.format(key=re.escape(key))
            lines[number - 1] = re.sub(pattern, lambda match: f"{match[1]}{literal}{match[3]}", lines[number - 1])
        elif head:
            lines.insert(head, f"{key} = {literal}")
        changed = self.parse(self.path, "\n".join(lines) + "\n")
        if changed.values != _set(self.values, [*section.split("."), key], value):
            raise self.error(section, key, f"cannot be set to {literal} here: write it yourself")
        return changed

    def _line(self, section: str, key: str = "") -> int | None:
        """Return the line, from 1, of a section's head or of a key in it."""
        here = ""
        for number, line in enumerate(self.text.splitlines(), start=1):
            if match := _HEADER.match(line):
                here = re.sub(r"[\s\"']", "", match[1])
                if here == section and not key:
                    return number
            elif here == section and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return number
        return None


def _set(values: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    """Return nested values with one of them set."""
    first, *rest = path
    return values | {first: _set(values.get(first, {}), rest, value) if rest else value}
