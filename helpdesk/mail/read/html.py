"""HTML to readable text: paragraphs, lists, links, tables and quotes kept; scripts, styles and hidden text dropped.

Own tokeniser, because every parser that was measured goes quadratic on some hostile input (threat C06; figures in
`bench/mail.md`). Each character is looked at a bounded number of times and nothing recurses. Nothing is fetched.
"""

# ruff: noqa: SIM905  a list of words reads best as words

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_BLOCKS = frozenset(
    "address article aside body center dd details dialog dir div dl dt fieldset figcaption figure footer form header "
    "html legend main menu nav ol section summary table tbody tfoot thead tr ul caption option select".split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 pre blockquote".split())
_LISTS = ("ul", "ol", "menu", "dir")
_RAW = frozenset("script style title xml svg math".split())  # content is not shown
_VOID = frozenset("br img hr input meta link base col area embed source wbr param track".split())
# These change nothing by themselves; the others nothing where no line is begun.
_INLINE = "span font b i u em strong o:p small big sub sup tt code label meta head".split()
_STRUCK = ("s", "strike", "del")  # said no more, as plain text has it: "you can ~~not~~"
_STROKE = "~~"
_CELLS = ("td", "th")
_BETWEEN_LINES = (
    "p div tr table tbody thead tfoot center h1 h2 h3 h4 h5 h6 section article header footer main body html".split()
)
_MAX_QUOTE = 20  # deeper quotation is shown at this depth
_MAX_LISTS = 50

# To the `>` that ends a tag, past those in quoted values; a quote that is never closed is no match.
_TO_END = re.compile(r"""(?:[^>=]*+=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])))*+[^>=]*+>""")
# Programs put plain text into HTML as it is: `<kim@acme.example>`, `<host_name>` and `<https://...>` are no elements.
_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9-]{0,60}(?::[a-zA-Z0-9-]{1,60})?(?=[\s/>])")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]{1,60}+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""")
_HUGE_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{8,});?")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_UNEVEN = re.compile(r"[\t\n\r\f][ \t\n\r\f]*+| [ \t\n\r\f]++")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)


def _tags(names: Iterable[str]) -> str:
    """A tag of one of these names, as nearly all are: in small letters, its attributes without `<` or stray quotes.

    `_TO_END` ends each of them at the same place.
    """
    value = """(?:"[^"<]*+"|'[^'<]*+'|(?=[^"'\\s]))"""
    return rf"""(?:{"|".join(names)})(?=[\s/>])[^<>"'=]*+(?:={value}[^<>"'=]*+)*+>"""


_INLINE_TAG = re.compile(f"</?{_tags(_INLINE)}|</{_tags(_CELLS)}")
_WORDS = re.compile(rf"(?:[^<]++|{_INLINE_TAG.pattern})++")
_BETWEEN = re.compile(rf"(?:[ \t\n\r\f]++|</li>|</?{_tags([*_BETWEEN_LINES, *_CELLS, *_INLINE])})++")
_BEHIND_LINE = re.compile(rf"(?=</?(?:{'|'.join(_BETWEEN_LINES)})[\s/>]|</li>){_BETWEEN.pattern}")
_PARAGRAPH = re.compile(r"</?(?:p|h[1-6])\b")
_BARE = re.compile("<(br|li|td|th)>")


_IMAGE = re.compile(r"<img\b[^<>]{1,4000}>", re.IGNORECASE)


def stand_ins(html: str) -> dict[str, str]:
    """What a text has in the place of each picture that comes with its mail, by its Content-ID (RFC 2392)."""
    images = (found[0][4:-1] for found in _IMAGE.finditer(html))
    sources = ((_attribute(image, "src").partition("cid:")[2], _described(image)) for image in images)
    return {source: shown for source, shown in sources if source and shown}


