"""Submissions: finding, reading, restoring."""

__all__: list[str] = []
