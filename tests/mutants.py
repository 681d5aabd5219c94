"""`make mutants`: breaks a line of `core` or `desk` in a copy of the tree, and says whether `make fast` sees it; again and again.

What is broken is drawn by a seed, as much of each kind: a comparison, a boolean, a number, a call that is left out, a
value that is returned. First all of `tests/fast.txt` runs once, to learn which test comes to which function; then those
that come there are run on each mutant, the shortest first, until one fails.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import itertools
import json
import os
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("helpdesk/core", "helpdesk/desk")
PATIENCE = 240  # seconds; who goes round in circles is found too
_COMPILING = {"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
_FAILED = re.compile(r"(?m)^(?:FAILED|ERROR) (.+?)(?: - .*)?$")
_MET = "HELPDESK_MUTANTS_MET"  # the folder into which a run of pytest writes which test comes where
_COMPARED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}


_NOTHING = frozenset({"None", "False", '""', "()", "[]", "{}"})  # what a function without an answer returns already


@dataclass(frozen=True, slots=True)
class Mutant:
    """One place of one file, in other words."""

    kind: str
    file: str
    function: str
    body: int  # where the function's first line begins, and how far it is indented
    indent: int
    start: int  # in the file's bytes
    end: int
    text: str

    def of(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]

    @property
    def place(self) -> str:
        return f"{self.file} {self.function} {self.body}"

    def shown(self, source: bytes) -> str:
        line = source.count(b"\n", 0, self.start) + 1
        old = " ".join(source[self.start : self.end].decode().split())
        return f"{self.kind}: {self.file}:{line}: {old[:60]} -> {self.text[:60]}"


# --- what can be broken


def mutants(file: str) -> Iterator[Mutant]:
    """All that can be broken in the functions of a file."""
    text = (ROOT / file).read_bytes()
    source = _Source(text, [0, *itertools.accumulate(len(line) for line in text.splitlines(keepends=True))])
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef) and (first := _first(function)):
            body = source.starts[min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", []))]) - 1]
            for node in _own(function):
                for kind, begins, ends, words in _changes(node, source):
                    yield Mutant(kind, file, function.name, body, first.col_offset, begins, ends, words)


def _first(function: ast.FunctionDef) -> ast.stmt | None:
    """The first statement that does something and has a line of its own."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[0] if body and body[0].lineno > function.lineno else None


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What stands in the body of a function, and in no other function."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assert | ast.JoinedStr):
            waiting += ast.iter_child_nodes(node)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file's bytes, and where each of its lines starts."""

    text: bytes
    starts: Sequence[int]

    def begins(self, node: Any) -> int:
        return self.starts[node.lineno - 1] + int(node.col_offset)

    def ends(self, node: Any) -> int:
        return self.starts[node.end_lineno - 1] + int(node.end_col_offset)

    def words(self, node: Any) -> str:
        return self.text[self.begins(node) : self.ends(node)].decode()

    def between(self, first: Any, second: Any) -> tuple[int, int, str]:
        begins, ends = self.ends(first), self.begins(second)
        return begins, ends, self.text[begins:ends].decode()


def _changes(node: Any, source: _Source) -> Iterator[tuple[str, int, int, str]]:
    """Kind, from, to, and the words that take the place."""
    match node:
        case ast.Compare(left, [operator], [right]):
            begins, ends, there = source.between(left, right)
            yield "comparison", begins, ends, there.replace(*_COMPARED[type(operator)], 1)
        case ast.BoolOp(operator, [left, right, *_]):
            begins, ends, there = source.between(left, right)
            old, new = ("and", "or") if isinstance(operator, ast.And) else ("or", "and")
            yield "boolean", begins, ends, re.sub(rf"\b{old}\b", new, there, count=1)
        case ast.UnaryOp(ast.Not(), operand):
            yield "boolean", source.begins(node), source.ends(node), f"bool({source.words(operand)})"
        case ast.Constant(bool() | int() as value):
            new = str(not value) if isinstance(value, bool) else str(value + 1)
            yield "constant", source.begins(node), source.ends(node), new
        case ast.Expr(ast.Call()) if not re.match(r"_?log(ger)?\b|_LOG", source.words(node)):
            yield "call", source.begins(node), source.ends(node), "None"
        case ast.Return(ast.expr() as value) if source.words(value) not in _NOTHING:
            yield "return", source.begins(value), source.ends(value), _otherwise(value, source.words(value))


def _otherwise(returned: ast.expr, words: str) -> str:
    return f"not ({words})" if isinstance(returned, ast.Compare | ast.BoolOp | ast.UnaryOp) else "None"


