"""A table that a person or another program wrote: its rows, with their lines, or all that is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from autograder.errors import UsageError

__all__ = ["Row", "Table", "written"]

_LONGEST = 20_000_000  # bytes: no class has a larger roster
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MOST_SAID = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line it begins in, and its values by column, without spaces around them."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a value, empty if the table has no such column."""
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head.

    Commas, semicolons or tabs stand between values, as the head shows; the text is UTF-8, or UTF-16 that says so.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises
        ------
        UsageError
            It cannot be read, or a row has not as many values as the head; each such line is named.
        """
        text = _text(path)
        skipped = 1 if text[:4].lower() == "sep=" else 0  # a spreadsheet's word on what stands between values
        head, _, _ = "".join(text.splitlines(keepends=True)[skipped:]).partition("\n")
        separator = max(",;\t", key=head.count)
        (_, columns), *rest = _records(path, text, separator)[skipped:] or [(1, [""])]
        names = [name.strip() for name in columns]
        problems = [
            (1, f"two columns are called {name!r}") for name in sorted({n for n in names if names.count(n) > 1 and n})
        ]
        problems += [] if any(names) else [(1, "there is no head: the first line names the columns")]
        for line, record in rest:
            if len(record) != len(names):
                problems.append((line, f"has {len(record)} values, and the head {len(names)} columns"))
        _refuse(path, problems)
        rows = (Row(line, dict(zip(names, map(str.strip, record), strict=True))) for line, record in rest)
        return cls(path, tuple(names), tuple(rows))

    def error(self, line: int, text: str) -> UsageError:
        """Make an error that names the file and a line."""
        return UsageError(f"{self.path}:{line}: {text}")

    def refuse(self, problems: Iterable[tuple[int, str]]) -> None:
        """Raise an error that names each problem with its line, if there are any."""
        _refuse(self.path, problems)

    def repeated(self, column: str) -> Iterator[tuple[int, str]]:
        """Name the rows whose value of a column stands in an earlier row, whatever its case."""
        seen: dict[str, int] = {}
        for row in self.rows:
            value = row[column].casefold()
            if value and value in seen:
                yield row.line, f"{column} {row[column]!r} stands in line {seen[value]}, too"
            seen.setdefault(value, row.line)


def _refuse(path: Path, problems: Iterable[tuple[int, str]]) -> None:
    """Raise an error that names each problem of a file with its line, if there are any.

    Raises
    ------
    UsageError
        There are.
    """
    said = [f"{path}:{line}: {text}" for line, text in sorted(problems)]
    more = [f"… and {len(said) - _MOST_SAID} more"] if len(said) > _MOST_SAID else []
    if said:
        raise UsageError("\n".join(["nothing was changed, because of", *said[:_MOST_SAID], *more]))


def written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table as text, with commas; values with a comma, a quote or a line's end are quoted."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([columns, *rows])
    return file.getvalue()


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LONGEST:
            raise UsageError(f"{path}: has more than {_LONGEST // 10**6} MB: it is no such table")
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if content.startswith(b"PK\x03\x04"):
        raise UsageError(f'{path}: is a workbook, such as Excel writes: save it as "CSV UTF-8"')
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what = f"the byte {content[error.start]:#04x} is no {error.encoding.upper()}"
        advice = 'the file may be Latin-1 or Windows-1252: save it as "CSV UTF-8"'
        raise UsageError(f"{path}:{line}: {what}; {advice}") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise UsageError(f'{path}:{line}: there is a NUL in it: save it as "CSV UTF-8", not as a workbook or UTF-16')
    return text


def _records(path: Path, text: str, separator: str) -> list[tuple[int, list[str]]]:
    """Return all lines but empty ones, each with the number of the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found, line = [], 1
    try:
        for record in reader:
            if any(value.strip() for value in record):
                found.append((line, record))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}:{line}: {error}: is a quote not closed?") from error
    return found
