"""What a policy calls things in several languages, `name = { en = "High", de = "Hoch" }`, as translations of the first.

A word is translated wherever a customer reads it, and so has one translation a language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.offering.versions import NOT_SUPPORTED
from helpdesk.wordings import first, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helpdesk.offering.files.schema import PolicyFile
    from helpdesk.wordings import Label

E_MAIL = "e-mail"
_OURS: Mapping[str, Mapping[str, str]] = {  # what stands in every policy
    E_MAIL: {"de": "E-Mail", "fr": "e-mail", "es": "correo electrónico"},
    NOT_SUPPORTED: {
        "de": "diese Version wird nicht mehr unterstützt",
        "fr": "cette version n'est plus prise en charge",
        "es": "esta versión ya no tiene soporte",
    },
}


def translations(table: PolicyFile) -> Mapping[str, Mapping[str, str]]:
    """By what agents read, what customers read in each language."""
    found = {text: dict(said) for text, said in _OURS.items()}
    for _, label in _labels(table):
        if not isinstance(label, str):
            found.setdefault(first(label), {}).update(label)
    return found


def wrong_labels(table: PolicyFile) -> Iterator[tuple[str, str]]:
    """The key of what is wrong, and what was expected."""
    said: dict[tuple[str, str], str] = {}
    for place, label in _labels(table):
        yield from ((place, problem) for problem in wrong(label))
        for code, text in {} if isinstance(label, str) else label.items():
            other = said.setdefault((first(label), code), text)
            if other != text:
                yield place, f"expected {first(label)!r} to be {other!r} in {code}, as elsewhere, not {text!r}"


def untold(table: PolicyFile) -> Iterator[tuple[str, str]]:
    """The labels in several languages that say nothing in one that the policy speaks."""
    for place, label in _labels(table):
        missing = [] if isinstance(label, str) else [code for code in table.languages if code not in label]
        if missing:
            yield place, f"says nothing in {', '.join(missing)}; customers read {first(label)!r} there"


def _labels(table: PolicyFile) -> Iterator[tuple[str, Label]]:
    yield from ((f"plans.{key}.name", plan.name) for key, plan in table.plans.items())
    yield from ((f"severities.{key}.name", level.name) for key, level in table.severities.items())
    yield from ((f"promises.{key}.name", promise.name) for key, promise in table.promises.items())
    yield from ((f"kinds.{key}.name", kind.name) for key, kind in table.kinds.items())
    for key, channel in table.channels.items():
        yield from ((f"channels.{key}.name", channel.name), (f"channels.{key}.tell", channel.tell))
    yield from ((f"intake.{number}.label", entry.label) for number, entry in enumerate(table.intake, start=1))
    yield from ((f"exclusion.{number}.why", entry.why) for number, entry in enumerate(table.exclusion, start=1))
