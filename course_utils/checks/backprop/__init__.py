"""Checks of lab 05: jacobians, vector-jacobian products, the engine and its losses."""

__all__: list[str] = []
