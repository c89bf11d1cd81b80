"""What lateness costs, in the form in which nbgrader asks for it: ``course.toml`` decides."""

from __future__ import annotations

from pathlib import Path

from nbgrader.plugins import LateSubmissionPlugin

from autograder.course import Course

__all__ = ["LatePenalty"]


class LatePenalty(LateSubmissionPlugin):  # type: ignore[misc]
    """Takes off what ``[late]`` in ``course.toml`` says; without that section, what nbgrader's own settings say."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the points that are taken off; nbgrader calls this for each notebook that came after its due date.

        Parameters
        ----------
        student_id : str
            Whose it is; the policy is the same for all, and extensions are in the due date already.
        score : float
            The points before.
        total_seconds_late : float
            How long after the due date.
        """
        if "course" not in self.__dict__:
            root = self.config.CourseDirectory.get("root")
            self.course = Course.load(Path(root) if root else None)
        if self.course.late is None:
            penalty: float | None = super().late_submission_penalty(student_id, score, total_seconds_late)
            return penalty
        return score * self.course.late.share(total_seconds_late) or None
