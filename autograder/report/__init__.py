"""Feedback for students, tables and pages for instructors."""

__all__: list[str] = []
