"""Who speaks in a mail: its author, or a machine that they quote.

A log, a stack trace, JSON, a template's headings and boxes say what a program or somebody else wrote. They are heard
too, with a smaller weight, and what they say is never the customer's claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^\s*(?:```|~~~|\{code|<pre|</pre)", re.IGNORECASE)
_STAMP = re.compile(
    r"^\W{0,2}(?:\w{1,12}[ :|]+)?"
    r"(?:\d{4}[-/.]\d{2}[-/.]\d{2}[ T]|\d{1,2}[/.-]\w{2,3}[/.-]\d{2,4}[ :]|\w{3} +\d{1,2} )?\d{2}:\d{2}:\d{2}\b"
)
_LEVEL = re.compile(r"^\W{0,2}(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|FATAL|CRITICAL|SEVERE|PANIC)\b[\]:| ]")
_FRAME = re.compile(
    r"^\s*(?:at [\w$.<>/\[\]]+\s?\(|File \"|Traceback \(|Caused by:|goroutine \d|#\d+ +\S|\d+: +\S+::|"
    r"\.\.\. \d+ more|[\w.$]+(?:Exception|Error)\b)"
)
_SHELL = re.compile(r"^\s*(?:[$#] \w|[\w.-]+@[\w.-]+[:~$#]|(?:SELECT|INSERT|UPDATE|DELETE|GET|POST|PUT) \S|HTTP/\d)")
_BOX = re.compile(r"^\s*(?:[-*+]\s*)?\[[ xX✓✔]\]")
_HEADING = re.compile(r"^\s*(?:#{1,6} |\*\*[^*]{1,60}\*\*:?\s*$)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKS = re.compile(r"[{}\[\]<>=;|\\/_&$@#%^~+*]")
_JSON = re.compile(r'"\s*:\s*["\d{\[]')
_PAIRS = 2  # of a key and a value in a line of data
_CODED = 0.14  # so much of a line of code or data is made of its marks
_SHORT = 12  # characters of which nothing is concluded


@dataclass(frozen=True, slots=True)
class Voices:
    """The lines of a mail in order, apart: what its author says, and what a machine or a form says."""

    own: str
    machine: str


def voices(text: str) -> Voices:
    """Tell the voices of a text apart by its lines."""
    own: list[str] = []
    machine: list[str] = []
    fenced = False
    for line in _COMMENT.sub("", text).splitlines():
        if _FENCE.match(line):
            fenced = not fenced and line.count("```") != 2
            machine.append(line)
        elif fenced or is_machine(line):
            machine.append(line)
        else:
            own.append(line)
    return Voices("\n".join(own), "\n".join(machine))


def is_machine(line: str) -> bool:
    """Whether a program or a form wrote it, by its look."""
    if any(shape.match(line) for shape in (_STAMP, _LEVEL, _FRAME, _SHELL, _BOX, _HEADING)):
        return True
    if '":' in line and len(_JSON.findall(line)) >= _PAIRS:
        return True
    return len(line) > _SHORT and len(_MARKS.findall(line)) / len(line) > _CODED
