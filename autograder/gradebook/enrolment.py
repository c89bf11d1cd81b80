"""What a roster changes in the gradebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from autograder.gradebook.book import Book
from autograder.intake.roster import Person, Roster

__all__ = ["Enrolment"]

_FIELDS = ("first_name", "last_name", "email", "lms_user_id")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The difference between a roster and nbgrader's database.

    ``changed`` holds whom nbgrader knows otherwise, with what it knows. Those who left are in the database and not on
    the roster: ``left`` without any work, ``kept`` with some, who are never removed.
    """

    added: tuple[Person, ...]
    changed: tuple[tuple[Person, Person], ...]
    left: tuple[str, ...]
    kept: tuple[str, ...]

    @classmethod
    def of(cls, roster: Roster, people: Iterable[Person], working: frozenset[str]) -> Self:
        """Compare.

        Parameters
        ----------
        roster : Roster
            As it was read.
        people : iterable of Person
            Whom nbgrader knows.
        working : frozenset of str
            Who handed in something, or has a grade.
        """
        known = {person.student: person for person in people}
        listed = {person.student: person for person in roster.people}
        gone = sorted(known.keys() - listed.keys())
        return cls(
            added=tuple(listed[name] for name in sorted(listed.keys() - known.keys())),
            changed=tuple((new, known[name]) for name, new in sorted(listed.items()) if _differ(new, known.get(name))),
            left=tuple(name for name in gone if name not in working),
            kept=tuple(name for name in gone if name in working),
        )

    def write(self, book: Book, *, remove: bool) -> None:
        """Write it into the database, in one commit."""
        people = (*self.added, *(new for new, _ in self.changed))
        book.write_people(people, self.left if remove else ())

    def lines(self, *, remove: bool) -> Iterator[str]:
        """Say it, one line for each student."""
        for person in self.added:
            yield f"+ {person.student}: {_called(person)}"
        for new, old in self.changed:
            pairs = ((name, getattr(old, name), getattr(new, name)) for name in _FIELDS)
            yield f"~ {new.student}: " + ", ".join(
                f"{name} {was!r} → {now!r}" for name, was, now in pairs if was != now
            )
        for name in self.left:
            yield f"- {name}: not on the roster, nothing handed in: " + ("removed" if remove else "kept (see --remove)")
        for name in self.kept:
            yield f"! {name}: not on the roster, but has work or grades: kept"


def _differ(new: Person, old: Person | None) -> bool:
    return old is not None and any(getattr(new, name) != getattr(old, name) for name in _FIELDS)


def _called(person: Person) -> str:
    return ", ".join(filter(None, (f"{person.first_name} {person.last_name}".strip(), person.section))) or "no name"
