"""Whether what somebody wrote begins with a greeting and ends with a closing, so that a letter adds neither twice.

Where it is not sure, it does: a letter with one greeting too few reads better than one with two.
"""

from __future__ import annotations

import re
from itertools import takewhile

from helpdesk.mail.read.client_markers import MAX_LINE, POSTSCRIPT, THANKS
from helpdesk.mail.read.signature import is_closing

_HELLO = re.compile(
    r"\W{0,3}(?:hello|hi|hiya|hey|howdy|dear|my dear|good (?:morning|afternoon|evening|day)|greetings|"
    r"hall(?:o|(?:ö|oe)chen)|(?:einen )?(?:(?:wunder)?sch(?:ö|oe)nen )?guten (?:tag|morgen|(?:nach)?mittag|abend)|"
    r"moin|moinsen|servus|gr(?:ü|ue)(?:ß|ss|e?z)\w*|(?:sehr )?(?:ge|ver)ehrte[rsn]?|"
    r"(?:re-?)?bonjour|bonsoir|salut|coucou|"
    r"hola|(?:muy )?buen(?:o|a)?s?(?: d[ií]as?| tardes| noches)|muy buenas|"
    r"muy señor(?:a|es|as)?(?: m[ií][oa]s?| nuestr[oa]s?)|"
    r"ciao|buongiorno|buonasera|salve|ol[áa]|bom dia|boa (?:tarde|noite)|"
    r"goede(?:n?dag|morgen|middag|navond)|hej|hei|god(?: dag|dag|morgen)|"
    r"cze[śs][ćc]|dzie[ńn] dobry|szanown[aiey]\w*|witam)(?!\w|-\w)",
    re.IGNORECASE,
)
# Before whom one writes to, and ordinary words before anything else: "Care is needed", "Werte in der Tabelle".
_DEAR = re.compile(
    r"\W{0,3}(?:(?:mein|meine|meiner|mon|ma|mes|tr[eè]s|bien|muy|mi|mis) )?"
    r"(?:liebe[rs]?|werte[rs]?|chers?|ch[eè]res?|estimad[oa]s?|querid[oa]s?|apreciad[oa]s?|distinguid[oa]s?|"
    r"gentil[ei]|egregi[oa]?|car[oaie]|prezad[oa]s?|beste|geachte|kj?[æa]re|k[äa]ra) (?P<whom>.+)",
    re.IGNORECASE,
)
_TITLE = (
    r"(?:mr|mrs|ms|miss|sir|madam|dr|prof|herrn?|frau|m|mme|mlle|madame|monsieur|messieurs|mesdames|mademoiselle|"
    r"sr|sra|srta|sres|don|doña|señor(?:a|es|as|ita)?|signor[ei]?|signora|heer|mevrouw|senhora?)\b\.?"
)
_TITLED = re.compile(rf"\W{{0,3}}{_TITLE}", re.IGNORECASE)
_NAME = r"[^\W\d_a-z][\w.'-]{0,40}"  # a word with a capital
# "Madame," and "Madame Orth,", "Buenas,", whatever comes behind it.
_CALLED = re.compile(
    rf"\W{{0,3}}(?:(?i:buenas)|(?i:{_TITLE})(?: (?i:{_TITLE})){{0,2}}(?: {_NAME}){{0,3}}) ?(?:[,:!]|$)",
)
_AND = r"und|and|et|y|e|en|&|von|van|de|der|del|di|da"
_NAMED = re.compile(rf"{_NAME}(?: (?:{_NAME}|{_AND})){{0,5}} ?(?:[,!]|:?$)")  # "Frau Orth und Team, ..."
_ALL = re.compile(
    r"(?:alle|all|team|kunden?|kundin|customers?|tous|toutes|clients?|clientes?|client[ei]|collègues|[ée]quipe|equipo|todos|todas|"
    r"compañer[oa]s?|colegas|amig[oa]s?|tutti|collegh[ie])\b",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\W{0,3}(?:(?:good ?)?bye|see you(?: soon| then)?|talk soon|bis (?:bald|dann|sp[äa]ter|morgen)|tsch(?:ü|ue)ss?|"
    r"[àa] bient[ôo]t|bonne (?:journ[ée]e|soir[ée]e)|hasta (?:luego|pronto|mañana)|ciao|a presto|tot (?:ziens|straks)|"
    r"sch(?:ö|oe)ne(?:n|s)? (?:tag|abend|woche|wochenende)(?: noch)?)\W{0,5}",
    re.IGNORECASE,
)
_SHORT = 6  # words of a line that only calls somebody by name
_FEW = 4  # words of "dear customer,"
_AT_THE_END = 8  # lines with words among which a closing stands
_CARD = 8  # words of a line that may stand below a closing
_CARD_LINES = 10


def is_greeted(text: str, name: str, address: str = "") -> bool:
    """Whether a text begins with a greeting: as people greet, or by the name of who reads it."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")[:MAX_LINE]
    if not first or first.startswith(">"):
        return False
    names = _words(name)
    short = len(first.split()) <= _SHORT and (first.endswith(",") or bool(names & _words(first)))
    names |= {part.title() for part in re.split(r"[\W_]", address.partition("@")[0])}
    return bool(short or _HELLO.match(first) or _CALLED.match(first)) or _is_dear(first, names) or _calls(first, names)


def called_first(text: str) -> str:
    """By what a text calls first whom it is for, in small letters: `bob` of "Hi Bob Cole", "Bob, can" or "cc Bob".

    With the sign of a mention before it, where it has one: `@team`.
    """
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")[:MAX_LINE]
    hello = _HELLO.match(first)
    dear = None if hello else _DEAR.match(first)
    aside = _FOR_YOU.match(first)
    rest = first[hello.end() :] if hello else dear["whom"] if dear else first[aside.end() :] if aside else first
    noted = None if hello or dear or aside else _NOTE_FOR.match(rest)
    found = _FIRST_NAME.match(rest[noted.end() :] if noted else rest)
    if found is None or not (hello or dear or aside or found["at"] or found["end"]):
        return ""
    mention = "@" if found["at"] == "@" else ""
    return f"{mention}{found['name'].casefold()}"


# "Bob can you", "Bob please": who is asked by name.
_ASKED = (
    r"(?i:(?:can|could|would|will|did|do|have|are) (?:you|u)|k(?:annst|ennst|[oö]nntest) du|hast du|wei(?:ß|ss)t du|"
    r"bist du|schaust du|(?:peux|pourrais|as|sais|es)-tu|tu peux|puedes|podr[ií]as|puoi|potresti|k[au]n je|heb je|"
    r"weet je|podes|voc[êe] pode|please|pls|plz|bitte|stp|svp|por favor|per favore|alsjeblieft)\b"
)
# A second word in small letters is no name: "Will do," and "Frank question:" call nobody.
_FIRST_NAME = re.compile(
    r"[ ,]{0,3}(?P<at>[@+]?)(?P<name>[^\W\d_][\w'-]{0,40})(?: [^\W\d_a-z][\w'-]{0,40})?"
    rf"(?P<end>\s?(?:[,:!?]|$)|\s[-\u2013\u2014]\s|\s{_ASKED})?"
)
_FOR_YOU = re.compile(r"(?:fyi|cc|attn)\b[ :]{1,3}", re.IGNORECASE)
# "Note for Bob: ...": what stands behind it must call, for much begins with such a word.
_NOTE_FOR = re.compile(
    r"(?:(?:a )?(?:note|info|message|question|word|notiz|frage|nota) )?"
    r"(?:to|for|f[uü]r|an|pour|[aà]|para|per|aan|voor)\s+",
    re.IGNORECASE,
)


def called_last(text: str) -> str:
    """The name with a capital that ends a text of one short line, in small letters: `bob` of "Forwarding to Bob."."""
    lines = [line for line in text.splitlines() if line.strip()]
    found = _LAST_NAME.search(lines[0][:MAX_LINE]) if len(lines) == 1 and len(lines[0].split()) <= _ONE_BREATH else None
    return found["name"].casefold() if found else ""


_ONE_BREATH = 7  # words
_LAST_NAME = re.compile(
    r"(?:^|[\s,@])(?P<name>[^\W\d_a-z][\w'-]{0,40})(?:,? (?i:please|pls|plz|thanks|thx|bitte|danke|merci|stp|svp|"
    r"por favor|gracias|per favore|grazie|alsjeblieft|bedankt|obrigad[oa]))?\W{0,4}$"
)


def is_from(text: str, name: str) -> bool:
    """Whether who wrote a text is called by this name: it signs so, or says so ("Bob here"). A mere mention is none."""
    told = re.compile(_TOLD.format(name=rf"(?i:{re.escape(name)})"))
    return any(told.search(line.strip()[:MAX_LINE]) for line in text.splitlines())


_TOLD = (
    r"\b(?i:this is|i am|i'm|my name is|name's|hier (?:ist|spricht)|ich bin|mein name ist|je suis|je m'appelle|"
    r"soy|me llamo|sono|mi chiamo|ik ben|sou|me chamo) {name}\b|"
    r"^\W{{0,3}}{name} (?i:here)\b|"
    r"^(?:(?i:(?:(?:many|best|kind|viele|liebe|beste) )?(?:thanks|thank you|thx|cheers|regards|best|danke|"
    r"gr[uü](?:ß|ss)e?|lg|vg|merci|cordialement|gracias|saludos|grazie|saluti|bedankt|groet(?:en)?|obrigad[oa]))"
    r"\W{{1,3}}|[^\w>]{{0,3}})"
    r"{name}(?: [^\W\d_a-z][\w.'-]{{0,30}}){{0,2}}[,.]?$"
)


def is_signed(text: str, name: str) -> bool:
    """Whether a text ends with a closing, or with the name of who wrote it."""
    lines = _end(text)
    return _is_name(lines[-1:], name) or any(_closes(lines, at, name) for at in range(len(lines)))


def end_of(text: str, name: str, *, thanking: bool = False) -> tuple[str, ...]:
    """The lines that are nothing but how its author ends a mail: a closing, their name, and a visiting card below.

    `thanking`: where nothing else is said, a word of thanks above is a part of it, too.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for at in range(max(0, len(lines) - _CARD_LINES), len(lines)):
        if _only_ends(lines[at:], name, thanking=thanking and at == 0):
            return tuple(lines[at:])
    return ()


def _only_ends(lines: list[str], name: str, *, thanking: bool) -> bool:
    thanks = thanking and THANKS.match(lines[0][:MAX_LINE]) is not None
    below = lines[1:] if thanks else lines
    closes = bool(below) and is_closing(below[0][:MAX_LINE])
    card = below[1:] if closes else below
    if not card or not name:
        return not card
    # Only the name itself begins a card.
    return _is_name(card[:1], name) and all(map(_is_of_a_card, card[1:]))


def _is_of_a_card(line: str) -> bool:
    return len(line.split()) <= _CARD and line[-1] not in "!?:;" and not line.startswith((">", "#"))


def unsaid(signature: str, text: str, name: str) -> str:
    """The lines of a signature that do not stand at the end of a text already, its first not below the same name."""
    lines = _end(text)
    below = [line for at, line in enumerate(lines[1:]) if _closes(lines, at, name)]
    named = _is_name(lines[-1:], name) or any(len(one.split()) <= _FEW and _words(name) & _words(one) for one in below)
    first, *more = signature.splitlines() or [""]
    kept = more if named and _words(name) & _words(first) else [first, *more]
    said = {line.casefold() for line in lines}
    return "\n".join(line for line in kept if line.strip().casefold() not in said)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in map(_bare, text.split()) if word[1:]}


