"""HTML pages: templates of `templates/`, filled in with everything escaped.

The pages of all rooms have their template in that one folder; `base.html` is the shell and the
stylesheet of each: no network, light and dark, fit to print. A module of the room gathers what its
page shows and calls `fill`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.core.model import printable, show_number

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).with_name("templates")


def fill(template: str, **values: object) -> str:
    """Return a page: a template with these values in it, as text whatever they hold."""
    return _environment().get_template(template).render(values)


def drawing(svg: str) -> Markup:
    """Return a picture that the kit drew, to stand in a page as it is.

    Nothing else may pass unescaped. `reference.picture` and `grader.tour.plot` escape the names in
    their pictures themselves, for these have to stand alone as files, too.
    """
    from markupsafe import Markup  # with jinja2: see there

    return Markup(svg)


@cache
def _environment() -> Environment:
    # The import takes about 80 ms, as long as many a verdict, which mostly ends without a page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = show_number
    return environment


def _visible(value: object) -> object:
    """Return text with its control characters shown; a drawing stays as it is."""
    return printable(value.replace("\r\n", "\n")) if type(value) is str else value
