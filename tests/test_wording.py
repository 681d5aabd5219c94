"""Words that people read: one is one, and nobody reads "1 mails"."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import helpdesk
from helpdesk.plural import plural
from helpdesk.shipped import shipped

ROOM = Path(helpdesk.__file__).parent
# What the desk counts aloud.
THINGS = [
    "mails",
    "cases",
    "clocks",
    "messages",
    "files",
    "bytes",
    "attachments",
    "policies",
    "examples",
    "errors",
    "warnings",
    "assumptions",
    "days",
    "hours",
    "minutes",
    "rows",
    "windows",
    "acknowledgments",
    "agents",
    "customers",
    "contacts",
    "entries",
    "copies",
    "texts",
    "events",
    "violations",
    "lines",
    "values",
    "records",
]
PLURAL = re.compile(rf" (?:[a-z]+ )?(?:{'|'.join(THINGS)})\b")
IN_TEMPLATE = re.compile(rf"\}}\}} (?:[a-z]+ )?(?:{'|'.join(THINGS)})\b")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (plural(1, "mail"), "1 mail"),
        (plural(0, "mail"), "0 mails"),
        (plural(2, "mail"), "2 mails"),
        (plural(1, "policy", "policies"), "1 policy"),
        (plural(3, "policy", "policies"), "3 policies"),
        (plural(2.5, "hour"), "2.5 hours"),
        (plural(1.0, "hour"), "1 hour"),
        (plural(1, "mail waits", "mails wait"), "1 mail waits"),
    ],
)
def test_one_is_one(said, expected):
    assert said == expected


def fixed(value):
    """A constant of the code, or a part of one: its number is known, and is not one."""
    names = [node for node in ast.walk(value) if isinstance(node, ast.Name)]
    return bool(names) and all(name.id.lstrip("_").isupper() for name in names)


def uncounted(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            for number, following in zip(node.values, node.values[1:], strict=False):
                if isinstance(number, ast.FormattedValue) and isinstance(following, ast.Constant):
                    called = PLURAL.match(str(following.value))
                    numeric = not any(isinstance(part, ast.JoinedStr) for part in ast.walk(number.value))
                    if called and numeric and not fixed(number.value):
                        yield f"{path}:{node.lineno}: {ast.unparse(number.value)}{called[0]}"


def test_whatever_is_counted_aloud_is_counted_by_the_one_function_for_it():
    found = [place for path in sorted(ROOM.rglob("*.py")) for place in uncounted(path)]
    for path in sorted(shipped("templates").rglob("*.txt")):
        found += [f"{path}: {match[0]}" for match in IN_TEMPLATE.finditer(path.read_text(encoding="utf-8"))]

    # In these the words before are no number.
    innocent = ("_all((p.key for p in concerned)) link cases", "entry.hours hours", "unit of violations")
    assert [place for place in found if not place.endswith(innocent)] == []
