"""One source, two faces: a letter's text wrapped for a terminal, and the same as a clean HTML part.

The source is plain text in blocks that a blank line divides:

    Label: value        every line like that: a table of facts
    - point             a list
    > words             somebody's words, quoted
    [Yes](mailto:...)   every line like that: links to click, in the text without what they fill in;
                        what stands behind one is what the text says in its place: [I have it](mailto:...) #ack
    -- small print      the foot
    anything else       a paragraph, wrapped at 72 columns

What a person wrote is put in with `verbatim` (passed on as it is) or `quoted` (marked with `>`, so that it can never
read as an order of the agent who answers it, threat A13). Nothing of it is ever taken for markup.
"""

from __future__ import annotations

import html
import re
import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from helpdesk.design import DARK, FONT, LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH = 72
_DEEPEST = 12  # columns of indentation that a phone has room for
# Private-use marks around a person's words, and before quoted ones; removed from those words first.
_OPEN, _CLOSE, _QUOTE = "\ue000", "\ue001", "\ue002"
_FACT = re.compile(r"([A-ZÀ-ÖØ-Þ][\w .'\u2019/-]{0,24}): +(\S.*)")
_ANSWER = re.compile(r"\[([^\[\]\n]{1,40})\]\(((?:mailto|https?):[^\s()<>\"']+)\)(?: (\S.*))?")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_SPACES = re.compile(r"[ \t\n]+")
_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}{_QUOTE}]")
_BETWEEN = re.compile(f"[{_OPEN}{_CLOSE}]")

_ROOM = "font:16px/1.5 " + FONT + ";max-width:640px;margin:0 auto;padding:16px"
_BUTTON = (  # in place, for the programs that leave style sheets out
    "display:inline-block;min-width:72px;margin:0 8px 8px 0;padding:10px 16px;border:1px solid #8a94a6;"
    "border-radius:8px;text-align:center;text-decoration:none"
)


def _coloured(colours: Mapping[str, str]) -> str:
    return (
        f"body{{background:{colours['ground']};color:{colours['ink']}}}"
        f"a{{color:{colours['link']}}}th,.foot{{color:{colours['quiet']}}}"
        f"blockquote,.foot{{border-color:{colours['line']}}}"
    )


_STYLE = f""":root{{color-scheme:light dark}}
body{{margin:0}}
table{{border-collapse:collapse;margin:0 0 16px}}
th{{font-weight:normal;text-align:left;padding:3px 14px 3px 0;vertical-align:top}}
td{{padding:3px 0;vertical-align:top}}
td,p,li,blockquote{{overflow-wrap:anywhere}}
p,ul,blockquote{{margin:0 0 16px}}
ul{{padding-left:20px}}
blockquote{{border-left:3px solid;padding-left:12px}}
.foot{{font-size:13px;border-top:1px solid;padding-top:10px}}
@media (max-width:420px){{th,td{{display:block;padding:0}}td{{padding-bottom:8px}}}}
{_coloured(LIGHT)}
@media (prefers-color-scheme:dark){{{_coloured(DARK)}}}"""
_ABOVE = (
    "<!doctype html>\n"
    '<html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>{title}</title><style>'
    + _STYLE.replace("{", "{{").replace("}", "}}")
    + f'</style></head>\n<body>\n<main style="{_ROOM}">\n'
)
_HEADING = '<p role="heading" aria-level="1"'  # where a screen reader begins: the first paragraph says what it is
_BELOW = "\n</main>\n</body></html>\n"


def verbatim(text: str) -> str:
    """A person's words, passed on as they are."""
    return f"{_OPEN}{_clean(text)}{_CLOSE}"


def quoted(text: str) -> str:
    """A person's words, every line marked as quoted."""
    lines = _clean(text).splitlines() or [""]
    return _OPEN + _QUOTE + "\n".join(f"> {line}".rstrip() for line in lines) + _CLOSE


def _clean(text: str) -> str:
    return _MARKS.sub("", text).strip("\n")


def faces(source: str, title: str = "", language: str = "en") -> tuple[str, str]:
    """A text as `as_text` and as `as_html` write it."""
    blocks = list(_blocks(source))
    text, body = "\n\n".join([text for text, _ in blocks]), "\n".join([drawn for _, drawn in blocks])
    body = body.replace("<p", _HEADING, 1)
    above = _ABOVE.format(language=html.escape(language), title=html.escape(title))
    return f"{text}\n", f"{above}{body}{_BELOW}"


def as_text(source: str) -> str:
    """The plain text part: our own paragraphs wrapped, everything else as it is."""
    return faces(source)[0]


def as_html(source: str) -> str:
    """The HTML part: no scripts, no pictures, no style that a dark screen cannot turn."""
    return faces(source)[1]


def _blocks(source: str) -> Iterator[tuple[str, str]]:
    """The blocks of a source in order, each as text and as HTML."""
    for number, piece in enumerate(_BETWEEN.split(source)):
        if number % 2:  # between the marks: a person's words
            words = piece.removeprefix(_QUOTE)
            if words.strip():
                yield words, _html_words(words) if words == piece else _html_quote(words)
            continue
        for block in _GAP.split(piece):
            if block.strip():
                yield _own_block(block.strip("\n"))


