"""What the customer told us when logging the case: the policy's intake fields, read from the mail.

Reads `Label: value`, `Label - value`, lists, a label on its own line with the answer below it, tables (Markdown,
tab or column aligned, upright or lying) and several labels on one line, in English, German, French and Spanish.
A URL anywhere in the text answers a field that asks for one. Nothing is guessed: a field that the mail does not
answer in so many words is missing, and the acknowledgment asks for exactly those.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    Answers = Generator[tuple[str, str], None, int]  # (field key, raw answer); returns the next line to look at

FieldKind = Literal["text", "url", "date", "priority", "list"]

MAX_VALUE = 2000  # characters kept of one answer; the rest stands in the mail
MAX_LINE = 1000  # characters of a line that may hold a label
MAX_LINES = 2000  # lines looked at; a longer mail is a log, not a form
WRAPPED = 56  # a line at least this long may have been wrapped by the mail program

# One row a thing that intake forms ask for, however they word it. A field named by any word of a row
# answers to all of them, so that a policy file need not repeat every language.
SAME_THING: tuple[tuple[str, ...], ...] = (
    (
        "priority", "case priority", "severity", "severity level", "case severity", "urgency", "ticket priority",
        "priority level", "prio", "issue priority", "incident priority", "priorität", "dringlichkeit", "schweregrad",
        "fallpriorität", "ticketpriorität", "priorité", "priorité du cas", "priorité du ticket", "gravité", "sévérité",
        "niveau de gravité", "niveau de priorité", "urgence", "prioridad", "prioridad del caso", "severidad", "gravedad",
        "urgencia", "nivel de prioridad", "nivel de severidad", "nivel de gravedad",
    ),
    (
        "issue type", "type of issue", "case type", "type", "kind of issue", "request type", "ticket type",
        "art der anfrage", "art des problems", "problemart", "problemtyp", "anfragetyp", "falltyp", "fallart", "vorgangsart",
        "typ", "type de problème", "type de demande", "type d'incident", "nature du problème", "tipo de problema",
        "tipo de incidencia", "tipo de caso", "tipo de solicitud", "tipo",
    ),
    (
        "application area", "area", "module", "component", "product area", "affected area", "area of the application",
        "functional area", "feature area", "anwendungsbereich", "bereich", "modul", "komponente", "produktbereich",
        "betroffener bereich", "domaine d'application", "domaine", "zone de l'application", "composant", "domaine applicatif",
        "module concerné", "área de la aplicación", "área", "módulo", "componente", "área afectada", "área de aplicación",
    ),
    (
        "url", "link", "url and click-path", "url and click path", "logik.io url and click-path", "url / click path",
        "page", "page url", "site url", "web address", "where can we see it", "live site or admin link", "links",
        "live site or threekit admin links", "link to the record", "links to records", "url und klickpfad", "webadresse",
        "adresse", "klickpfad", "lien", "url et chemin", "url et parcours", "adresse web", "lien vers la page", "enlace",
        "url y ruta", "dirección web", "enlace a la página", "click-path", "click path", "url y ruta de clics",
    ),
    (
        "steps to reproduce", "steps", "steps to reproduce the issue", "steps to reproduce the problem", "how to reproduce",
        "reproduction steps", "repro steps", "to reproduce", "str", "schritte zur reproduktion", "reproduktionsschritte",
        "schritte zum reproduzieren", "schritte zum nachstellen", "so lässt es sich nachstellen", "nachstellung", "schritte",
        "étapes pour reproduire", "étapes de reproduction", "étapes à reproduire", "étapes", "comment reproduire",
        "pour reproduire", "pasos para reproducir", "pasos para reproducirlo", "pasos para reproducir el problema", "pasos",
        "cómo reproducir", "cómo reproducirlo", "étapes pour reproduire le problème",
    ),
    (
        "first noticed", "when first noticed", "when the issue was first noticed", "when was the issue first noticed",
        "first seen", "noticed", "since when", "since", "date first noticed", "start of the problem", "first occurrence",
        "first occurred", "zuerst bemerkt", "erstmals bemerkt", "zum ersten mal bemerkt", "erstmals aufgetreten", "seit wann",
        "seit", "aufgetreten seit", "bemerkt am", "constaté", "constaté le", "première constatation", "remarqué le",
        "depuis quand", "depuis", "première apparition", "detectado", "detectado por primera vez", "desde cuándo", "desde",
        "primera vez", "observado por primera vez", "fecha de detección", "premier constat",
    ),
    (
        "expected behavior", "expected behaviour", "expected", "expected result", "expected results", "expected outcome",
        "what should happen", "erwartetes verhalten", "erwartetes ergebnis", "erwartet", "soll", "soll-verhalten",
        "comportement attendu", "résultat attendu", "attendu", "comportamiento esperado", "resultado esperado", "esperado",
    ),
    (
        "actual behavior", "actual behaviour", "actual", "actual result", "actual results", "what happens",
        "tatsächliches verhalten", "tatsächliches ergebnis", "ist-verhalten", "comportement observé", "comportement constaté",
        "résultat obtenu", "comportement actuel", "comportamiento actual", "resultado obtenido", "resultado actual",
        "comportamiento observado",
    ),
    (
        "environment", "system", "instance", "stage", "tier", "umgebung", "systemumgebung", "instanz", "environnement",
        "entorno", "ambiente", "instancia",
    ),
    (
        "other", "other information", "any other information", "additional information", "additional info", "anything else",
        "further information", "notes", "comments", "weitere informationen", "weitere angaben", "sonstiges", "sonstige angaben",
        "bemerkungen", "zusätzliche informationen", "autres informations", "autre", "autres", "informations complémentaires",
        "remarques", "otra información", "otros", "información adicional", "comentarios", "otros datos",
    ),
    ("screenshots", "screenshot", "video", "bildschirmfoto", "bildschirmfotos", "captures d'écran", "capturas de pantalla"),
    (
        "organization", "organisation", "company", "account", "tenant", "customer", "firma", "mandant", "kunde", "société",
        "entreprise", "client", "empresa", "organización", "cliente", "unternehmen",
    ),
    ("project", "project name", "projekt", "projet", "proyecto"),
    ("product", "product name", "produkt", "produit", "producto"),
)  # fmt: skip

_BULLET = r"(?:[-*•\u2013▪·+]|\(?\d{1,2}[.)]|\(?[a-h][.)])"
_LIST_ITEM = re.compile(rf"^\s*{_BULLET}\s+\S")
_LEAD = rf"^\s*(?:#{{1,6}}\s*)?(?:{_BULLET}\s+)?[*_`\[]{{0,3}}"
_NOTE = r"[*_`\]]{0,3}\s*(?:\([^()]{0,120}\)|\[[^\[\]]{0,120}\])?\s*[*_`]{0,3}"
_URL = re.compile(r"https?://[^\s<>\"'|\])]+|(?<![\w@.])www\.[^\s<>\"'|\])]+", re.IGNORECASE)
_EMPTY = re.compile(
    r"^[\s\-\u2013\u2014_.*?:|/…]*$|^(?:tbd|todo|to be (?:filled|completed|added).*|please (?:fill|select|choose|enter|specify).*|"
    r"\(?(?:select|choose|optional|required)\)?|[<\[{][^<>\[\]{}]*[>\]}]|bitte (?:ausfüllen|wählen|angeben).*|"
    r"à (?:remplir|compléter).*|por (?:rellenar|completar).*)$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[\s|:+=\-─═┼│]+$")
_CLOSING = re.compile(
    r"^\s*(?:--\s*$|(?:kind|best|warm|many)?\s*(?:regards|greetings)\b|thanks?\b|thank you\b|cheers\b|sincerely\b|"
    r"mit (?:freundlichen|besten|vielen) gr|(?:viele|beste|freundliche|liebe) gr|vielen dank|danke\b|cordialement|"
    r"bien à vous|merci\b|salutations|saludos|atentamente|un saludo|gracias\b|sent from my|gesendet von)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that the policy asks for when a case is logged.

    `aliases` are further labels customers use. `kind` tells what an answer looks like: a `url` is also taken from
    free text, a `list` from the lines under its label.
    """

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = True
    kind: FieldKind = "text"


