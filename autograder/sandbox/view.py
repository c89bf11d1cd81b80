"""What student code may see of the file system, and a root folder that holds nothing else."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from autograder.sandbox.kernel import detach, mount, syscall

__all__ = [
    "DEVICES",
    "HOME",
    "SHARED",
    "build",
    "enter",
    "installed",
    "own_folders",
    "readable",
    "readable_entries",
    "scratch",
]

# Shared libraries, fonts, time zones; /lib is a link to /usr/lib on most systems.
_SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/fonts", "/usr/share/zoneinfo"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"),
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_OWN = "/tmp"  # noqa: S108 - a file system of the submission's own
HOME, SHARED = f"{_OWN}/home", f"{_OWN}/.shm"
_BELOW = "/.tmp"  # a second place for what is readable below /tmp
_LABS = "course_utils"  # what labs import
_USERS = "student:x:1000:1000::/tmp/home:/bin/false\nnobody:x:65534:65534::/:/bin/false\n"

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 1 << 14, 1 << 18
_ATTRIBUTES = MS_RDONLY | MS_NOSUID | MS_NODEV  # the same bits in the newer interface
_RECURSIVE, _HERE = 0x8000, -100


def installed(names: Iterable[str]) -> list[str]:
    """Return the files and folders of modules on the import path, without importing them."""
    found = []
    for folder in sys.path:
        for name in names:
            spec = PathFinder.find_spec(name, [folder])
            if spec is not None:
                found += spec.submodule_search_locations or [spec.origin or ""]
    return [path for path in found if path]


def readable() -> list[str]:
    """Return the folders that Python, packages and labs are in, and the system's libraries; the shortest first.

    A folder on the import path that is no ``site-packages``, such as the course's own, gives what labs import alone.
    """
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    folders = {str(Path(prefix) / name) for prefix in prefixes for name in ("lib", "lib64", "share/fonts")}
    folders |= {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages", "lib-dynload")}
    labs = importlib.util.find_spec(_LABS)
    folders |= {*_SYSTEM, *(labs.submodule_search_locations or [] if labs else [])}
    real = {str(Path(path).resolve()) for path in folders}
    return sorted(path for path in folders | real if Path(path).exists())


def readable_entries(absent: Iterable[str]) -> list[str]:
    """Return what may be read where nothing can be hidden inside a folder: its parts, without absent modules."""
    hidden = {str(Path(path).resolve()) for path in installed(absent)}
    done: set[str] = set()
    return [part for path in readable() for part in _parts(path, hidden, done)]


def _parts(path: str, hidden: set[str], done: set[str]) -> Iterator[str]:
    path = str(Path(path).resolve())  # lib64 is a link to lib, and opening one opens the other
    if path in hidden | done:
        return
    done.add(path)
    if not any(entry.startswith(path + os.sep) for entry in hidden):
        yield path
    elif Path(path).is_dir():
        for entry in Path(path).iterdir():
            yield from _parts(str(entry), hidden, done)


def build(root: str, hidden: Iterable[str], absent: Iterable[str]) -> list[str]:
    """Mount a file system that holds what is readable and no more; needs a mount namespace of its own.

    Parameters
    ----------
    root : str
        An empty folder, where it is put together.
    hidden : iterable of str
        Folders that stay out even if they lie in a readable one, such as the course's own.
    absent : iterable of str
        Modules that are not there.

    Returns
    -------
    list of str
        Readable folders below ``/tmp``, which `scratch` covers and has to show again.
    """
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=4m,mode=755")
    readable_paths = readable()
    masks = {str(Path(path).resolve()) for path in hidden} | {str(Path(path).resolve()) for path in installed(absent)}
    covered = [path for path in masks if any(path.startswith(parent + os.sep) for parent in readable_paths)]
    links = tuple(path + os.sep for path in readable_paths if Path(path).is_symlink())
    for path in sorted({*readable_paths, *covered}, key=lambda path: path.count(os.sep)):
        if path.startswith(links):  # what the link leads to is readable itself
            continue
        if path in masks:
            _mask(root + path)
        elif Path(path).is_symlink():
            _link(root, path)
        else:
            _bind(root, path)
    for path in DEVICES:
        _bind(root, path, MS_NOSUID)
    _furnish(root)
    below = [path for path in readable_paths if path.startswith(_OWN + "/")]
    if below:
        Path(root + _BELOW).mkdir()
        mount(root + _OWN, root + _BELOW, flags=MS_BIND | MS_REC)
    for path in ["", *covered]:
        if Path(root + path).is_dir():
            mount("none", root + path, flags=MS_REMOUNT | MS_BIND | _ATTRIBUTES)
    return below


def _furnish(root: str) -> None:
    """Add what programs expect to find."""
    for folder in ("proc", "tmp", "etc"):
        Path(root, folder).mkdir(exist_ok=True)
    Path(root, "dev/fd").symlink_to("/proc/self/fd")
    Path(root, "dev/shm").symlink_to(SHARED)
    Path(root, "etc/passwd").write_text(_USERS, encoding="ascii")
    mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def _bind(root: str, path: str, attributes: int = _ATTRIBUTES) -> None:
    place, target = Path(root + path), root + path
    (place if Path(path).is_dir() else place.parent).mkdir(parents=True, exist_ok=True)
    if not place.exists():
        place.touch()
    mount(path, target, flags=MS_BIND | MS_REC)
    wanted = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    try:
        syscall("mount_setattr", _HERE, os.fsencode(target), _RECURSIVE, ctypes.byref(wanted), 32)
    except OSError:  # older than Linux 5.12: a mount's own flags have to be repeated
        own = os.statvfs(target).f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
        mount("none", target, flags=MS_REMOUNT | MS_BIND | attributes | own)


def _link(root: str, path: str) -> None:
    place = Path(root + path)
    if not place.is_symlink():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(Path(path).readlink())


def _mask(target: str) -> None:
    if Path(target).is_dir():
        mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    elif Path(target).exists():
        mount("/dev/null", target, flags=MS_BIND)


def enter(root: str) -> None:
    """Make a folder the root of this process and of all that it starts; what was outside is gone."""
    os.chdir(root)
    syscall("pivot_root", b".", b".")
    detach(".")
    os.chdir("/")


def own_folders() -> tuple[Path, ...]:
    """Return the folders in which a confined process can write, once it is in its home."""
    home = Path.cwd()
    return (Path(_OWN), home, Path(SHARED)) if home == Path(HOME) else (home,)


def scratch(megabytes: int, below: Iterable[str]) -> None:
    """Give a submission files of its own, up to a size; needs its own mount and process namespaces.

    Parameters
    ----------
    megabytes : int
        How much they may hold.
    below : iterable of str
        What `build` returned.
    """
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("tmpfs", _OWN, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, f"size={megabytes}m,nr_inodes=20k,mode=1777")
    for path in (HOME, SHARED):
        Path(path).mkdir()
        Path(path).chmod(0o777)
    for path in below:
        Path(path).mkdir(parents=True, exist_ok=True)
        mount(_BELOW + path.removeprefix(_OWN), path, flags=MS_BIND | MS_REC)
