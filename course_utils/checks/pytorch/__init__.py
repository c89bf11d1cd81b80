"""Checks of lab 06: tensors, gradients, loops and models of torch."""

__all__: list[str] = []
