"""The one stylesheet: the colours and the type that the mails have, too, and the rules in `style.css`."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from helpdesk.design import DARK, FONT, LIGHT


@cache
def stylesheet() -> str:
    """The stylesheet."""
    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}"
    return f":root {{ color-scheme: light dark; {_variables(LIGHT)} --font: {FONT}; }}\n{dark}\n{_file('style.css')}"


@cache
def script() -> str:
    """The one script."""
    return _file("console.js")


@cache
def icon() -> str:
    """The picture on a browser's tab."""
    return _file("icon.svg")


@cache
def version() -> str:
    """A word that changes when one of them does."""
    return hashlib.sha256(f"{stylesheet()}{script()}{icon()}".encode()).hexdigest()[:12]


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def _file(name: str) -> str:
    return (files("helpdesk.web") / name).read_text(encoding="utf-8")