@dataclass(frozen=True, slots=True)
class Intake:
    """The answers found, by field key, in the customer's words; and the required fields without one, in order."""

    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[str, ...] = ()


def read(text: str, fields: Sequence[Field], *, subject: str = "") -> Intake:
    """Read the intake fields from a mail's own new text; the subject answers only in the form `Label: value`.

    The first answer to a field counts. Never raises, never invents.
    """
    labels = _labels(tuple(fields))
    lines = [line.rstrip()[:MAX_LINE] for line in text.splitlines()[:MAX_LINES]]
    found: dict[str, str] = {}
    for key, value in labels.answers([*lines, "", subject.rstrip()[:MAX_LINE]]):
        cleaned = _clean(value)
        if cleaned and key not in found:
            found[key] = cleaned
    _urls_from_prose(text, fields, found)
    ordered = {wanted.key: found[wanted.key] for wanted in fields if wanted.key in found}
    missing = tuple(wanted.key for wanted in fields if wanted.required and wanted.key not in ordered)
    return Intake(values=MappingProxyType(ordered), missing=missing)


def folded(label: str) -> str:
    """A label as labels are compared: lower case, no accents, single spaces, `&` and `/` read as words apart."""
    plain = label.casefold().replace("\u2019", "'")
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w'.]+", " ", plain).split())


