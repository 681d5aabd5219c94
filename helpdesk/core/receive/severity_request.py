"""A severity that a customer asks for in a sentence of a further mail: "please raise this to Severity 1".

It states as much as a line `Priority: Severity 1` does. Only a request about the case counts, and only a name that the
policy has for a severity, or a code such as `P1`: nothing that is denied, told of the past, or about a rule or a field.
"""

# ruff: noqa: E501  patterns read best with one thought a line

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.offering.severities import Level

_ASKS = (
    r"(?:^|[.!?;] +|\n[ \t]*|\b(?:please|kindly|and|(?:can|could|would|will) (?:you|we)|must|should|"
    r"(?<!no )(?<!not )(?<!n't )(?:need|want|like)(?: you| this| it)?(?: to)?)\s+)"
    r"(?:(?:please|kindly|also|now|be|have|get|this|it)\s+){0,3}"
)
_ABOUT = (  # the case, and nothing else
    r"(?:\s+(?:this|it|that|the|my|our|its|case|ticket|issue|incident|request|problem|priority|severity|urgency|prio|sev|level|of|up|"
    r"please|now|back|outage|fault|failure|bug|matter|from(?: \w+){1,2}(?= to\b)|(?:sev|[ps])-?\d(?= to\b)|hd-\d+)){0,8}"
)
_END = r"(?=\s*(?:[.!?,;:)\n]|$|\b(?:please|now|as|because|since|for|asap|immediately|at once|and|priority|severity|level)\b))"
_ENGLISH = re.compile(
    rf"{_ASKS}(?:raised?|escalated?|increased?|upgraded?|bump(?:ed)?|lift(?:ed)?|set|changed?|moved?(?!.{{0,60}}\bs3\b)|treat(?:ed)?|mark(?:ed)?|"
    r"handled?|reclassif(?:y|ied)|re-?prioriti[sz]ed?|prioriti[sz]ed?|lower(?:ed)?|reduced?|downgraded?|decreased?)"
    rf"{_ABOUT}\s+(?:to|as)\s+(?:an? |the )?[\"'\u201c]?(?P<words>[\w -]{{1,30}}?)[\"'\u201d]?{_END}",
    re.IGNORECASE,
)
_GERMAN = re.compile(
    r"\b(?:bitte|k(?:ö|oe)nn(?:en|t) (?:sie|ihr|wir)|muss|sollte)(?:\s+(?!nicht\b|kein)[\w-]+){0,6}?\s+(?:auf|als)\s+[\"'\u201e]?"
    r"(?P<words>[\w -]{1,30}?)[\"'\u201c]?\s+(?:(?:hoch|herauf|herab|runter)?(?:ge)?(?:setz|stuf)\w+|erh(?:ö|oe)hen|(?:ä|ae)ndern|behandeln)\b",
    re.IGNORECASE,
)
_ROMANCE = re.compile(
    r"\b(?:merci de|veuillez|pouvez-vous|por favor,?|pueden?|podr[íi]an?)\s+(?:passer|remonter|augmenter|classer|suban?|subir|cambi(?:ar|en|e)|"
    r"eleven?|elevar)(?:\s+(?:le|la|el|este|esta|ce|cette|ticket|caso|cas|demande|priorit[ée]|prioridad|gravit[ée]|gravedad|incident\w*|de|du|del)){0,6}"
    r"\s+(?:en|[àa]|como)\s+(?P<words>[\w -]{1,30}?)(?=\s*(?:[.!?,;\n]|$))",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:p|s|sev|severity|prio|priority)[ -]?[1-4]", re.IGNORECASE)
_LABEL = re.compile(r"(?:priority|severity|level|prio)\s+", re.IGNORECASE)
# What makes of a request a condition, where its sentence begins or right behind it; or a rule, in the same clause.
_CONDITION = re.compile(
    r"[\s,*-]*(?:(?:and|but|so|und|aber|et|y|pero|mais) )?(?:if|whenever|unless|in case|wenn|falls|sobald|si|s'il)\b"
    r"(?! (?:possible|you can|m(?:ö|oe)glich)\b)",
    re.IGNORECASE,
)
_RULE = re.compile(r"\b(?:nobody|no one|never|rules?|polic(?:y|ies)|any|every|all)\b[^,]*$", re.IGNORECASE)
_OBLIGES = re.compile(r"must|should|needs?|want|like", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?;\n]")
_LONGEST = 4_000  # characters in which a request is looked for


def asked_for(text: str, levels: Iterable[Level]) -> str:
    """The words of the severity that is asked for last; "" where none is."""
    names = {name.casefold() for level in levels for name in (level.key, level.name, *level.aliases)}
    said = (named for words in _requests(text[:_LONGEST]) for named in (words, _LABEL.sub("", words)))
    return next((named for named in reversed([*said]) if named.casefold() in names or _CODE.fullmatch(named)), "")


def _requests(text: str) -> Iterator[str]:
    for pattern in (_ENGLISH, _GERMAN, _ROMANCE):
        yield from (found["words"].strip() for found in pattern.finditer(text) if not _is_conditional(text, found))


def _is_conditional(text: str, found: re.Match[str]) -> bool:
    before = _SENTENCE.split(text[: found.start() + 1])[-1]
    is_rule = _OBLIGES.match(found[0]) and _RULE.search(before)
    return bool(is_rule or _CONDITION.match(before) or _CONDITION.match(text[found.end() :].partition("\n")[0]))
