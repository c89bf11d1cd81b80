"""Archives: what Moodle, Canvas, nbgrader and students pack arrives at its place, and nothing else arrives anywhere."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.errors import UsageError
from autograder.intake.collect import Collection, collect
from autograder.intake.folder import Folder
from autograder.intake.sender import Sender
from tests.toy import SOLVED, handed_in

Moment = tuple[int, int, int, int, int, int]  # as zipfile has it

NOTEBOOK = json.dumps(handed_in(SOLVED)).encode()
DUE = "2026-10-02T23:59:00+02:00"
EARLY, LATE = (2026, 10, 2, 20, 0, 0), (2026, 10, 3, 8, 30, 0)
MOODLE = "Ada Lovelace_1234567_assignsubmission_file_/"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Return a course with two labs, the first with a due date, and an empty class."""
    labs = f'[labs.01_toy]\ntitle = "Toy"\nminutes = 9\ndue = {DUE}\n[labs.02_more]\ntitle = "More"\nminutes = 9\n'
    root = tmp_path / "far" / "down" / "course"
    root.mkdir(parents=True)
    (root / "course.toml").write_text(f'title = "t"\n{labs}')
    return Course.load(root)


def packed(path: Path, *files: tuple[str, bytes], moment: Moment = EARLY) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, moment), content, zipfile.ZIP_DEFLATED)
    return path


def zipped(*files: tuple[str, bytes]) -> bytes:
    """Return the bytes of a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(path: Path, *infos: tuple[tarfile.TarInfo, bytes]) -> Path:
    """Write a tar.gz."""
    with tarfile.open(path, "w:gz") as archive:
        for info, content in infos:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def arrived(course: Course) -> dict[str, bytes]:
    """Return all files of the class, without those that say when they came."""
    files = [path for path in course.submitted.rglob("*") if path.is_file() and path.name != "timestamp.txt"]
    return {path.relative_to(course.submitted).as_posix(): path.read_bytes() for path in files}


def refusals(course: Course) -> dict[str, str]:
    """Return the messages of what was refused, as students read them."""
    found = Folder(course, course.submitted).submissions()
    return {one.student: one.message for one in found if one.status == "UNREADABLE"}


@pytest.mark.parametrize(
    ("path", "sender"),
    [
        (MOODLE + "01_toy.ipynb", Sender("Ada Lovelace", "01_toy.ipynb", "1234567")),
        (f"all/{MOODLE}01_toy.ipynb", Sender("Ada Lovelace", "01_toy.ipynb", "1234567")),
        ("Ada Lovelace_12_assignsubmission_file_01_toy.ipynb", Sender("Ada Lovelace", "01_toy.ipynb", "12")),
        ("lovelaceada_123_456_01_toy.ipynb", Sender("lovelaceada", "01_toy.ipynb", "123", 0, late=False)),
        ("lovelaceada_LATE_123_456_01_toy-2.ipynb", Sender("lovelaceada", "01_toy.ipynb", "123", 2, late=True)),
        ("submitted/ada/01_toy/01_toy.ipynb", Sender("ada", "01_toy/01_toy.ipynb")),
        ("01_toy/01_toy.ipynb", None),
        ("01_toy.ipynb", None),
    ],
)
def test_senders(path: str, sender: Sender | None) -> None:
    """A name says who sent what, how often, and on which side of the due date."""
    assert sender == Sender.of(path)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (MOODLE + "01_toy.ipynb", "ada-lovelace/01_toy/01_toy.ipynb"),
        ("Ada Lovelace_12_assignsubmission_file_01_toy (1).ipynb", "ada-lovelace/01_toy/01_toy.ipynb"),
        ("lovelaceada_123_456_01_toy-1.ipynb", "lovelaceada/01_toy/01_toy.ipynb"),
        ("李 雷_7_assignsubmission_file_/02_more.ipynb", "李-雷/02_more/02_more.ipynb"),
        ("class/ada.l@x.org/01_toy/01_toy.ipynb", "ada.l@x.org/01_toy/01_toy.ipynb"),
        ("Ada Lovelace_7_assignsubmission_file_/homework.ipynb", "ada-lovelace/homework/homework.ipynb"),
    ],
)
def test_places(course: Course, name: str, place: str) -> None:
    """Whatever system named it, a notebook goes to one place."""
    collect(course, packed(course.root / "all.zip", (name, NOTEBOOK)))
    assert arrived(course) == {place: NOTEBOOK}


def test_an_archive_of_our_own_within_one_of_the_systems(course: Course) -> None:
    """What `python -m course_utils.submit` makes is opened; a lab's name comes from within."""
    ours = zipped(("01_toy/01_toy.ipynb", NOTEBOOK), ("receipt.json", b"{}"))
    collect(course, packed(course.root / "all.zip", (MOODLE + "01_toy-20261002-200000.zip", ours)))
    assert arrived(course) == {"ada-lovelace/01_toy/01_toy.ipynb": NOTEBOOK}


