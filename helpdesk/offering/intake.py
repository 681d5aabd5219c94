"""What the customer told us of what the policy asks for: its intake fields, read from a mail.

Reads `Label: value`, `Label - value`, lists, a label on its own line with the answer below it, tables (Markdown,
tab or column aligned, upright or lying), several labels on one line, labels inside a line, and a name in a sentence
("our project is shop-eu"), in every language of `intake_labels.toml`. A line that begins with `>` is a question of ours
and answers nothing; what stands below it does. A URL anywhere in the text answers a field that asks for one. Nothing is
guessed: a field that the mail does not answer in so many words is missing. What may be meant is kept apart (`guesses`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from helpdesk.offering.intake_names import is_written_as_name, name_in
from helpdesk.offering.intake_words import folded, pattern, things, words

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence

    from helpdesk.offering.intake_words import Thing
    from helpdesk.offering.severities import Kind

    Answers = Generator[tuple[str, str], None, int]  # (field key, raw answer); returns the next line to look at

MAX_VALUE = 2000  # characters kept of one answer; the rest stands in the mail
MAX_LINE = 1000  # characters of a line that may hold a label
MAX_LINES = 2000  # lines looked at; a longer mail is a log, not a form
WRAPPED = 56  # a line at least this long may have been wrapped by the mail program

_BULLET = r"(?:[-*•\u2013▪·+]|\(?\d{1,2}[.)]|\(?[a-h][.)])"
_ITEM = re.compile(rf"^\s*{_BULLET}\s+")
_GREETS = (",", "!")  # `Hello,`
_FEWEST = 2  # names without labels: one alone may be anything
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
_SENTENCE_END = re.compile(r"(?<=\w\w)[.;!?](?:\s|$)")
_RULE = re.compile(r"^[\s|:+=\-─═┼│]+$")
_SIGNED = re.compile(r"[:=\-\u2013\u2014](?:(?<=[:=])|(?<=\s[-\u2013\u2014])\s)")
_FORMED = re.compile("[|:=\\-\u2013\u2014]")
_FIRST_WORD = re.compile(r"[A-Za-z]++(?![^\x00-\x7f])")
_FIRST_LETTERS = re.compile(r"[a-z]*+(?![^\x00-\x7f])")
_COLON = re.compile("[:=]")
_LAST_WORD = re.compile(r"\w+\Z")
_BEHIND_LABEL = " 	*_`.'"
# A program's line with its time, or data: what looks like a label there is none.
_LOGGED = re.compile(r"\s*(?:[\[{<]|\d{4}-\d\d-\d\d|.{0,40}\b\d\d:\d\d:\d\d\b|at\s+[\w.$]+\()")
QUESTION = ">"  # begins a line that is ours
_WHO = "organisation"
_CLOSING = re.compile(
    r"^\s*(?:--\s*$|(?:kind|best|warm|many)?\s*(?:regards|greetings)\b|thanks?\b|thank you\b|cheers\b|sincerely\b|"
    r"mit (?:freundlichen|besten|vielen) gr|(?:viele|beste|freundliche|liebe) gr|vielen dank|danke\b|cordialement|"
    r"bien à vous|merci\b|salutations|saludos|atentamente|un saludo|gracias\b|sent from my|gesendet von)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class IntakeField:
    """One thing that the policy asks for when a case is logged.

    `aliases` are further labels customers use. `of_kinds` are the kinds of case that it is asked for: empty, all.
    """

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = True
    of_kinds: tuple[Kind, ...] = ()

    def concerns(self, kind: str) -> bool:
        """Whether it is asked for on a case of that kind."""
        return not self.of_kinds or kind in self.of_kinds


def without_hint(label: str) -> str:
    """A field's label without the hint in parentheses, which helps who fills it in and nobody else."""
    return label.partition(" (")[0]


