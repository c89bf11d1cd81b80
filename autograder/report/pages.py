"""HTML pages: templates that escape every text they are given."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["number", "percent", "render"]


def render(template: str, **values: Any) -> str:
    """Fill one of the templates beside this file.

    Parameters
    ----------
    template : str
        Its file name.
    **values
        What it shows; strings are escaped unless they are ``markupsafe.Markup``.
    """
    return _environment().get_template(template).render(**values)


def number(value: float | None) -> str:
    """Write points without needless digits; ``–`` for points that nobody has given yet."""
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """Write a share, from 0 to 1, as whole percent."""
    return f"{100 * share:.0f} %"


def _along(share: float, start: float, length: float) -> float:
    """Return the place of a share on an axis of a figure."""
    return round(start + share * length, 1)


def _decimal(value: float) -> str:
    """Write a number with two decimals, and a minus that is one."""
    return f"{value:.2f}".replace("-", "−")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # comes with nbconvert

    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"along": _along, "decimal": _decimal, "number": number, "percent": percent}
    return environment