class _Labels:
    """Every wording of every field, and how to find them in lines."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = {wanted.key: wanted for wanted in fields}
        self._key_of = _wordings(fields)
        words = sorted(self._key_of, key=len, reverse=True)
        label = "|".join(_pattern(word) for word in words) or r"(?!)"
        self._at_start = re.compile(
            rf"{_LEAD}({label}){_NOTE}\s*(?:[:=|]|\?+:?|[-\u2013\u2014](?=\s)|\t|\s{{2,}})[*_`]{{0,3}}\s*(.*)$",
            re.IGNORECASE,
        )
        self._alone = re.compile(rf"{_LEAD}({label}){_NOTE}\s*[:?.]*[*_`]{{0,3}}\s*$", re.IGNORECASE)
        self._inside = re.compile(rf"[,;|/•]\s*({label}){_NOTE}\s*[:=]\s*", re.IGNORECASE)

    def key(self, label: str) -> str | None:
        return self._key_of.get(folded(label.strip(" *_`:?|[]")))

    def answers(self, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Every (field key, raw answer), top down."""
        at = 0
        while at < len(lines):
            table = self._lying_table(lines, at)
            if table:
                yield from table
                at += 1
            elif match := self._at_start.match(_unboxed(lines[at])):
                at = yield from self._labelled(lines, at, match)
                continue
            elif match := self._alone.match(lines[at]):
                at = yield from self._headed(lines, at, match)
                continue
            at += 1

    def _labelled(self, lines: Sequence[str], at: int, match: re.Match[str]) -> Answers:
        key, rest = self.key(match[1]), match[2]
        pieces = self._split_inside(rest)
        if key is None:
            return at + 1
        if len(pieces) == 1 and not _EMPTY.match(rest):
            block, after = self._continuation(lines, at, rest)
            yield key, "\n".join([rest, *block])
            return after
        if len(pieces) == 1:
            return (yield from self._headed(lines, at, match))
        yield key, pieces[0][1]
        for label, value in pieces[1:]:
            other = self.key(label)
            if other:
                yield other, value
        return at + 1

    def _split_inside(self, rest: str) -> list[tuple[str, str]]:
        """`High, Area: Rules; URL: x` as [("", High), (Area, Rules), (URL, x)]."""
        cuts = list(self._inside.finditer(rest))
        if not cuts:
            return [("", rest)]
        pieces = [("", rest[: cuts[0].start()])]
        ends = [*(cut.start() for cut in cuts[1:]), len(rest)]
        return pieces + [(cut[1], rest[cut.end() : end]) for cut, end in zip(cuts, ends, strict=True)]

    def _continuation(self, lines: Sequence[str], at: int, first: str) -> tuple[list[str], int]:
        """The lines that still belong to an answer that began on its label's line."""
        block: list[str] = []
        previous = lines[at]
        after = at + 1
        while after < len(lines) and self._continues(lines[after], previous, first, block):
            block.append(lines[after])
            previous = lines[after]
            after += 1
        return block, after

    def _continues(self, line: str, previous: str, first: str, block: Sequence[str]) -> bool:
        if not line.strip() or self._starts_field(line) or _CLOSING.match(line):
            return False
        if _LIST_ITEM.match(line):
            return bool(block and _LIST_ITEM.match(block[-1])) or bool(_LIST_ITEM.match(first)) or first.endswith(":")
        return line[:1] in " \t" or len(previous) >= WRAPPED

    def _headed(self, lines: Sequence[str], at: int, match: re.Match[str]) -> Answers:
        """A label alone on its line: the answer is the list or paragraph under it."""
        key = self.key(match[1])
        block: list[str] = []
        after = at + 1
        while after < len(lines):
            line = lines[after]
            if self._starts_field(line) or _CLOSING.match(line):
                break
            if not line.strip() and block and not self._list_goes_on(lines, after, block):
                break
            if line.strip() and not _RULE.match(line):
                block.append(line)
            elif not block and after - at > 2:
                break
            after += 1
        if key is not None and block:
            yield key, "\n".join(block)
        return max(after, at + 1)

    def _list_goes_on(self, lines: Sequence[str], at: int, block: Sequence[str]) -> bool:
        """Whether a blank line stands between two items of one list."""
        following = next((line for line in lines[at : at + 3] if line.strip()), "")
        return bool(_LIST_ITEM.match(block[-1]) and _LIST_ITEM.match(following)) and not self._starts_field(following)

    def _starts_field(self, line: str) -> bool:
        return bool(self._at_start.match(_unboxed(line)) or self._alone.match(line))

    def _lying_table(self, lines: Sequence[str], at: int) -> list[tuple[str, str]]:
        """A row of labels over a row of answers, or nothing."""
        keys = [self.key(cell) for cell in _cells(lines[at])]
        if len(keys) < 2 or sum(key is not None for key in keys) < 2:
            return []
        below = next((line for line in lines[at + 1 : at + 4] if line.strip() and not _RULE.match(line)), "")
        values = _cells(below)
        if len(values) != len(keys):
            return []
        return [(key, value) for key, value in zip(keys, values, strict=True) if key and not self.key(value)]


