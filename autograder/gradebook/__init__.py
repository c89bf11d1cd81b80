"""nbgrader's database and notebooks, written by one writer."""

__all__: list[str] = []
