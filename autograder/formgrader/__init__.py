"""nbgrader's formgrader for the assistants of a course: rubric at hand, mathematics offline, work split, audit."""

__all__: list[str] = []