def test_the_lab_may_be_told(course: Course) -> None:
    """Where files are named anyhow, ``--lab`` says what they are."""
    collect(course, packed(course.root / "all.zip", (MOODLE + "Untitled.ipynb", NOTEBOOK)), "1")
    assert arrived(course) == {"ada-lovelace/01_toy/01_toy.ipynb": NOTEBOOK}


@pytest.mark.parametrize(
    ("name", "moment", "late"),
    [
        (MOODLE + "01_toy.ipynb", EARLY, 0.0),
        (MOODLE + "01_toy.ipynb", LATE, 30660.0),
        ("lovelaceada_123_456_01_toy.ipynb", LATE, 0.0),  # downloaded after the due date; Canvas would have said LATE
        ("lovelaceada_LATE_123_456_01_toy.ipynb", EARLY, 1.0),
        ("lovelaceada_LATE_123_456_01_toy.ipynb", LATE, 30660.0),
    ],
)
def test_late_is_what_the_system_says(course: Course, name: str, moment: Moment, late: float) -> None:
    """The archive's times are local ones of the course; a name that says LATE, or does not, wins."""
    collect(course, packed(course.root / "all.zip", (name, NOTEBOOK), moment=moment))
    assert [late] == [one.late_seconds for one in Folder(course, course.submitted).submissions()]


def test_the_instructors_timestamp_counts(course: Course) -> None:
    """nbgrader's record of when it collected stands in an archive of its layout, before or behind the notebook."""
    stamps = ("ada/01_toy/timestamp.txt", b"2026-10-03 00:00:00 UTC")
    collect(course, packed(course.root / "all.zip", stamps, ("ada/01_toy/01_toy.ipynb", NOTEBOOK)))
    assert [7260.0] == [one.late_seconds for one in Folder(course, course.submitted).submissions()]


def test_a_students_timestamp_does_not_count(course: Course) -> None:
    """In an archive of an LMS, a file of that name is the student's."""
    forged = (MOODLE + "timestamp.txt", b"2020-01-01 00:00:00 UTC")
    collect(course, packed(course.root / "all.zip", (MOODLE + "01_toy.ipynb", NOTEBOOK), forged, moment=LATE))
    assert [30660.0] == [one.late_seconds for one in Folder(course, course.submitted).submissions()]


def test_the_newest_attempt_counts(course: Course) -> None:
    """Canvas numbers what is handed in again."""
    names = [f"lovelaceada_123_{number}_01_toy{again}.ipynb" for number, again in ((9, "-2"), (1, ""), (5, "-1"))]
    told = collect(course, packed(course.root / "all.zip", *[(name, name.encode()) for name in names]))
    assert arrived(course) == {"lovelaceada/01_toy/01_toy.ipynb": names[0].encode()}
    assert "lovelaceada sent 01_toy several times: all are kept, the newest counts." in told.notes


def test_an_older_archive_replaces_nothing(course: Course) -> None:
    """What was handed in later stays, in whatever order archives are graded."""
    collect(course, packed(course.root / "late.zip", (MOODLE + "01_toy.ipynb", b"late"), moment=LATE))
    collect(course, packed(course.root / "early.zip", (MOODLE + "01_toy.ipynb", b"early"), moment=EARLY))
    assert list(arrived(course).values()) == [b"late"]


def test_the_roster_says_who_is_who(course: Course) -> None:
    """Ids come from class/roster.csv where it has the name or the number, and never by a guess."""
    course.class_folder.mkdir()
    (course.class_folder / "roster.csv").write_text("student,name,number\nal1815,Ada Lovelace,77\nm1,Max,1\nm2,Max,2\n")
    names = [MOODLE + "01_toy.ipynb", "x_77_4_02_more.ipynb", "Max_5_assignsubmission_file_/01_toy.ipynb"]
    collect(course, packed(course.root / "all.zip", *[(name, NOTEBOOK) for name in names]))
    assert arrived(course).keys() == {
        "al1815/01_toy/01_toy.ipynb",
        "al1815/02_more/02_more.ipynb",
        "max/01_toy/01_toy.ipynb",
    }


