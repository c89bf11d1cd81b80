"""Checks run here; nothing untrusted runs here."""

__all__: list[str] = []