@dataclass(frozen=True, slots=True)
class Intake:
    """The answers found, by field key, in the customer's words; and what may be one and is not said outright."""

    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    guesses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read(text: str, fields: Sequence[IntakeField], *, subject: str = "", known: Collection[str] = ()) -> Intake:
    """Read the intake fields from a mail's own new text; the subject answers only in the form `Label: value`.

    The first answer to a field counts. What stands for no label, a URL in the text, answers no field that is `known`.
    Never raises, never invents.
    """
    labels = _labels(tuple(fields))
    *lines, last = [_plain(line) for line in (*text.splitlines()[:MAX_LINES], subject)]
    found: dict[str, str] = {}
    for key, value in chain(labels.answers(lines), labels.answers([last])):  # what is left open, it does not fill in
        cleaned = labels.fitting(key, _clean(value))
        if cleaned and key not in found:
            found[key] = cleaned
    _urls_from_prose(lines, [wanted for wanted in fields if wanted.key not in known], found)
    ordered = {wanted.key: found[wanted.key] for wanted in fields if wanted.key in found}
    guesses = {key: value for key, value in labels.guesses(lines, {*found, *known}) if key not in found}
    return Intake(MappingProxyType(ordered), MappingProxyType(guesses))


def missing(fields: Sequence[IntakeField], values: Collection[str], kind: str) -> tuple[str, ...]:
    """The keys of the fields that a case of that kind asks for and that have no answer, in the policy's order."""
    return tuple(
        wanted.key for wanted in fields if wanted.required and wanted.concerns(kind) and wanted.key not in values
    )


