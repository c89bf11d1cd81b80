"""What `import course_utils` costs beside numpy and matplotlib, which every lab imports anyway.

    .venv/bin/python benchmarks/imports.py

Each import is timed in fresh interpreters, one after the other in turns; the median counts.
Ends with status 1 if the course's own import costs more than 0.3 s above the other.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

__all__ = ["main"]

ROUNDS = 7
MOST = 0.3  # seconds above the baseline
BASELINE = "import numpy, matplotlib.pyplot"
COURSE = "import numpy, matplotlib.pyplot, course_utils; from course_utils import checks, figures"


def seconds(statement: str) -> float:
    """Time one fresh interpreter that runs a statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> int:
    """Print the medians and their ratio; return the exit status."""
    for statement in (BASELINE, COURSE):  # the first run reads files from the disk
        seconds(statement)
    rounds = [(seconds(BASELINE), seconds(COURSE)) for _ in range(ROUNDS)]
    for number, (baseline, course) in enumerate(rounds, start=1):
        print(f"round {number}: baseline {baseline:.3f} s, with course_utils {course:.3f} s")
    baseline, course = (statistics.median(times) for times in zip(*rounds, strict=True))
    above = course - baseline
    print(
        f"import course_utils (checks, figures): {course:.3f} s; numpy + matplotlib.pyplot alone: {baseline:.3f} s; "
        f"ratio {course / baseline:.2f}; {above:+.3f} s of at most {MOST} s"
    )
    return int(above > MOST)


if __name__ == "__main__":
    sys.exit(main())
