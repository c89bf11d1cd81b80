"""Untrusted cells run here; nothing here decides."""

__all__: list[str] = []
