"""Checks of lab 02: slopes, steps, tangents, learning rates."""

__all__: list[str] = []
