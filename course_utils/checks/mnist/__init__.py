"""Checks of lab 07: classifiers of digits, minibatches, honest numbers."""

__all__: list[str] = []
