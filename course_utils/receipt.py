"""The archive that is handed in, and the receipt for it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import platform
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from course_utils.labs import Lab, version
from course_utils.notebook_file import unique, write_bytes

__all__ = ["Receipt", "write_archive"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed in, and when; ``sha256`` is that of the notebook's bytes."""

    lab: str
    lab_version: str
    course_version: str
    sha256: str
    size: int
    made: datetime
    states: dict[str, str]

    @classmethod
    def of(cls, lab: Lab, data: bytes, states: dict[str, str]) -> Self:
        """Make the receipt of a notebook's bytes; ``states`` are those of its exercises."""
        moment = datetime.now().astimezone().replace(microsecond=0)
        return cls(lab.name, lab.version, version(), hashlib.sha256(data).hexdigest(), len(data), moment, states)

    @property
    def code(self) -> str:
        """Eight letters and digits that stand for the notebook: another notebook has others."""
        letters = base64.b32encode(bytes.fromhex(self.sha256)).decode()[:8]
        return f"{letters[:4]}-{letters[4:]}"

    @property
    def data(self) -> dict[str, Any]:
        """The receipt as it stands in the archive; for people, because a grader believes none of it."""
        return {
            "lab": self.lab,
            "lab_version": self.lab_version,
            "course_version": self.course_version,
            "file": f"{self.lab}/{self.lab}.ipynb",
            "sha256": self.sha256,
            "bytes": self.size,
            "code": self.code,
            "made": self.made.isoformat(),
            "exercises": self.states,
            "python": platform.python_version(),
        }


def write_archive(folder: Path, receipt: Receipt, notebook: bytes) -> Path:
    """Write the archive, beside earlier ones, and return its path.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    receipt : Receipt
        Becomes ``receipt.json``.
    notebook : bytes
        Becomes ``<lab>/<lab>.ipynb``, byte for byte.
    """
    members = {
        f"{receipt.lab}/{receipt.lab}.ipynb": notebook,
        "receipt.json": (json.dumps(receipt.data, indent=1, ensure_ascii=False) + "\n").encode(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            member = zipfile.ZipInfo(name, receipt.made.timetuple()[:6])
            member.create_system, member.external_attr = 3, 0o100644 << 16  # Unix, on any system
            archive.writestr(member, data, compress_type=zipfile.ZIP_DEFLATED)
    path = unique(folder / f"{receipt.lab}-{receipt.made:%Y%m%d-%H%M%S}.zip")
    write_bytes(path, buffer.getvalue())
    return path
