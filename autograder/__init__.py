"""What an instructor runs: build, release, grade and report."""

__all__: list[str] = []
