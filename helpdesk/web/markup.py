"""HTML that is safe by construction: text is always escaped, only what `element` made is not.

There is no way to write a raw string into a page, so a mail that says `<script>` is shown saying it (threat C11).
"""

from __future__ import annotations

from html import escape
from unicodedata import category

from helpdesk.mail.masking import masked

_VOID = frozenset({"link", "meta"})  # elements without an end tag
_JOINERS = "\n\t\u200c\u200d"  # the last two shape Persian words and family pictures, and move nothing


class Markup(str):
    """HTML that `element` made. Do not make one of anything that came from outside."""

    __slots__ = ()


Child = Markup | str | None


def text(content: str) -> Markup:
    """Text as HTML, reply addresses masked. Control characters and marks that turn the reading are shown as U+FFFD."""
    return Markup(escape("".join(letter if _harmless(letter) else "\ufffd" for letter in masked(content))))


def _harmless(letter: str) -> bool:
    return letter in _JOINERS or category(letter)[0] != "C"


def element(name: str, /, *children: Child, **attributes: str) -> Markup:
    """One element. `None` children are left out; `class_` is the attribute `class`, `_` in names becomes `-`."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items() if value
    )
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    inner = "".join(child if isinstance(child, Markup) else text(child) for child in children if child is not None)
    return Markup(f"<{name}{told}>{inner}</{name}>")


def together(*children: Child) -> Markup:
    """Several pieces one after the other."""
    return Markup(
        "".join(child if isinstance(child, Markup) else text(child) for child in children if child is not None)
    )


def page(title: str, *body: Child) -> str:
    """A whole document. It names one stylesheet of ours and no script, picture or font."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="robots", content="noindex"),
        element("title", title),
        element("link", rel="stylesheet", href="/style.css"),
    )
    return f"<!doctype html>\n{element('html', head, element('body', *body), lang='en')}\n"
