"""What operators write once, or once a language: `"Low"`, or `{ en = "Low", de = "Niedrig" }`.

Of several the first stands for the languages that are not named, and is what agents read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.languages import languages

if TYPE_CHECKING:
    from collections.abc import Iterator

Label = str | dict[str, str]  # as a file has it
Wordings = tuple[tuple[str, str], ...]  # languages and texts, "" for any language


def wordings(label: Label) -> Wordings:
    """Each text with its language; nothing where nothing is written."""
    pairs = {"": label} if isinstance(label, str) else label
    return tuple((code, text.strip()) for code, text in pairs.items() if text.strip())


def first(label: Label) -> str:
    """What agents read, and who speaks a language that is not named."""
    return label if isinstance(label, str) else next(iter(label.values()), "")


def others(label: Label) -> tuple[str, ...]:
    """What it is called in other languages."""
    return () if isinstance(label, str) else tuple(label.values())[1:]


def said_in(said: Wordings, language: str) -> str:
    """What is said in a language; "" where nothing is at all."""
    return dict(said).get(language, said[0][1] if said else "")


def wrong(label: Label) -> Iterator[str]:
    """What is wrong with a label of a policy file."""
    if isinstance(label, str):
        return
    if not label:
        yield 'expected text, or a table such as { en = "...", de = "..." }'
    for code, text in label.items():
        if code not in languages():
            yield f"expected languages such as {', '.join(sorted(languages()))}, not {code!r}"
        elif not text.strip():
            yield f"expected words in {code}"