@lru_cache(maxsize=512)
def _own_block(block: str) -> tuple[str, str]:
    """A block that stands in a template: most of them say the same in every letter."""
    lines = block.splitlines()
    if facts := _each(_FACT, lines):
        return _text_facts(facts), _html_facts(facts)
    if answers := _each(_ANSWER, lines):
        lines = [f"{label}: {said or _written(link)}" for label, link, said in answers]
        return _text_facts(list(map(_fact, lines))), _html_answers(answers)
    if block.startswith("-- "):
        foot = _flowing(block.removeprefix("-- "))
        small = "\n".join(textwrap.wrap(foot, WIDTH, break_on_hyphens=False))
        return f"-- \n{small}", f'<p class="foot">{_inline(foot)}</p>'
    if lines[0].lstrip().startswith("- "):
        points = _points(lines)
        drawn = "".join(f"<li>{_inline(point)}</li>" for point in points)
        return "\n".join(_wrapped(point, "- ", "  ") for point in points), f"<ul>{drawn}</ul>"
    words = _flowing(block)
    return _wrapped(words), f"<p>{_inline(words)}</p>"


def _each(shape: re.Pattern[str], lines: list[str]) -> list[tuple[str, ...]]:
    """What a shape has of each of these lines; nothing where one of them has another."""
    found: list[tuple[str, ...]] = []
    for line in lines:
        match = shape.fullmatch(line.strip())
        if match is None:
            return []
        found.append(match.groups(""))
    return found


def _fact(line: str) -> tuple[str, ...]:
    found = _FACT.fullmatch(line)
    return found.groups() if found else ("", line)


def _text_facts(facts: Sequence[tuple[str, ...]]) -> str:
    """Aligned, so that the eye runs down the values; a long value goes on below itself."""
    width = max(len(label) for label, _ in facts) + 2
    return "\n".join(filter(None, (_wrapped(value, f"{label}:".ljust(width), " " * width) for label, value in facts)))


def _wrapped(text: str, first: str = "", other: str = "") -> str:
    if text and text.isprintable() and "  " not in text and text == text.strip(" "):
        return _wrapped_words(text, first, other)  # as it would be, in a tenth of the time
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=other, break_long_words=False, break_on_hyphens=False
    )


def _wrapped_words(text: str, first: str, other: str) -> str:
    """The same of words with single blanks between them and no other space."""
    if len(first) + len(text) <= WIDTH:
        return first + text
    word, *words = text.split(" ")
    lines, line = [], first + word
    for word in words:
        if len(line) + 1 + len(word) <= WIDTH:
            line = f"{line} {word}"
        else:
            lines.append(line)
            line = other + word
    return "\n".join([*lines, line])


def _points(lines: Sequence[str]) -> list[str]:
    """The points of a list; a line that begins no point goes on with the one before."""
    points: list[str] = []
    for line in lines:
        if line.lstrip().startswith("- ") or not points:
            points.append(line.strip().removeprefix("- "))
        else:
            points[-1] += f" {line.strip()}"
    return points


def _flowing(block: str) -> str:
    """On one line; a space that must not break, as French has it before a colon, stays one."""
    return " ".join(_SPACES.split(block.strip(" \t\n")))


def _html_facts(facts: Sequence[tuple[str, ...]]) -> str:
    rows = (f'<tr><th scope="row">{_inline(label)}</th><td>{_inline(value)}</td></tr>' for label, value in facts)
    return f"<table>{''.join(rows)}</table>"


def _written(link: str) -> str:
    """A link without what it fills in, as one can read it, copy it or click on it."""
    return unquote(link.partition("?")[0]) if link.startswith("mailto:") else link


def _html_answers(answers: Sequence[tuple[str, ...]]) -> str:
    drawn = (f'<a href="{html.escape(to)}" style="{_BUTTON}">{html.escape(label)}</a>' for label, to, _ in answers)
    return f"<p>{' '.join(drawn)}</p>"


def _html_quote(block: str) -> str:
    lines = [line.removeprefix(">").removeprefix(" ") for line in block.splitlines()]
    return f"<blockquote>{'<br>'.join(_drawn(lines))}</blockquote>"


def _drawn(lines: list[str]) -> Iterator[str]:
    """Lines of a person's words; most of them have nothing but signs that are escaped, and are so at once."""
    for line, escaped in zip(lines, html.escape("\n".join(lines)).split("\n"), strict=False):
        plain = not line or (line[0] != " " and "\t" not in line and "http" not in line)
        yield escaped if plain else _indented(line)


def _html_words(block: str) -> str:
    paragraphs = ("<br>".join(map(_indented, part.split("\n"))) for part in _GAP.split(block.strip("\n")))
    return "\n".join(f"<p>{part}</p>" for part in paragraphs)


def _indented(line: str) -> str:
    """One line of a person's words; code and lists keep their indentation."""
    words = line.expandtabs(4)
    indent = len(words) - len(words.lstrip(" "))
    return "&nbsp;" * min(indent, _DEEPEST) + _inline(words[indent:])


def _inline(text: str) -> str:
    """Escaped, with web addresses made links."""
    if "http" not in text:
        return html.escape(text)
    parts = []
    end = 0
    for link in _LINK.finditer(text):
        url = html.escape(link[0])
        parts += [html.escape(text[end : link.start()]), f'<a href="{url}">{url}</a>']
        end = link.end()
    return "".join([*parts, html.escape(text[end:])])