def to_text(html: str) -> str:
    """The readable text of an HTML mail."""
    writer = _Writer()
    _feed(html, writer)
    text = writer.text()
    if not text and writer.hid_something:
        writer = _Writer(show_hidden=True)
        _feed(html, writer)
        text = writer.text()
    return text


def _feed(html: str, writer: _Writer) -> None:
    tags = _Tags(html)
    at, size, piecemeal = 0, len(html), 0
    while at < size:
        if at >= piecemeal and tags.are_quoted and not writer.hidden:
            at, piecemeal = _past_simple(html, at, writer)
            if at == size:
                return
        opening = html.find("<", at)
        if opening < 0:
            opening = size
        if opening > at:
            writer.data(html[at:opening])
        if opening == size:
            return
        at = tags.read(opening, writer)


def _past_simple(html: str, at: int, writer: _Writer) -> tuple[int, int]:
    """Handle words, and the tags around them that only separate or begin lines, or change no text: most of an office's.

    Returns where the text goes on, and how far it is to be read piece by piece: some tag there may hide what follows.
    """
    while True:
        separators = _BETWEEN if writer.between_lines else _BEHIND_LINE
        if not writer.keeps_blanks and (found := separators.match(html, at)):
            if _hides(found[0]):
                return at, found.end()
            writer.separate(paragraphs=_PARAGRAPH.search(found[0]) is not None)
            at = found.end()
        found = _BARE.match(html, at)
        if found is not None:
            writer.open(found[1], "")
            at = found.end()
            continue
        found = _WORDS.match(html, at)
        if found is None:
            return at, at
        if _hides(found[0]):
            return at, found.end()
        for words in _INLINE_TAG.split(found[0]) if "<" in found[0] else (found[0],):
            if words:
                writer.data(words)
        at = found.end()