class _Labels:
    """Every wording of every field, and how to find them in lines."""

    def __init__(self, fields: Sequence[IntakeField]) -> None:
        self._key_of = _wordings(fields)
        self._names = _names(fields)
        self._ordered = [wanted.key for wanted in fields if wanted.key in self._names]
        self._name_words = {word.split()[0] for word, key in self._key_of.items() if key in self._names}
        label = _any_of(self._key_of)
        name = _any_of(word for word, key in self._key_of.items() if key in self._names)
        both = rf"(?:[,/&+]|\b(?:{pattern('and')})(?!\w))"
        ours = rf"(?:(?:{pattern('our')})\s+)"
        self._at_start = re.compile(
            rf"{_LEAD}{ours}?({label}){_NOTE}\s*"
            rf"(?:[-=]>|\u2192|[:=|]|\?+:?|[-\u2013\u2014](?=\s)|\t|\s{{2,}})[*_`]{{0,3}}\s*(.*)$",
            re.IGNORECASE,
        )
        self._alone = re.compile(rf"{_LEAD}({label}){_NOTE}\s*[:?.]*[*_`]{{0,3}}\s*$", re.IGNORECASE)
        self._together = re.compile(
            rf"{_LEAD}((?:{label})(?:\s*{both}\s*(?:{label}))+){_NOTE}\s*(?:[:=]|[-\u2013\u2014](?=\s))\s*(.+)$",
            re.IGNORECASE,
        )
        self._both = re.compile(rf"\s*(?:{both}|[;|])\s*", re.IGNORECASE)
        begins = rf"(?:[,;.!?|/•(\u2013\u2014]\s*|\s(?:{pattern('and')})\s+)"
        labelled = rf"{ours}?({label}){_NOTE}\s*[:=]\s*"
        self._inside = re.compile(rf"{begins}{labelled}", re.IGNORECASE)
        self._after_name = re.compile(
            rf"(?:{begins}|\s+){ours}?({label}){_NOTE}\s*(?:[:=]|[-\u2013\u2014](?=\s))\s*", re.IGNORECASE
        )  # a name has no label in it
        self._is = re.compile(rf"(?:^|{begins})\s*{ours}?({name})\s+(?:{pattern('is')})\s+([^,;:!?\n]+)", re.IGNORECASE)
        self._beside = re.compile(rf"\b({name})\s+(?:(?:{pattern('is')})\s+)?([^\s,;:!?]+)", re.IGNORECASE)
        self._we = re.compile(rf"\b(?:{pattern('we')})\s+([^,;:!?\n]+)", re.IGNORECASE)

        self._beginnings = _beginnings([*self._key_of, *words("our")])
        self._ends = _ends(self._key_of)
        self._longest = max(map(len, self._ends), default=0)

    def key(self, label: str) -> str | None:
        return self._key_of.get(folded(label.strip(" *_`:?|[]")))

    def answers(self, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Every (field key, raw answer), top down."""
        at = 0
        while at < len(lines):
            if not lines[at] or self._is_prose(lines[at]):
                at += 1
                continue
            table = self._lying_table(lines, at)
            if table:
                yield from table
                at += 1
            elif lines[at].startswith(QUESTION):
                yield from self._below_question(lines, at)
                at += 1
            elif match := self._at_start.match(_unboxed(lines[at])):
                at = yield from self._labelled(lines, at, match)
            elif match := self._alone.match(lines[at]):
                at = yield from self._headed(lines, at, match)
            else:
                yield from self._in_line(lines[at])
                at += 1

    def _is_prose(self, line: str) -> bool:
        """Whether a line surely answers nothing: nearly all do not, and this is cheaper than to look for each form.

        It begins with a word that no label begins with, and has no cells, no sign behind a label, and no label of a name.
        """
        first = _FIRST_WORD.match(line)
        if first is None or not self._beginnings or first[0].lower() in self._beginnings or not line.isprintable():
            return False
        return not ("  " in line or _FORMED.search(line) or self._speaks_of_name(line))

    def _may_hold(self, line: str) -> bool:
        """Whether a label may stand before a colon or an equals sign: the word before it tells, where it is no note."""
        for sign in _COLON.finditer(line):
            before = line[: sign.start()].rstrip(_BEHIND_LABEL)
            last = _LAST_WORD.search(before, max(0, len(before) - self._longest - 1))
            if last is None or not self._ends or not last[0].isascii() or last[0].lower() in self._ends:
                return True
        return False

    def _in_line(self, line: str) -> Iterator[tuple[str, str]]:
        """What a line that begins with no label says: several labels at once, labels inside, a name in a sentence."""
        signed, speaks = _SIGNED.search(line), self._speaks_of_name(line)
        if not (signed or speaks) or _LOGGED.match(line):
            return
        if signed:
            yield from self._labels_inside(line)
        at = 0
        while speaks and (match := self._is.search(line, at)):
            key, value = self.key(match[1]), self._until_next(match[2])
            if key in self._names and is_written_as_name(value):
                yield key, value
            at = match.start(2)

    def _speaks_of_name(self, line: str) -> bool:
        return bool(self._name_words) and not self._name_words.isdisjoint(folded(line).split())

    def _labels_inside(self, line: str) -> Iterator[tuple[str, str]]:
        if match := self._together.match(line):
            keys = [self.key(label) for label in self._both.split(match[1])]
            values = self._both.split(match[2])
            yield from zip(keys, values, strict=True) if None not in keys and len(keys) == len(values) else ()
            return
        for label, value in self._split_inside(line, self._inside)[1:] if self._may_hold(line) else ():
            if key := self.key(label):
                yield key, value

    def _until_next(self, value: str) -> str:
        """`Acme and our project is shop`: Acme."""
        cut = self._is.search(value) or self._inside.search(value)
        return (value[: cut.start()] if cut else value).split(". ")[0].strip(" .")

    def _below_question(self, lines: Sequence[str], at: int) -> Iterator[tuple[str, str]]:
        """What somebody wrote below a question of ours; below several of them, only what can answer but the last."""
        key = self._asked(lines[at])
        if key is None:
            return  # it merely quotes
        block: list[str] = []
        for line in lines[at + 1 :]:
            if line.startswith(QUESTION) or _CLOSING.match(line) or self._starts_field(line):
                break
            if not line.strip() and block:
                break
            block += [line] if line.strip() else []
        before = next((line for line in reversed(lines[:at]) if line.strip(" >")), "")
        several = self._asked(before) is not None
        if block and not (several and (len(block) > 1 or self._both.search(block[0]))):
            yield key, "\n".join(block)

    def _asked(self, line: str) -> str | None:
        match = self._alone.match(line.removeprefix(QUESTION).strip()) if line.startswith(QUESTION) else None
        return self.key(match[1]) if match else None

    def fitting(self, key: str, answer: str) -> str:
        """The answer as its field can have it; "" where it is none: a sentence names no company."""
        if key == "priority":
            return _SENTENCE_END.split(answer)[0]
        return name_in(answer) if key in self._names else answer

    def guesses(self, lines: Sequence[str], found: Collection[str]) -> Iterator[tuple[str, str]]:
        """What may be the name that is asked for, but is not said to be it: "we're Acme, project shop-eu"."""
        yield from self._bare([key for key in self._ordered if key not in found], lines)
        for line in lines if self._names - set(found) else ():
            if line.startswith(QUESTION) or _LOGGED.match(line):
                continue
            for match in self._beside.finditer(line) if self._speaks_of_name(line) else ():
                key, value = self.key(match[1]), match[2].strip(" .")
                if key in self._names and is_written_as_name(value):
                    yield key, value
            for match in self._we.finditer(line):
                key, value = self._key_of.get(_WHO), self._until_next(match[1])
                if key in self._names and is_written_as_name(value):
                    yield key, value

    def _bare(self, wanted: Sequence[str], lines: Sequence[str]) -> Iterator[tuple[str, str]]:
        """A mail that holds as many names as are asked for, and nothing else: `Acme, shop-eu`."""
        if len(wanted) < _FEWEST:
            return
        own = takewhile(lambda line: not _CLOSING.match(line), lines)
        told = [line for line in own if line.strip() and not line.startswith(QUESTION) and not line.endswith(_GREETS)]
        if len(told) > len(wanted):
            return
        values = [name for line in told for name in self._both.split(_ITEM.sub("", line.strip(" .")))]
        if len(values) == len(wanted) and all(map(is_written_as_name, values)):
            yield from zip(wanted, values, strict=True)

    def _labelled(self, lines: Sequence[str], at: int, match: re.Match[str]) -> Answers:
        key, rest = self.key(match[1]), match[2]
        pieces = self._split_inside(rest, self._after_name if key in self._names else self._inside)
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

    def _split_inside(self, rest: str, labels: re.Pattern[str]) -> list[tuple[str, str]]:
        """`High, Area: Rules; URL: x` as [("", High), (Area, Rules), (URL, x)]."""
        cuts = list(labels.finditer(rest))
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
        if not line.strip() or self._starts_field(line) or _CLOSING.match(line) or line.startswith(QUESTION):
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
            if self._starts_field(line) or _CLOSING.match(line) or line.startswith(QUESTION):
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
        cells = _cells(lines[at])
        keys = [self.key(cell) for cell in cells] if len(cells) > 1 else []
        if sum(key is not None for key in keys) < 2:
            return []
        below = next((line for line in lines[at + 1 : at + 4] if line.strip() and not _RULE.match(line)), "")
        values = _cells(below)
        if len(values) != len(keys):
            return []
        return [(key, value) for key, value in zip(keys, values, strict=True) if key and not self.key(value)]


@lru_cache(maxsize=64)
def _labels(fields: tuple[IntakeField, ...]) -> _Labels:
    """A policy's labels, compiled once."""
    return _Labels(fields)


def _beginnings(labels: Iterable[str]) -> frozenset[str]:
    """The letters a to z that labels, or items of a list, begin with; none where one goes on with another letter."""
    found = [(label, _FIRST_LETTERS.match(label)) for label in labels]
    if any(begins is None for _, begins in found):
        return frozenset()
    return frozenset({begins[0] for _, begins in found if begins} | set("abcdefgh"))


def _ends(labels: Iterable[str]) -> frozenset[str]:
    """The last words of labels; none where one has a letter that is not a to z."""
    found = [_LAST_WORD.search(label.rstrip(_BEHIND_LABEL)) for label in labels]
    words = {last[0] for last in found if last}
    return frozenset(words) if all(found) and all(map(str.isascii, words)) else frozenset()


def _wordings(fields: Sequence[IntakeField]) -> dict[str, str]:
    """Every folded wording to its field key. What the policy says itself goes before what other languages add."""
    key_of: dict[str, str] = {}
    for wanted in fields:
        for word in (wanted.label, *wanted.aliases, wanted.key.replace("_", " ").replace("-", " ")):
            key_of.setdefault(folded(word), wanted.key)
    for owner, thing in _owned(fields):
        for word in thing.labels:
            key_of.setdefault(word, owner)
    key_of.pop("", None)
    return key_of


def _owned(fields: Sequence[IntakeField]) -> Iterator[tuple[str, Thing]]:
    """The key of the field that asks for each thing. One that is called urgency asks for that, and for no priority."""
    narrow: set[str] = set()
    for thing in things():
        owner = _owner(thing.labels, [wanted for wanted in fields if wanted.key not in narrow])
        if owner:
            yield owner, thing
        narrow |= {owner} if thing.narrow and owner in _called(thing.labels, fields) else set()


def labels_of(key: str, fields: Sequence[IntakeField]) -> frozenset[str]:
    """The folded labels that a field answers to."""
    return frozenset(word for word, owner in _wordings(fields).items() if owner == key)


def _names(fields: Sequence[IntakeField]) -> frozenset[str]:
    """The fields that ask for a name."""
    return frozenset(_owner(thing.labels, fields) for thing in things() if thing.name) - {""}


def _owner(labels: frozenset[str], fields: Sequence[IntakeField]) -> str:
    """The field that asks for a thing: by its label or key, else by an alias; `""` for none."""
    named = _called(labels, fields)
    nicknamed = [wanted.key for wanted in fields if labels & set(map(folded, wanted.aliases))]
    return next(iter([*named, *nicknamed]), "")


def _called(labels: frozenset[str], fields: Sequence[IntakeField]) -> list[str]:
    """The fields whose own label or key is one of these."""
    return [wanted.key for wanted in fields if labels & {folded(wanted.label), folded(wanted.key.replace("_", " "))}]


_ACCENTED = {
    "a": "[aàáâäãå]",
    "e": "[eéèêë]",
    "i": "[iíìîï]",
    "o": "[oóôöòõø]",
    "u": "[uúùûü]",
    "c": "[cç]",
    "n": "[nñ]",
    "'": "['\u2019]",
}


def _any_of(words: Iterable[str]) -> str:
    """Any of these folded labels, over unfolded text; what they begin with alike is looked at once."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _branches(tree) or r"(?!)"


def _branches(node: dict[str, Any]) -> str:
    found = [f"{_letter(char)}{_branches(rest)}" for char, rest in sorted(node.items()) if char]
    if "" not in node and len(found) == 1:
        return found[0]  # a group around each letter of a word would double the pattern, and what reading it takes
    if not found:
        return ""
    return f"(?:{'|'.join(found)}){'?' if '' in node else ''}"


def _letter(char: str) -> str:
    return r"[\s/&\-,_]+" if char == " " else _ACCENTED.get(char, re.escape(char))


def _plain(line: str) -> str:
    """A line as far as it is looked at, with the colon of Chinese and Japanese as the other one."""
    return line.rstrip()[:MAX_LINE].replace("\uff1a", ":")


def _unboxed(line: str) -> str:
    """A table's row without its outer bars."""
    return line.strip().strip("|").strip() if line.lstrip().startswith("|") else line


def _cells(line: str) -> list[str]:
    if line.count("|") >= 1:
        return [cell.strip() for cell in line.strip().strip("|").split("|")]
    plain = line.strip()
    if plain.isprintable() and "  " not in plain:  # most lines
        return [plain] if plain else []
    return [cell for cell in re.split(r"\t+|\s{2,}", plain) if cell]


def _clean(value: str) -> str:
    """An answer without the form's decoration, or `""` where it is a placeholder."""
    lines = [line.strip().strip("|").rstrip() for line in value.strip().splitlines()]
    text = "\n".join(line for line in lines if line).strip().strip("*_`").strip()
    return "" if _EMPTY.match(text) else text[:MAX_VALUE]


def _urls_from_prose(lines: Sequence[str], fields: Sequence[IntakeField], found: dict[str, str]) -> None:
    """Give the first URL of the text to each field that asks for one and has no answer."""
    text = "\n".join(lines)
    if "://" not in text and "www." not in text.lower():
        return
    addressed = (line for line in lines if "://" in line or "www." in line.lower())
    match = _URL.search("\n".join(line for line in addressed if not line.startswith(QUESTION)))
    if match:
        for wanted in fields:
            if "url" in {wanted.key, *folded(wanted.label).split()}:
                found.setdefault(wanted.key, match[0].rstrip(".,;:!?"))
