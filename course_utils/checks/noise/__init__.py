"""Checks of lab 04: noise, polynomials of any degree, splits and scaling."""

__all__: list[str] = []
