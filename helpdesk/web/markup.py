"""Pages from the templates in `html/`. Every value is escaped: a mail that says `<script>` is shown saying it (C11)."""

from __future__ import annotations

from functools import cache
from typing import Any
from unicodedata import category

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from helpdesk.mail.read.masking import masked

_JOINERS = "\n\t\u200c\u200d"  # the last two shape Persian words and family pictures, and move nothing


def render(template: str, **values: Any) -> str:
    """One page. A name that the template asks for and is not given raises jinja2.UndefinedError."""
    return _environment().get_template(template).render(values)


def printable(value: object) -> object:
    """A value as a page may show it: reply addresses masked, U+FFFD for what controls or turns the reading."""
    if isinstance(value, Markup):  # made by a template, each value in it printable already
        return value
    text = masked(str(value))
    return text if text.isprintable() else "".join(letter if _harmless(letter) else "\ufffd" for letter in text)


def _harmless(letter: str) -> bool:
    return letter in _JOINERS or category(letter)[0] != "C"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("helpdesk.web", "html"),
        autoescape=True,
        finalize=printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
