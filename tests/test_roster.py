"""Rosters: ours, Canvas's and Moodle's, and all that can be wrong with a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.cli import main
from autograder.course import Course
from autograder.errors import UsageError
from autograder.gradebook.book import Book
from autograder.intake.roster import Person, Roster
from autograder.intake.sender import Sender
from tests.toy import SOLVED, hand_in, handed_in

ADA = Person("ada", "Ada", "Lovelace", "ada@x.org", "A", "77")
BO = Person("bo", "Bo", "Li, Jr.", "bo@x.org", "B", "78")
OURS = (
    "student,first_name,last_name,email,section,lms_user_id\n"
    'ada,Ada,Lovelace,ada@x.org,A,77\nbo,Bo,"Li, Jr.",bo@x.org,B,78\n'
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Minima (9)\n,,,,,Manual Posting\n"
    '    Points Possible,,,,,10\n"Lovelace, Ada",77,S1,ada,A,9\n"Li, Bo",78,S2,bo,B,\n"Student, Test",79,,5c9f,A,\n'
)
MOODLE = (
    'First name,Last name,ID number,Email address,Groups\nAda,Lovelace,ada,ada@x.org,A\nBo,"Li, Jr.",bo,bo@x.org,B\n'
)
GERMAN = "Vorname;Nachname;ID-Nummer;E-Mail-Adresse;Gruppen\nAda;Lovelace;ada;ada@x.org;A\nBo;Li, Jr.;bo;bo@x.org;B\n"


def read(folder: Path, content: str | bytes, id_column: str | None = None) -> Roster:
    """Read a text, or bytes, as a roster."""
    path = folder / "roster.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Roster.read(path, id_column)


@pytest.mark.parametrize(
    "content",
    [
        OURS.encode(),
        OURS.encode("utf-8-sig"),
        OURS.encode("utf-16"),
        OURS.replace("\n", "\r\n").encode(),
        OURS.replace("Li, Jr.", "Li. Jr.").replace(",", ";").replace("Li. Jr.", "Li, Jr.").encode(),
        OURS.replace("Li, Jr.", "Li. Jr.").replace(",", "\t").replace("Li. Jr.", "Li, Jr.").encode("utf-16"),
        b"sep=,\r\n" + OURS.encode(),
        b"sep=,\n\n" + OURS.replace("\n", "\n\n,,,,,\n").encode(),
    ],
)
def test_our_own_columns(tmp_path: Path, content: bytes) -> None:
    """A byte order mark, UTF-16, semicolons, tabs, empty lines: the same class."""
    assert (ADA, BO) == read(tmp_path, content).people


def test_canvas(tmp_path: Path) -> None:
    """Canvas's gradebook: rows that are no students are passed over, and said."""
    roster = read(tmp_path, CANVAS)
    people = (Person("ada", "Ada", "Lovelace", "", "A", "77"), Person("bo", "Bo", "Li", "", "B", "78"))
    assert people == roster.people
    assert ["'SIS Login ID'", "line 2", "line 3", "line 6"] == [
        word for word in ("'SIS Login ID'", "line 2", "line 3", "line 4", "line 6") if word in " ".join(roster.notes)
    ]
    assert ["S1", "S2"] == [person.student for person in read(tmp_path, CANVAS, "SIS User ID").people[:2]]


@pytest.mark.parametrize("content", [MOODLE, GERMAN])
def test_moodle(tmp_path: Path, content: str) -> None:
    """Moodle's participants, in two of its languages."""
    people = tuple(Person(p.student, p.first_name, p.last_name, p.email, p.section) for p in (ADA, BO))
    assert people == read(tmp_path, content).people


def test_ids_are_in_the_first_column_that_has_any(tmp_path: Path) -> None:
    """Where a system keeps no id numbers, addresses are ids; where it keeps some, who has none is named."""
    roster = read(tmp_path, MOODLE.replace(",ada,", ",,").replace(",bo,", ",,"))
    assert ["ada@x.org", "bo@x.org"] == [person.student for person in roster.people]
    assert ("as Moodle exports it: ids are taken from the column 'Email address'",) == roster.notes
    with pytest.raises(UsageError, match=r"roster.csv:3: has no id"):
        read(tmp_path, MOODLE.replace(",bo,", ",,"))


