"""Checks of lab 03: residuals, losses and gradients of a parabola, and the loop that fits it."""

__all__: list[str] = []