def _bare(word: str) -> str:
    return word.strip(",.:;!?*_-")


def _is_among(word: str, names: set[str]) -> bool:
    """Whether a word is one of the names, which stand there in small letters, and in an address with a capital."""
    return not names.isdisjoint({_bare(word), _bare(word).casefold()} - {""})


def _is_dear(line: str, names: set[str]) -> bool:
    """Whether it is a "dear", and whom: by name or title, with a capital up to a comma, or "dear customer," alone."""
    found = _DEAR.match(line)
    if found is None:
        return False
    whom = found["whom"]
    if _TITLED.match(whom) or _ALL.match(whom) or _is_among(whom.split()[0], names):
        return True
    return bool(_NAMED.match(whom)) or (len(line.split()) <= _FEW and line[-1] in ",:!")


def _calls(line: str, names: set[str]) -> bool:
    """Whether a sentence begins with the name of who reads it: "Jo, the rules ...", "Thanks Jo, ...", "Ms Park:"."""
    called, *said = re.split(r"[,:!]| [-\u2013\u2014] ", line.lstrip("@"), maxsplit=1)
    first, *others = [word for word in called.split() if not _TITLED.fullmatch(word)] or [""]
    return bool(said) and all(_is_among(word, names) for word in (others or [first]))


def _end(text: str) -> list[str]:
    """The last lines with words, without the first of all: what begins a text does not close it."""
    return [line.strip() for line in text.splitlines() if line.strip()][1:][-_AT_THE_END:]


def _is_name(last: list[str], name: str) -> bool:
    names = {name.casefold(), *name.casefold().split()[:1]} - {""}
    return any(line.casefold().strip(" ,.-/\u2013\u2014") in names for line in last)


def _closes(lines: list[str], at: int, name: str) -> bool:
    """Whether one of the last lines closes. Thanks and wishes also stand amid an answer: below them, only who wrote."""
    line = lines[at][:MAX_LINE]
    if is_closing(line):
        return True
    if not (THANKS.match(line) or _FAREWELL.fullmatch(line)):
        return False
    card = list(takewhile(lambda one: not POSTSCRIPT.match(one), lines[at + 1 :]))
    plain = all(len(one.split()) <= _CARD and one[-1] not in ".!?:;" for one in card)
    return plain and all(_words(name) & _words(one) or one.title() == one or one.isupper() for one in card[:1])
