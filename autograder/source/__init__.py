"""Sources of labs: percent files to notebooks with nbgrader metadata."""

__all__: list[str] = []
