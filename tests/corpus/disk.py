"""Attacks on files and the network: what must not be read is searched for, what must not be written is looked at."""

from __future__ import annotations

from tests.corpus.case import Case, attack

__all__ = ["DISK", "FORBIDDEN"]

# Where secrets lie; the class puts the real paths into this text.
FORBIDDEN = "FORBIDDEN_PATHS"

_READ = f"""
import os, pathlib
def found():
    told = []
    for place in {FORBIDDEN}:
        for folder, _, names in os.walk(place) if os.path.isdir(place) else [(os.path.dirname(place), [], [os.path.basename(place)])]:
            for name in names:
                try: told.append(pathlib.Path(folder, name).read_bytes().decode("latin-1"))
                except OSError: pass
    return "\\n".join(told)
"""


def reads(name: str, answer: str) -> Case:
    """Write an attack that looks into every file of the course, the class, the home and the environment."""
    # how much there is to read decides whether it comes to an end within its limits
    return attack(name, answer, before=_READ, ends="WRONG/TIMEOUT/MEMORY/OUTPUT", isolated=True)


DISK: tuple[Case, ...] = (
    reads("prints what it can read", "print(found())\ndef NAME(*args):\n    return 0.0"),
    reads("raises what it can read", "def NAME(*args):\n    raise ValueError(found())"),
    reads(
        "raises lines of what it can read",
        "def NAME(*args):\n    raise ValueError(' '.join(line for line in found().splitlines() if 'canary' in line))",
    ),
    reads(
        "shows what it can read",
        "from IPython.display import HTML, display\nimport re\n"
        "display(HTML(' '.join(re.findall('canary[0-9a-f]+', found()))))\ndef NAME(*args):\n    return 0.0",
    ),
    attack(
        "prints its environment",
        "import os\nprint(dict(os.environ))\ndef NAME(*args):\n    return str(os.environ)",
        isolated=True,
    ),
    attack(
        "reads other processes",
        """
        import glob
        told = []
        for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
            try: told.append(open(path, "rb").read().decode("latin-1"))
            except OSError: pass
        print(told)
        def NAME(*args):
            return 0.0
        """,
        isolated=True,
    ),
    attack(
        "reads the memory of its parent",
        """
        import os, re
        def NAME(*args):
            for pid in (os.getppid(), 1):
                with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
                    for line in maps:
                        low, high, mode = re.match(r"(\\w+)-(\\w+) (\\S+)", line).groups()
                        if mode.startswith("rw"):
                            memory.seek(int(low, 16)); memory.read(min(int(high, 16) - int(low, 16), 10 ** 6))
            return 0.0
        """,
        isolated=True,
    ),
    attack(
        "writes wherever it can",
        f"""
        import os
        for place in {FORBIDDEN}:
            folder = place if os.path.isdir(place) else os.path.dirname(place)
            for name in ("written.txt", "sitecustomize.py", "numpy.py", "gradebook.db"):
                try:
                    with open(os.path.join(folder, name), "a") as file: file.write("was here")
                except OSError: pass
        def NAME(*args):
            return 0.0
        """,
        isolated=True,
    ),
    attack(
        "removes wherever it can",
        f"""
        import shutil
        for place in {FORBIDDEN}:
            shutil.rmtree(place, ignore_errors=True)
        def NAME(*args):
            return 0.0
        """,
        isolated=True,
    ),
    attack(
        "shadows modules",
        """
        for name in ("numpy", "torch", "json", "course_utils", "autograder", "sitecustomize", "hidden"):
            with open(name + ".py", "w") as file: file.write("def __getattr__(name): return lambda *a, **k: 0.0")
        import sys
        sys.path.insert(0, ".")
        def NAME(*args):
            return 0.0
        """,
    ),
    attack(
        "links to the gradebook",
        f"""
        import os
        for number, place in enumerate({FORBIDDEN}):
            try:
                os.symlink(place, f"link{{number}}")
                print(os.listdir(f"link{{number}}"), open(f"link{{number}}").read())
            except OSError: pass
        def NAME(*args):
            return 0.0
        """,
        isolated=True,
    ),
    attack(
        "connects to loopback",
        """
        import socket
        def NAME(*args):
            for address in (("127.0.0.1", PORT), ("::1", PORT)):
                try:
                    with socket.create_connection(address, timeout=1) as sock: sock.sendall(b"was here")
                except OSError: pass
            return 0.0
        """,
        isolated=True,
    ),
    attack(
        "listens",
        """
        import socket
        def NAME(*args):
            with socket.create_server(("0.0.0.0", 0)) as server: return float(server.getsockname()[1])
        """,
    ),
    attack(
        "shares memory with others",
        """
        import os
        try:
            with open("/dev/shm/for-the-next", "a+") as file:
                file.seek(0); print("canary" if "was here" in file.read() else "nothing"); file.write("was here")
        except OSError: pass
        def NAME(*args):
            return 0.0
        """,
        isolated=True,
    ),
)
