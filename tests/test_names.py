"""One word, one meaning: no class name has two homes, and the glossary says what each stands for. No long functions.

The glossary is made of the first lines of the classes' docstrings: `HELPDESK_GOLDEN=rewrite pytest tests/test_names.py`
writes it anew.
"""

from __future__ import annotations

import ast
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[1]
PACKAGE = TOP / "helpdesk"
GLOSSARY = TOP / "docs" / "glossary.md"
ROOMS = [
    room
    for room in (
        "core",
        "offering",
        "openhours",
        "severity",
        "thanks",
        "languages",
        "desk",
        "operators",
        "privacy",
        "unit",
        "letters",
        "templates",
    )
    if [*PACKAGE.glob(f"{room}*")]
]
PAGE = 60  # lines
HEAD = """# Glossary

Every public class of the rooms where the desk's words are made, in one line each, as its docstring begins. The words
themselves are told in [HOW-IT-WORKS.md](../HOW-IT-WORKS.md#words).
"""


def files(room: str) -> list[Path]:
    return sorted(PACKAGE.glob(f"{room}.py")) + sorted((PACKAGE / room).rglob("*.py"))


def classes(file: Path) -> Iterator[ast.ClassDef]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node


def aliases(file: Path) -> Iterator[str]:
    """Names of types that are no classes, `Status = Literal["open", "waiting"]`; a TypeVar stands for any."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and not _is_variable(node.value):
            name = node.targets[0].id
            if name.lstrip("_")[0].isupper() and not name.isupper():
                yield name


def _is_variable(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar"


def glossary() -> str:
    text = HEAD
    for room in ROOMS:
        found = sorted(
            (node.name, file.relative_to(PACKAGE).as_posix(), (ast.get_docstring(node) or "").partition("\n")[0])
            for file in files(room)
            for node in classes(file)
            if not node.name.startswith("_")
        )
        rows = [f"| `{name}` | {file} | {said.replace('|', chr(92) + '|')} |\n" for name, file, said in found]
        text += f"\n## {room}\n\n| class | file | is |\n|---|---|---|\n{''.join(rows)}"
    return text


def test_no_public_class_has_the_name_of_another():
    names = Counter(
        node.name for file in PACKAGE.rglob("*.py") for node in classes(file) if not node.name.startswith("_")
    )
    assert [name for name, number in names.items() if number > 1] == []


def test_no_type_of_these_rooms_has_the_name_of_another():
    """Private ones and aliases too: who reads `Status` is not to ask which one."""
    homes = [file for room in ROOMS for file in files(room)]
    names = Counter(
        name.lstrip("_") for file in homes for name in (*(node.name for node in classes(file)), *aliases(file))
    )
    assert [name for name, number in names.items() if number > 1] == []


def test_the_glossary_has_every_class():
    if os.environ.get("HELPDESK_GOLDEN") == "rewrite":
        GLOSSARY.write_text(glossary(), encoding="utf-8")
    assert GLOSSARY.read_text(encoding="utf-8") == glossary(), "HELPDESK_GOLDEN=rewrite pytest tests/test_names.py"


def test_no_function_is_longer_than_a_page():
    long = [
        f"{file.relative_to(TOP)}: {node.name} has {length} lines"
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > PAGE
    ]
    assert long == []
