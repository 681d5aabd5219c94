"""What is wrong with a text that is no TOML, in words that say what to write.

Values are not repeated: they may be secrets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tomllib import TOMLDecodeError

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_STATEMENT = re.compile(r"""\s*([\w."'-]+)\s*=\s*([^#]*?)\s*(?:#.*)?""")
_CURLY = re.compile("[\u2018-\u201f\u00ab\u00bb]")
_TRUTHS = frozenset({"true", "false", "yes", "no", "on", "off"})
# How tomllib's own texts begin, in what order it may be; what it says elsewhere is said as it is.
_WORDS = (
    (r"Illegal character '\\n'|Unterminated string|Expected \"'\"", "expected a quote at the end of the text, too"),
    (r"Unclosed array", "expected a comma between the entries of a list, and ] at its end"),
    (r"Unclosed inline table", "expected { } around a table on one line, with commas between its keys"),
    (r"Expected ']", "expected [name] for a table, [[name]] for one of several, with nothing behind it"),
    (r"Cannot |Duplicate ", "expected each key and each [table] once; this one stands above already"),
    (r"Invalid hex value|Unescaped '\\'", "expected no \\ between double quotes; write the text between single ones"),
    (r"Invalid statement", "expected KEY = VALUE, [table], or # and a remark"),
)


def in_words(text: str, problem: TOMLDecodeError) -> str:
    """`line 3: what was expected`."""
    found = _PLACE.search(str(problem))
    lines = text.splitlines() or [""]
    number = min(int(found[1]), len(lines)) if found and found[1] else _left_open(lines)
    said = _PLACE.sub("", str(problem))
    return f"line {number}: {_expected(said, lines[number - 1])}"


def _left_open(lines: list[str]) -> int:
    """The number of the line where what does not end may have begun: the last with half a pair of quotes, or at all."""
    odd = (number for number, line in enumerate(lines, start=1) if line.count("'") % 2 or line.count('"') % 2)
    return max(odd, default=len(lines))


def _expected(said: str, line: str) -> str:
    if curly := _CURLY.search(line):
        return f'expected " for a quote, not {curly[0]}'
    if said.startswith("Expected '='"):
        return "expected KEY = VALUE, not KEY: VALUE" if ":" in line else "expected KEY = VALUE, or # before a remark"
    statement = _STATEMENT.fullmatch(line)
    if statement and said.startswith(("Invalid value", "Expected newline")):
        return _value(statement[1], statement[2])
    words = next((words for pattern, words in _WORDS if re.match(pattern, said)), "")
    return words or f"expected TOML: {said}"


def _value(key: str, value: str) -> str:
    if not value:
        return f"expected a value behind {key} ="
    if value.lower() in _TRUTHS:
        return f"expected true or false in small letters for {key}"
    if value[0] in "\"'[{":
        return f"expected nothing behind the value of {key}; text with quotes in it stands between the other ones"
    return f'expected text between quotes: {key} = "..."'