class _Tags:
    """Reads one piece of markup at a time. A search that failed once is never begun again."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._hopeless: set[str] = set()
        self.are_quoted = True  # the values of attributes

    def read(self, at: int, writer: _Writer) -> int:
        """Handle the markup at `at`; where the text goes on."""
        html = self._html
        name = _NAME.match(html, at + 1)
        if not name:
            return self._no_tag(at, writer)
        end = self._tag_end(name.end())
        if end < 0:
            writer.data("<")
            return at + 1
        tag = name[0].lower()
        if tag[0] == "/":
            writer.close(tag[1:])
            return end
        if tag in _RAW:
            return self._past_raw(tag, end)
        writer.open(tag, html[name.end() : end - 1])
        return end

    def _no_tag(self, at: int, writer: _Writer) -> int:
        """A comment, a declaration, or a mere `<`."""
        if self._html.startswith("<!--", at):
            return self._past("-->", at + 4, otherwise=at + 4)
        if self._html.startswith(("<!", "<?"), at):
            return self._past(">", at + 2, otherwise=at + 2)
        writer.data("<")
        return at + 1

    def _past(self, mark: str, at: int, *, otherwise: int) -> int:
        if mark in self._hopeless:
            return otherwise
        found = self._html.find(mark, at)
        if found < 0:
            self._hopeless.add(mark)
            return otherwise
        return found + len(mark)

    def _past_raw(self, tag: str, at: int) -> int:
        closing = f"</{tag}"
        if closing in self._hopeless:
            return at
        found = re.compile(re.escape(closing), re.IGNORECASE).search(self._html, at)
        if not found:
            self._hopeless.add(closing)
            return at
        return self._past(">", found.end(), otherwise=found.end())

    def _tag_end(self, at: int) -> int:
        """Just behind the `>` that ends the tag; -1 where there is none."""
        if ">" in self._hopeless:
            return -1
        plain = self._html.find(">", at)
        if plain < 0:
            self._hopeless.add(">")
            return -1
        if not self.are_quoted or self._html.find("=", at, plain) < 0:
            return plain + 1
        past = _TO_END.match(self._html, at)
        if past is None:
            self.are_quoted = False  # an attribute's quote is never closed: from here on quotes mean nothing
            return plain + 1
        return past.end()


class _Writer:
    """Collects lines. Every line carries the quote depth it was written at."""

    def __init__(self, *, show_hidden: bool = False) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._depth_above = 0  # of the line written last
        self._lists: list[int] = []  # of every open list the next number, -1 for bullets
        self._marker = ""
        self._pre = 0
        self._gap = 0  # blank lines owed before the next text
        self._links: list[tuple[str, int]] = []  # target, and length of the line's pieces when the link began
        self._struck = 0
        self._hidden: tuple[str, int] | None = None
        self._show_hidden = show_hidden
        self.hid_something = False

    @property
    def hidden(self) -> bool:
        """Whether nothing is shown here."""
        return self._hidden is not None

    @property
    def between_lines(self) -> bool:
        """Whether no line is begun."""
        return not self._line

    @property
    def keeps_blanks(self) -> bool:
        """Whether blanks and line ends are shown as they are."""
        return self._pre > 0

    def separate(self, *, paragraphs: bool) -> None:
        """Tags that begin and end lines, or paragraphs, with no words between them."""
        self._block()
        self._gap = max(self._gap, int(paragraphs))

    def data(self, raw: str) -> None:
        if self._hidden:
            return
        text = unescape(_HUGE_NUMBER.sub("\ufffd", raw)) if "&" in raw else raw
        if self._pre:
            first, *rest = text.split("\n")
            self._put(first)
            for line in rest:
                self._break()
                self._put(line)
            return
        if "  " in text or not text.isprintable():
            text = _UNEVEN.sub(" ", text)
        if text != " " or (self._line and not self._line[-1].endswith(" ")):
            self._put(text if self._line else text.lstrip(" "))

    def open(self, tag: str, attributes: str) -> None:
        if self._hidden:
            if tag == self._hidden[0]:
                self._hidden = (tag, self._hidden[1] + 1)
        elif tag not in _VOID and not self._show_hidden and _hides(attributes):
            self._hidden, self.hid_something = (tag, 1), True
        elif tag in _OPENERS:
            _OPENERS[tag](self, tag, attributes)
        elif tag in _BLOCKS:
            self._block()

    def open_break(self, tag: str, attributes: str) -> None:  # noqa: ARG002  one signature for all openers
        self._break()

    def open_paragraph(self, tag: str, attributes: str) -> None:  # noqa: ARG002
        self._block()
        self._gap = max(self._gap, 1)
        self._depth += tag == "blockquote"
        self._pre += tag == "pre"

    def open_list(self, tag: str, attributes: str) -> None:
        self._block()
        if len(self._lists) < _MAX_LISTS:
            start = _attribute(attributes, "start")  # of a list that a picture has interrupted
            first = int(start) if start.isdecimal() and len(start) < 6 else 1
            self._lists.append(first if tag == "ol" else -1)

    def open_item(self, tag: str, attributes: str) -> None:  # noqa: ARG002
        self._block()
        number = self._lists[-1] if self._lists else -1
        indent = "  " * max(0, len(self._lists) - 1)
        self._marker = f"{indent}- " if number < 0 else f"{indent}{number}. "
        if number >= 0:
            self._lists[-1] = number + 1

    def open_cell(self, tag: str, attributes: str) -> None:  # noqa: ARG002
        if self._line:
            self._put("  ")

    def open_rule(self, tag: str, attributes: str) -> None:  # noqa: ARG002
        self._block()
        self._put("_" * 32)
        self._block()

    def open_link(self, tag: str, attributes: str) -> None:  # noqa: ARG002
        self._links.append((_attribute(attributes, "href"), len(self._line)))

    def open_image(self, tag: str, attributes: str) -> None:  # noqa: ARG002
        self._put(_described(attributes))

    def open_struck(self, tag: str, attributes: str) -> None:  # noqa: ARG002
        self._struck += 1
        if self._struck == 1:  # within another there is nothing more to strike
            self._put(_STROKE)

    def close(self, tag: str) -> None:
        if self._hidden:
            if tag == self._hidden[0]:
                depth = self._hidden[1] - 1
                self._hidden = (tag, depth) if depth else None
            return
        if tag == "blockquote":
            self._block()
            self._depth = max(0, self._depth - 1)
            self._gap = max(self._gap, 1)
        elif tag in _PARAGRAPHS:
            self._block()
            self._pre = max(0, self._pre - (tag == "pre"))
            self._gap = max(self._gap, 1)
        elif tag in _LISTS:
            self._block()
            if self._lists:
                self._lists.pop()
            self._gap = max(self._gap, 0 if self._lists else 1)
        elif tag == "li" or tag in _BLOCKS:
            self._block()
        elif tag == "a" and self._links:
            self._end_link()
        elif tag in _STRUCK and self._struck:
            self._end_struck()

    def text(self) -> str:
        self._block()
        return "\n".join(self._lines).strip("\n")

    def _end_link(self) -> None:
        target, begun = self._links.pop()
        label = "".join(self._line[begun:]).strip()
        target = unescape(_HUGE_NUMBER.sub("", target)).strip() if len(target) < 4_000 else ""
        scheme, colon, rest = target.partition(":")
        if not colon or scheme.lower() not in {"http", "https", "mailto", "tel", "ftp"}:
            return
        shown = rest.partition("?")[0] if scheme.lower() in {"mailto", "tel"} else target
        if _bare(shown) != _bare(label) and "".join(shown.split()) == shown:
            self._line.append(f" <{shown}>" if label else f"<{shown}>")

    def _end_struck(self) -> None:
        self._struck -= 1
        if self._struck:
            return
        if self._line and self._line[-1] == _STROKE:
            self._line.pop()  # it was empty
        else:
            self._put(_STROKE)

    def _put(self, text: str) -> None:
        if text:
            self._line.append(text)

    def _block(self) -> None:
        """Begin a new line unless we stand at the beginning of one."""
        if self._line:
            self._break()

    def _break(self) -> None:
        line = "".join(self._line).rstrip()
        line = line if self._pre else line.lstrip(" ")
        depth = min(self._depth, _MAX_QUOTE)
        prefix = ">" * depth + " " if depth else ""
        if line and self._gap and self._lines:
            self._lines += [">" * min(depth, self._depth_above)] * self._gap
        self._depth_above = depth
        if line:
            self._gap = 0
        if line or self._lines:
            self._lines.append((prefix + self._marker + line).rstrip())
            self._marker = "" if line else self._marker
        self._line.clear()
        self._links = [(target, 0) for target, _ in self._links[-1:]]


_OPENERS: dict[str, Callable[[_Writer, str, str], None]] = {
    "br": _Writer.open_break,
    "li": _Writer.open_item,
    "td": _Writer.open_cell,
    "th": _Writer.open_cell,
    "hr": _Writer.open_rule,
    "a": _Writer.open_link,
    "img": _Writer.open_image,
    **dict.fromkeys(_STRUCK, _Writer.open_struck),
    **dict.fromkeys(_PARAGRAPHS, _Writer.open_paragraph),
    **dict.fromkeys(_LISTS, _Writer.open_list),
}


def _hides(attributes: str) -> bool:
    return ("none" in attributes or "mso-hide" in attributes) and _HIDDEN.search(attributes) is not None


def _attribute(attributes: str, wanted: str) -> str:
    for name, double, single, bare in _ATTRIBUTE.findall(attributes[:8_000]):
        if name.lower() == wanted:
            value: str = double or single or bare
            return unescape(_HUGE_NUMBER.sub("", value)) if wanted == "alt" else value
    return ""


def _described(attributes: str) -> str:
    alt = _attribute(attributes, "alt").strip()
    return f"[{_SPACES.sub(' ', alt)}]" if alt else ""


def _bare(link: str) -> str:
    return link.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
