"""Files of a new desk out of the templates beside this."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def rendered(name: str, **values: Any) -> str:
    """A file's text. A name that its template asks for and is not given raises jinja2.UndefinedError."""
    return _environment().get_template(f"{name}.jinja").render(values)


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def one_line(text: str) -> str:
    """A text as part of a comment."""
    return " ".join(filter(str.isprintable, text.split()))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("helpdesk.starter", ""),
        autoescape=False,  # noqa: S701 - it writes TOML, in which every value is quoted
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"quoted": quoted, "one_line": one_line}
    return environment