def test_two_people_of_one_name(course: Course) -> None:
    """Neither gets the other's notebook, and the instructor is told."""
    names = [f"Max Li_{number}_assignsubmission_file_/01_toy.ipynb" for number in (5, 6)]
    told = collect(course, packed(course.root / "all.zip", *[(name, name.encode()) for name in names]))
    assert sorted(arrived(course)) == ["max-li-5/01_toy/01_toy.ipynb", "max-li-6/01_toy/01_toy.ipynb"]
    assert "several people are called 'Max Li': class/roster.csv can tell them apart." in told.notes


@pytest.mark.parametrize(
    "name",
    [
        "../../evil/01_toy/01_toy.ipynb",
        "/etc/evil/01_toy.ipynb",
        "a/../../evil/01_toy/01_toy.ipynb",
        "..\\..\\evil\\01_toy\\01_toy.ipynb",
        "D:\\evil\\01_toy\\01_toy.ipynb",
        "x/..",
        "evil\n\x1b[2J/01_toy/01_toy.ipynb",
        MOODLE + "../../../evil.ipynb",
        "../_7_assignsubmission_file_/01_toy.ipynb",
        "._7_assignsubmission_file_/../01_toy.ipynb",
    ],
)
def test_names_that_climb(course: Course, tmp_path: Path, name: str) -> None:
    """No name leads out of its place; what is refused is said."""
    good = ("good/01_toy/01_toy.ipynb", NOTEBOOK)
    before = set(tmp_path.rglob("*"))
    told = collect(course, packed(course.root / "all.zip", (name, b"evil"), good))
    written = [path for path in sorted(tmp_path.rglob("*")) if path not in before and path.is_file()]
    assert [path for path in written if not path.is_relative_to(course.root)] == []
    assert [path for path in written if path.read_bytes() == b"evil"] == []
    assert told.taken.keys() == {("good", "01_toy")}


def test_links_and_devices(course: Course) -> None:
    """A link is not followed; its student is told."""
    link, hard, device = (tarfile.TarInfo(f"{who}/01_toy/01_toy.ipynb") for who in ("link", "hard", "device"))
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    hard.type, hard.linkname = tarfile.LNKTYPE, "good/01_toy/01_toy.ipynb"
    device.type = tarfile.CHRTYPE
    good = tarfile.TarInfo("good/01_toy/01_toy.ipynb")
    collect(course, tarred(course.root / "a.tar.gz", (good, NOTEBOOK), (link, b""), (hard, b""), (device, b"")))
    assert refusals(course).keys() == {"link", "hard", "device"}
    assert "links are not followed" in refusals(course)["link"]
    unix = zipfile.ZipInfo("also/01_toy/01_toy.ipynb")
    unix.external_attr = 0o120777 << 16
    with zipfile.ZipFile(course.root / "b.zip", "w") as archive:
        archive.writestr(unix, "/etc/passwd")
    collect(course, course.root / "b.zip")
    assert "also" in refusals(course)


def test_bombs(course: Course) -> None:
    """A file that unpacks into more than is read is refused by what it says, and by what it holds."""
    bomb = bytes(31_000_000)
    inner = packed(course.root / "inner.zip", ("01_toy/01_toy.ipynb", bomb)).read_bytes()
    liar = bytearray(packed(course.root / "liar.zip", ("02_more.ipynb", bomb)).read_bytes())
    size = len(bomb).to_bytes(4, "little")
    liar = liar.replace(size, (1000).to_bytes(4, "little"))  # claims a kilobyte, wherever it says so
    names = ["Ada_1_assignsubmission_file_/01_toy.ipynb", "Bo_2_assignsubmission_file_/x.zip"]
    third = ("Cy_3_assignsubmission_file_/y.zip", bytes(liar))
    collect(course, packed(course.root / "all.zip", (names[0], bomb), (names[1], inner), third))
    assert refusals(course).keys() >= {"ada", "bo"}
    assert "31 MB unpacked" in refusals(course)["ada"]
    assert not any(name.endswith(".ipynb") for name in arrived(course))


def test_a_tar_that_claims_a_header_of_gigabytes(course: Course) -> None:
    """Extended headers are read whole by tarfile: one of 7 GB is refused before it is."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 7 * 2**30
    (course.root / "a.tar").write_bytes(info.tobuf(tarfile.USTAR_FORMAT) + bytes(2**16))
    with pytest.raises(UsageError, match="impossible length"):
        collect(course, course.root / "a.tar")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"\x1f\x8bnot gzip", b"{}", bytes(10_000)])
def test_what_is_no_archive(course: Course, content: bytes) -> None:
    """The instructor is told; nothing is written."""
    (course.root / "a.zip").write_bytes(content)
    with pytest.raises(UsageError, match=r"a\.zip"):
        collect(course, course.root / "a.zip")


def test_an_archive_of_one_student_without_a_name(course: Course) -> None:
    """A student's own archive does not say whose it is."""
    with pytest.raises(UsageError, match="who sent them cannot be told"):
        collect(course, packed(course.root / "a.zip", ("01_toy/01_toy.ipynb", NOTEBOOK), ("receipt.json", b"{}")))


