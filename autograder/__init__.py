"""What an instructor runs: build, release, grade and report."""

import sys

__all__: list[str] = []

# nbformat loads jsonschema, which builds the grammar of a kind of address that no notebook holds: a second of each
# process. Without that package jsonschema does not know this kind.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # that is how an import is refused
