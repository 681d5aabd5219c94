"""Whether what somebody wrote begins with a greeting and ends with a closing, so that a letter adds neither twice.

Where it is not sure, it does: a letter with one greeting too few reads better than one with two.
"""

from __future__ import annotations

import re

from helpdesk.mail.read.client_markers import MAX_LINE, THANKS
from helpdesk.mail.read.signature import is_closing

_GREETING = re.compile(
    r"\W{0,3}(?:hello|hi|hiya|hey|dear|good (?:morning|afternoon|evening|day)|greetings|"
    r"hallo|guten (?:tag|morgen|abend)|moin|servus|gr(?:ü|ue)(?:ß|ss|e?z)\w*|sehr geehrte|liebe[rs]?|werte[rs]?|"
    r"bonjour|bonsoir|salut|chers?|ch[eè]res?|madame|monsieur|messieurs|mesdames|"
    r"hola|buen(?:o|a)?s?(?: d[ií]as?| tardes| noches)|buenas|estimad[oa]s?|querid[oa]s?|"
    r"ciao|buongiorno|buonasera|salve|gentile|egregi[oa]|car[oaie]|ol[áa]|bom dia|boa (?:tarde|noite)|prezad[oa]s?|"
    r"beste|geachte|goede(?:n?dag|morgen|middag|navond)|hej|hei|god(?: dag|dag|morgen)|kj[æa]re|k[äa]ra|k[æa]re|"
    r"cze[śs][ćc]|dzie[ńn] dobry|szanown[aiey]\w*|witam)(?!\w)",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\W{0,3}(?:(?:good ?)?bye|see you(?: soon| then)?|talk soon|bis (?:bald|dann|sp[äa]ter|morgen)|tsch(?:ü|ue)ss?|"
    r"[àa] bient[ôo]t|bonne (?:journ[ée]e|soir[ée]e)|hasta (?:luego|pronto|mañana)|ciao|a presto|tot (?:ziens|straks)|"
    r"sch(?:ö|oe)ne(?:n|s)? (?:tag|abend|woche|wochenende)(?: noch)?)\W{0,5}",
    re.IGNORECASE,
)
_SHORT = 6  # words of a line that only calls somebody by name
_AT_THE_END = 8  # lines with words among which a closing stands


def is_greeted(text: str, name: str) -> bool:
    """Whether a text begins with a greeting: as people greet, or with the name of who reads it."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    words = first.casefold().split()
    named = {part.casefold() for part in name.split()} & {word.strip(",.:;!-") for word in words}
    called = len(words) <= _SHORT and not first.startswith(">") and (first.endswith(",") or bool(named))
    return called or _GREETING.match(first) is not None


def is_signed(text: str, name: str) -> bool:
    """Whether a text ends with a closing, or with the name of who wrote it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][1:][-_AT_THE_END:]
    names = {name.casefold(), *name.casefold().split()[:1]} - {""}
    by_name = bool(lines) and lines[-1].casefold().strip(" ,.-/\u2013\u2014") in names
    return by_name or any(map(_is_farewell, lines))


def _is_farewell(line: str) -> bool:
    short = line[:MAX_LINE]
    return bool(is_closing(short) or THANKS.match(short) or _FAREWELL.fullmatch(short))
