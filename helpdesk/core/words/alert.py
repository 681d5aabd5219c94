"""What operators are to hear about the desk itself, made where it is noticed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertText:
    """What an alert says: what happened, `details` as label and value, and what to do."""

    headline: str
    what: str
    todo: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAlert:
    """Something that went wrong. It is told once for each `key`; where there are many of a `kind`, they are counted.

    `mailbox` is the one that it is about, if it is about one.
    """

    kind: str
    key: str
    text: AlertText
    mailbox: str = ""