@lru_cache(maxsize=64)
def _labels(fields: tuple[Field, ...]) -> _Labels:
    """A policy's labels, compiled once."""
    return _Labels(fields)


def _wordings(fields: Sequence[Field]) -> dict[str, str]:
    """Every folded wording to its field key. What the policy says itself goes before what rows of `SAME_THING` add."""
    key_of: dict[str, str] = {}
    for wanted in fields:
        for word in (wanted.label, *wanted.aliases, wanted.key.replace("_", " ").replace("-", " ")):
            key_of.setdefault(folded(word), wanted.key)
    for row in ({folded(word) for word in row} for row in SAME_THING):
        owner = _owner(row, fields)
        for word in row if owner else ():
            key_of.setdefault(word, owner)
    key_of.pop("", None)
    return key_of


def _owner(row: set[str], fields: Sequence[Field]) -> str:
    """The field that a row of `SAME_THING` belongs to: by its label or key, else by an alias; `""` for none."""
    named = [wanted.key for wanted in fields if row & {folded(wanted.label), folded(wanted.key.replace("_", " "))}]
    nicknamed = [wanted.key for wanted in fields if row & set(map(folded, wanted.aliases))]
    return next(iter([*named, *nicknamed]), "")


_ACCENTED = {
    "a": "[aàáâä]",
    "e": "[eéèêë]",
    "i": "[iíîï]",
    "o": "[oóôö]",
    "u": "[uúùûü]",
    "c": "[cç]",
    "n": "[nñ]",
    "'": "['\u2019]",
}


def _pattern(word: str) -> str:
    """A folded label as a pattern over unfolded text."""
    plain = "".join(_ACCENTED.get(char, re.escape(char)) for char in word)
    return plain.replace(r"\ ", r"[\s/&\-,]+")


def _unboxed(line: str) -> str:
    """A table's row without its outer bars."""
    return line.strip().strip("|").strip() if line.lstrip().startswith("|") else line


def _cells(line: str) -> list[str]:
    if line.count("|") >= 1:
        return [cell.strip() for cell in line.strip().strip("|").split("|")]
    return [cell for cell in re.split(r"\t+|\s{2,}", line.strip()) if cell]


def _clean(value: str) -> str:
    """An answer without the form's decoration, or `""` where it is a placeholder."""
    lines = [line.strip().strip("|").rstrip() for line in value.strip().splitlines()]
    text = "\n".join(line for line in lines if line).strip().strip("*_`").strip()
    return "" if _EMPTY.match(text) else text[:MAX_VALUE]


def _urls_from_prose(text: str, fields: Sequence[Field], found: dict[str, str]) -> None:
    """Give the first URL of the text to each field that asks for one and has no answer."""
    match = _URL.search(text)
    if match:
        for wanted in fields:
            if wanted.kind == "url" or "url" in folded(wanted.label).split():
                found.setdefault(wanted.key, match[0].rstrip(".,;:!?"))
