"""Cues: what a mail says about its effect on the customer, each with the words that say it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("stopped", r"\b(?:(?:is|are|was|completely|totally|went) (?:down|offline|dead|unreachable|inaccessible)|nobody can|no one can|not a single|no orders?|zero orders?|all (?:users|orders|customers|sellers|dealers)\b[^.]{0,30}\b(?:fail|cannot|can't|blocked)|business (?:is )?stop\w*|steht still|niemand|keine (?:bestellungen|aufträge)|aucune commande|en panne|inaccessible|ningún pedido|caíd[oa]|parad[oa])\b"),
    ("degraded", r"\b(?:slow\w*|intermittent\w*|sometimes|timeouts?|degrad\w*|every (?:third|fourth|fifth)|langsam|manchmal|lent|parfois|lento|a veces)\b"),
    ("security", r"\b(?:security|unauthori[sz]ed|leak\w*|breach|phishing|hacked|sicherheit\w*|sécurité|seguridad)\b"),
    ("workaround", r"\b(?:work ?around|instead|meanwhile|by hand|manually|in the meantime|stattdessen|von hand|en attendant|mientras tanto)\b"),
    ("minor", r"\b(?:typo|cosmetic|column|label|tooltip|filter|sort\w*|export|logo|annoying|minor)\b"),
    ("question", r"(?:\b(?:how (?:do|can|to)|where can|what (?:is|are) the|is it possible|wie kann|comment|cómo|puis-je)\b|\?\s*$)"),
    ("wish", r"\b(?:would be (?:nice|great|good|useful)|feature request|suggestion|please add|we need a|wunsch|il serait|suggestion|sugerencia)\b"),
    ("past", r"\b(?:resolved|was fixed|recovered|root cause|rca|no action needed|behoben|résolu|resuelto)\b"),
    ("non-production", r"\b(?:sandbox|staging|uat|dev|test (?:environment|system|tenant)|testsystem|testumgebung|recette|preproduction|pruebas)\b"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS)


@dataclass(frozen=True, slots=True)
class Cue:
    """One effect found, with the clause that says it."""

    name: str
    evidence: str


def found(text: str) -> tuple[Cue, ...]:
    """Every cue of a text, one a name, in the order of the table."""
    cues = []
    for name, pattern in _COMPILED:
        match = pattern.search(text)
        if match:
            start, end = max(0, match.start() - 30), min(len(text), match.end() + 30)
            cues.append(Cue(name, text[start:end]))
    return tuple(cues)