HEAD = "student,first_name,last_name\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ":1: there is no head"),
        (HEAD, ":1: there are no students"),
        ("name,mail\nada,x\n", ":1: the columns name, mail are none that a roster has"),
        ("student,email,email\nada,x,y\n", ":1: two columns are called 'email'"),
        (HEAD + "ada,Ada\nbo,Bo,Li,x\n", ":2: has 2 values, and the head 3 columns"),
        (HEAD + "ada,Ada\nbo,Bo,Li,x\n", ":3: has 4 values"),
        (HEAD + ",Ada,Lovelace\n", ":2: has no id"),
        (HEAD + "ada,A,L\nbo,B,L\n\nada,A,L\n", ":5: student 'ada' stands in line 2, too"),
        (HEAD + "ada,A,L\nAda,A,M\n", ":3: student 'Ada' stands in line 2, too"),
        ("student,email\nada,a@x\nbo,A@x\n", ":3: email 'A@x' stands in line 2, too"),
        (HEAD + "1.23E+07,A,L\n", ":2: the id '1.23E+07' was rounded by a spreadsheet"),
        (HEAD + "../ada,A,L\n", ":2: the id '../ada' cannot be a folder's name"),
        (HEAD + "=1+1,A,L\n", ":2: the id '=1+1' cannot be a folder's name"),
        (HEAD + f"ada,{'A' * 129},L\n", ":2: first_name 'AAAA"),
        (HEAD + "ada,Zoë,L\n", ""),
        ((HEAD + "bo,Bo,Li\nada,Zoë,L\n").encode("latin-1"), ":3: the byte 0xeb is no UTF-8"),
        (OURS.encode("utf-16-le"), ":1: there is a NUL in it"),
        (b"PK\x03\x04\x14\x00\x06", ": is a workbook, such as Excel writes: save it as "),
        (HEAD + 'bo,Bo,Li\nada,"Ada,L\n', ":3: unexpected end of data"),
        (HEAD + 'bo,Bo,"Li\nLi"\nada,"A"a,L\n', ":4: "),
        ("Student,ID,Section\nA,1,x\n", ":1: has none of the columns SIS Login ID"),
        (CANVAS.replace(",bo,", ",,"), ":5: has no id"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    """Each line at fault is named, with what is wrong; letters beyond ASCII are none."""
    if not said:
        assert "Zoë" == read(tmp_path, content).people[0].first_name
        return
    with pytest.raises(UsageError) as caught:
        read(tmp_path, content)
    assert f"{tmp_path / 'roster.csv'}{said}" in str(caught.value)


def test_formulas_and_further_columns_stay(tmp_path: Path) -> None:
    """What looks like a formula is a name; columns that we do not know are kept, and may name a student."""
    text = 'student,first_name,pronoun\nada,"=HYPERLINK(""x"")",she\nbo,+1,\n'
    read(tmp_path, text).write(tmp_path / "again.csv")
    again = Roster.read(tmp_path / "again.csv")
    assert ['=HYPERLINK("x")', "+1"] == [person.first_name for person in again.people]
    assert "ada" == again.find(Sender("she", "01_toy.ipynb"))


@pytest.mark.parametrize(
    ("sender", "student"),
    [
        (Sender("Ada Lovelace", "x.ipynb", "1234567"), "ada"),
        (Sender("ADA  lovelace", "x.ipynb"), None),
        (Sender("lovelaceada", "x.ipynb", "5"), "ada"),
        (Sender("lijrbo", "x.ipynb"), "bo"),
        (Sender("whoever", "x.ipynb", "77"), "ada"),
        (Sender("Li", "x.ipynb"), None),
    ],
)
def test_senders_are_found_by_what_the_systems_call_them(tmp_path: Path, sender: Sender, student: str | None) -> None:
    """Moodle writes full names, Canvas family and first name in one, and its number; nothing else finds anybody."""
    assert student == read(tmp_path, OURS).find(sender)


def run(course: Course, *arguments: str) -> int:
    """Run the command on a course's class."""
    where = ["--root", str(course.root), "roster", "--class", str(course.class_folder)]
    return main([*where, *arguments])


def people(course: Course) -> dict[str, tuple[str, str]]:
    """Return names and numbers as nbgrader's database has them."""
    with Book(course) as book:
        return {person.student: (person.last_name, person.lms_user_id) for person in book.people()}


def test_a_roster_changes(toy: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """New students, new names, and who left: shown first, then written; nobody with work is removed."""
    assert run(toy) == 2
    assert "yet: name a file" in capsys.readouterr().err
    first = tmp_path / "first.csv"
    first.write_text(OURS + "cy,Cy,Dee,cy@x.org,B,79\neve,Eve,Fay,eve@x.org,B,80\n")
    assert run(toy, str(first), "--dry-run") == 0
    assert ({}, False) == (people(toy), Roster.path_of(toy).exists())
    assert "+ cy: Cy Dee, B" in capsys.readouterr().out
    assert run(toy, str(first)) == 0
    assert ["ada", "bo", "cy", "eve"] == sorted(people(toy))
    hand_in(toy.submitted, "eve", handed_in(SOLVED))
    hand_in(toy.submitted, "mallory", handed_in(SOLVED))
    second = tmp_path / "second.csv"
    second.write_text(OURS.replace("Lovelace", "King").replace("77", "99"))
    assert run(toy, str(second)) == 0
    said = capsys.readouterr().out
    assert {"ada": ("King", "99"), "cy": ("Dee", "79")}.items() <= people(toy).items()
    for line in (
        "~ ada: last_name 'Lovelace' → 'King', lms_user_id '77' → '99'",
        "- cy: not on the roster, nothing handed in: kept (see --remove)",
        "! eve: not on the roster, but has work or grades: kept",
        "? mallory: handed in something, and is not on the roster",
    ):
        assert line in said
    assert run(toy, str(second), "--remove") == 0
    assert ["ada", "bo", "eve"] == sorted(people(toy))
    before = Roster.path_of(toy).read_text()
    second.write_text(OURS + "ada,A,B,c,d,e\n")
    assert run(toy, str(second)) == 2
    assert f"{second}:4: student 'ada' stands in line 2, too" in capsys.readouterr().err
    assert (before, ["ada", "bo", "eve"]) == (Roster.path_of(toy).read_text(), sorted(people(toy)))


def test_graded_students_keep_their_names(toy: Course, tmp_path: Path) -> None:
    """Who was on the roster before grading has name and grade in one row of nbgrader's export."""
    roster = tmp_path / "roster.csv"
    roster.write_text(OURS)
    assert run(toy, str(roster)) == 0
    hand_in(toy.submitted, "ada", handed_in(SOLVED))
    where = ["--root", str(toy.root), "grade", "--class", str(toy.class_folder), "--workers", "1"]
    assert main([*where, "--json", str(tmp_path / "all.json")]) == 0
    told = {one["student"]: one["status"] for one in json.loads((tmp_path / "all.json").read_text())["submissions"]}
    assert {"ada": "GRADED", "bo": "MISSING"} == told
    assert {"ada": ("Lovelace", "77"), "bo": ("Li, Jr.", "78")} == people(toy)


PIECES = st.sampled_from(
    [b",", b";", b'"', b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"student", b"ada", b"=", b"\xe9"]
)
SPOILT = st.lists(st.tuples(st.integers(0, len(OURS)), st.integers(0, 9), PIECES), max_size=4)


@given(st.one_of(st.binary(max_size=60), SPOILT))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_roster_or_an_error(tmp_path: Path, drawn: bytes | list[tuple[int, int, bytes]]) -> None:
    """Whatever a file holds, it is understood, or refused with a place in it; what is understood stays the same."""
    content = drawn if isinstance(drawn, bytes) else OURS.encode()
    for place, length, piece in [] if isinstance(drawn, bytes) else drawn:
        content = content[:place] + piece + content[place + length :]
    said = ""
    try:
        roster = read(tmp_path, content)
    except UsageError as error:
        said = str(error)
    if said:
        assert f"{tmp_path / 'roster.csv'}:" in said
    else:
        roster.write(tmp_path / "again.csv")
        assert roster.people == Roster.read(tmp_path / "again.csv").people