def test_broken_and_locked_files_cost_only_their_students(course: Course) -> None:
    """A damaged member is its student's trouble, and nobody else's."""
    path = packed(course.root / "all.zip", ("bad/01_toy/01_toy.ipynb", NOTEBOOK), ("ok/01_toy/01_toy.ipynb", b"{}"))
    content = bytearray(path.read_bytes())
    content[60:90] = bytes(30)
    path.write_bytes(content)
    assert collect(course, path).taken.keys() == {("ok", "01_toy")}
    assert refusals(course).keys() == {"bad"}


def test_junk_is_nobodys_work(course: Course) -> None:
    """What operating systems and Jupyter leave in folders is passed over."""
    names = (
        "__MACOSX/ada/01_toy/01_toy.ipynb",
        "ada/01_toy/.ipynb_checkpoints/01_toy.ipynb",
        "ada/01_toy/._01_toy.ipynb",
    )
    files = [(name, b"junk") for name in names]
    collect(course, packed(course.root / "all.zip", *files, ("ada/01_toy/01_toy.ipynb", NOTEBOOK)))
    assert arrived(course) == {"ada/01_toy/01_toy.ipynb": NOTEBOOK}


def test_course_grade_takes_an_archive(toy: Course, tmp_path: Path) -> None:
    """One command from the LMS's download to the grades; who was refused has a status and a message."""
    good, bad = (MOODLE + "01_toy.ipynb", NOTEBOOK), ("Bo Li_2_assignsubmission_file_/01_toy.zip", b"no zip")
    archive = packed(tmp_path / "all.zip", good, bad)
    where = ["--class", str(toy.class_folder), "--json", str(tmp_path / "all.json")]
    assert main(["--root", str(toy.root), "grade", str(archive), *where, "--workers", "1"]) == 0
    told = {one["student"]: one["status"] for one in json.loads((tmp_path / "all.json").read_text())["submissions"]}
    assert told == {"ada-lovelace": "GRADED", "bo-li": "UNREADABLE"}


def test_who_sent_no_notebook_is_told(course: Course) -> None:
    """A PDF is no notebook, and is not passed over in silence; beside a notebook it may lie."""
    pdf, beside = "Bo Li_2_assignsubmission_file_/my work.pdf", MOODLE + "notes.txt"
    told = collect(
        course, packed(course.root / "all.zip", (pdf, b"%PDF"), (beside, b""), (MOODLE + "01_toy.ipynb", NOTEBOOK)), "1"
    )
    assert told.notes == ["bo-li 01_toy: 'my work.pdf' is refused: it is no notebook: hand in the .ipynb file itself."]
    assert "'my work.pdf' was not taken: it is no notebook" in refusals(course)["bo-li"]
    collect(course, packed(course.root / "again.zip", (pdf.replace("my work.pdf", "01_toy.ipynb"), NOTEBOOK)))
    assert not refusals(course)


def test_a_collection_says_what_it_took() -> None:
    """In a line, and one for each note."""
    assert str(Collection({("ada", "01_toy"): datetime.now(UTC)}, ["note"])) == "collected 1 notebooks\nnote"


def test_archives_of_one_student_cost_nobody_else_anything(course: Course, tmp_path: Path) -> None:
    """They may hold a bomb in many parts, or thousands of notebooks: both are refused, and others are taken."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}.ipynb", bytes(29 * 10**6 + number))
    many = zipped(*[(f"x\x01{number}.ipynb", b"{}") for number in range(3000)])
    files = [(f"Bob B_7_assignsubmission_file_/{number}.zip", bomb.getvalue()) for number in range(4)]
    files += [("Cy C_8_assignsubmission_file_/many.zip", many), (MOODLE + "01_toy.ipynb", NOTEBOOK)]
    collection = collect(course, packed(tmp_path / "all.zip", *files))
    kept = sum(path.stat().st_size for path in (course.class_folder / "attempts").rglob("*.ipynb"))
    assert kept < 260 * 10**6
    assert arrived(course)["ada-lovelace/01_toy/01_toy.ipynb"] == NOTEBOOK
    assert "all that one student sent" in str(collection)
    assert "more than 50 notebooks" in str(collection)
    assert len(collection.notes) < 200
