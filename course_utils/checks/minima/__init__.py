"""Checks of lab 01: flat points, lowest points, Newton's method."""

__all__: list[str] = []
