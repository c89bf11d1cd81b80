"""The public corpus: what a submission can hold, and what grading it must end in.

Each case is one student's notebook of one lab. `attack` cases want points that they have not earned, `fault` cases break,
`file` cases are hardly notebooks, `honest` cases are right answers in an awkward style. Whatever one cell does,
a bystander, a right answer to another exercise in the same notebook, must keep its points.
"""

from tests.corpus.case import Case
from tests.corpus.disk import DISK
from tests.corpus.faults import FAULTS
from tests.corpus.honest import HONEST
from tests.corpus.in_step import IN_STEP
from tests.corpus.language import LANGUAGE
from tests.corpus.leaks import LEAKS
from tests.corpus.mnist import MNIST
from tests.corpus.notebooks import NOTEBOOKS
from tests.corpus.protocol import PROTOCOL

__all__ = ["CORPUS"]

CORPUS: tuple[Case, ...] = (*LANGUAGE, *LEAKS, *PROTOCOL, *FAULTS, *DISK, *NOTEBOOKS, *IN_STEP, *MNIST, *HONEST)