def chosen(count: int, seed: int) -> list[Mutant]:
    """As many of each kind, no two in one function."""
    files = sorted(str(path.relative_to(ROOT)) for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    there = [mutant for file in files for mutant in mutants(file)]
    random.Random(seed).shuffle(there)
    kinds = sorted({mutant.kind for mutant in there})
    taken: dict[str, Mutant] = {}
    for number in range(count):
        kind = kinds[number % len(kinds)]
        drawn = next(one for one in there if one.kind == kind and one.place not in taken)
        taken[drawn.place] = drawn
    return list(taken.values())


# --- which tests come there; this module is pytest's plugin for that


def with_hooks(source: bytes, here: Sequence[Mutant]) -> bytes:
    """The file, with functions that say when they are called."""
    for mutant in sorted(here, key=lambda one: one.body, reverse=True):
        hook = f"{' ' * mutant.indent}__import__('builtins').mutants_met.add({mutant.place!r})\n"
        source = source[: mutant.body] + hook.encode() + source[mutant.body :]
    return source


if _MET in os.environ:
    vars(builtins)["mutants_met"] = set()  # already what is imported before pytest is ready may call them


class Watch:
    """Notes which test comes to which of those functions."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._met: dict[str, list[tuple[float, str]]] = {}
        self._here: set[str] = vars(builtins)["mutants_met"]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._here.clear()
        began = time.process_time()
        try:
            return (yield)
        finally:
            for place in self._here:
                self._met.setdefault(place, []).append((time.process_time() - began, item.nodeid))

    def pytest_sessionfinish(self) -> None:
        self._file.write_text(json.dumps(self._met), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Watch, where a run of `learned` asks for it."""
    if folder := os.environ.get(_MET):
        config.pluginmanager.register(Watch(Path(folder)))


# --- the tree that is broken


class Tree:
    """A copy of the sources, one file of which is another for a moment."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = folder
        left_out = shutil.ignore_patterns(".git", ".venv", "var", "dist", ".*_cache", ".hypothesis")
        shutil.copytree(source, folder, ignore=left_out)

    def learned(self, drawn: Sequence[Mutant]) -> dict[str, list[str]]:
        """The tests of the fast lane that come to the functions of these mutants, the shortest first.

        What fails before anything is broken finds nothing.
        """
        sources = {(place := self.folder / mutant.file): place.read_bytes() for mutant in drawn}
        for place, source in sources.items():
            here = [mutant for mutant in drawn if self.folder / mutant.file == place]
            place.write_bytes(with_hooks(source, here))
        met = self.folder / "met"
        met.mkdir()
        several = ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
        done = self._pytest(["-p", "tests.mutants", *several, "@tests/fast.txt"], {_MET: str(met)}, patience=3_600)
        for place, source in sources.items():
            place.write_bytes(source)
        failed = set(_FAILED.findall(done.stdout))
        for name in sorted(failed):
            _say(f"{name} fails before anything is broken")
        found: dict[str, list[tuple[float, str]]] = {}
        for file in met.iterdir():
            for place, tests in json.loads(file.read_text(encoding="utf-8")).items():
                found.setdefault(place, []).extend((took, name) for took, name in tests if name not in failed)
        return {place: [name for _, name in sorted(tests)] for place, tests in found.items()}

    def finds(self, mutant: Mutant, tests: Sequence[str]) -> str:
        """The test that fails on the mutant; empty where none does."""
        file = self.folder / mutant.file
        source, times = file.read_bytes(), file.stat()
        listed = self.folder / "tests.txt"
        listed.write_text("\n".join(tests), encoding="utf-8")
        try:
            file.write_bytes(mutant.of(source))
            kept = {"PYTHONDONTWRITEBYTECODE": "1"}  # nothing is compiled but what `learned` has compiled: no mutant
            done = self._pytest(["-n", "0", "-x", f"@{listed}"], kept, patience=PATIENCE)
        except subprocess.TimeoutExpired:
            return "the clock: it never ends"
        finally:
            file.write_bytes(source)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        failed = _FAILED.search(done.stdout)
        return (failed[1] if failed else "tests that do not start") if done.returncode else ""

    def _pytest(
        self, arguments: Sequence[str], environment: dict[str, str], *, patience: float
    ) -> subprocess.CompletedProcess[str]:
        ours = {name: value for name, value in os.environ.items() if name not in _COMPILING}
        options = ["-q", "-p", "no:cacheprovider", "--tb=no", "--hypothesis-seed=0"]
        return subprocess.run(
            [sys.executable, "-m", "pytest", *options, *arguments],
            cwd=self.folder,
            env={**ours, **environment},
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """The command line; 1 where more than one mutant in fifteen was not found."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    drawn = chosen(asked.count, asked.seed)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        first = Tree(ROOT, Path(folder) / "0")
        tests = first.learned(drawn)
        trees: queue.Queue[Tree] = queue.Queue()
        for number in range(os.cpu_count() or 1):
            trees.put(Tree(first.folder, Path(folder) / str(number + 1)))

        def tried(mutant: Mutant) -> bool:
            coming = tests.get(mutant.place, [])
            tree = trees.get()
            by = tree.finds(mutant, coming) if coming else ""
            trees.put(tree)
            said = f"found by {by}" if by else f"NOT FOUND by {len(coming)} tests"
            _say(f"{mutant.shown((first.folder / mutant.file).read_bytes())}\n    {said}")
            return bool(by)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = sum(pool.map(tried, drawn))
    _say(f"{found} of {len(drawn)} found, seed {asked.seed}")
    return int(found * 15 < len(drawn) * 14)


if __name__ == "__main__":
    sys.exit(main())
