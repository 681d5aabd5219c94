"""TOML tables into dataclasses, with every problem reported at once: `file: key: what was expected`."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, dataclass_transform

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from helpdesk.errors import ConfigurationError
from helpdesk.placeholders import blank, keys_of, speaks_of_blank, types_at
from helpdesk.toml_mistakes import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

T = TypeVar("T")
# `true` or `false` and no text or number that may mean it; the environment, which has only text, sets none of these.
TrueOrFalse = Annotated[bool, Field(strict=True)]


def written_as(key: str) -> Any:
    """What says in an `Annotated` that a field has another key in the file: `from` is a word of Python's own."""
    return Field(alias=key)


_UNKNOWN_KEY = {"unexpected_keyword_argument", "extra_forbidden"}
_WORDS = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a table",
    "dataclass_type": "a table",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "date_from_datetime_parsing": "a date such as 2026-05-01",
    "datetime_from_date_parsing": "a time such as 2026-05-01T13:00:00",
}
_URL = re.compile(r"(\w://)[^'\"\s]+")
_ROUNDS = 8  # a table inside a table inside ...: deeper than any file of ours


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def toml_table(cls: type[T]) -> type[T]:
    """Class decorator: a frozen dataclass that a table of a file fills. A key that it does not have is refused."""
    made = dataclass(frozen=True, slots=True)(cls)
    made.__pydantic_config__ = ConfigDict(extra="forbid", strict=False)  # type: ignore[attr-defined]
    return made


def read_toml(path: Path) -> dict[str, Any]:
    """Parse a TOML file. Raises ConfigurationError that names the file and the line."""
    return parse_toml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """A file that an operator wrote. Raises ConfigurationError that names it."""
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors put a mark in front, which is not text
    except FileNotFoundError:
        raise ConfigurationError([f"{path}: expected a file, there is none"]) from None
    except OSError as problem:
        raise ConfigurationError([f"{path}: expected a readable file: {problem.strerror}"]) from None
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise ConfigurationError([f"{path}: expected UTF-8, line {line} is something else"]) from None


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Parse TOML text; `name` stands before a problem. Raises ConfigurationError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigurationError([f"{name}: {in_words(text, problem)}"]) from None


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def json_schema(shape: Any) -> dict[str, Any]:
    """The JSON schema of a dataclass, for editors."""
    return _adapter(shape).json_schema()


@dataclass(frozen=True)
class Filled(Generic[T]):
    """A dataclass with blanks for what is missing or wrong, and the problems.

    `problems` are `file: key: what was expected`; `keys` are their keys.
    """

    table: T
    name: str
    problems: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def further(self, found: Iterable[str]) -> list[str]:
        """Of what was found in the table, each `key: what was expected`, that which does not come of a blank.

        With the file's name before it.
        """
        return [f"{self.name}: {problem}" for problem in found if not self._known(problem)]

    def _known(self, problem: str) -> bool:
        key = problem.partition(": ")[0]
        return speaks_of_blank(problem) or any(key == place or key.startswith(f"{place}.") for place in self.keys)


def fill(shape: type[T], data: Any, name: str) -> T:
    """Fill the dataclass from parsed TOML. Raises ConfigurationError with every problem found."""
    filled = fill_as_far_as_possible(shape, data, name)
    if filled.problems:
        raise ConfigurationError(filled.problems)
    return filled.table


def fill_as_far_as_possible(shape: type[T], data: Any, name: str) -> Filled[T]:
    """Fill the dataclass with blanks for what is missing or wrong, so that the caller can look through the rest."""
    table, errors = _validated(shape, data)
    if table is not None:
        return Filled(table, name)
    errors_of: dict[str, list[Any]] = {}
    for error in errors:
        errors_of.setdefault(_key(data, error), []).append(error)
    rest = deepcopy(data)
    for _ in range(_ROUNDS):
        for error in errors:
            _mend(shape, rest, error)
        table, errors = _validated(shape, rest)
        if table is not None:
            break
    else:
        table, _ = _validated(shape, blank([shape]))
    problems = (
        f"{name}: {key or '(the file)'}: {_expectation(shape, data, these)}" for key, these in errors_of.items()
    )
    return Filled(table, name, tuple(problems), tuple(errors_of))


def _validated(shape: Any, data: Any) -> tuple[Any, list[Any]]:
    """The dataclass, or what pydantic finds wrong."""
    try:
        return _adapter(shape).validate_python(data), []
    except ValidationError as problem:
        errors = problem.errors()
    return None, [error for error in errors if not _has_a_mistake_within(data, error, errors)]


def _has_a_mistake_within(data: Any, error: Any, errors: list[Any]) -> bool:
    """Whether this is about a table or list as a whole, of which a part is wrong.

    Where text or a table may stand, a table with a mistake is no text either: that is nobody's mistake.
    """
    if not isinstance(error["input"], dict | list) or error["type"] not in {"string_type", "list_type", "dict_type"}:
        return False
    path = _path(data, error)
    return any(len(other := _path(data, one)) > len(path) and other[: len(path)] == path for one in errors)


def _path(data: Any, error: Any) -> tuple[str | int, ...]:
    """The place as the file has it: pydantic adds the name of the type it tried where several are allowed."""
    path: list[str | int] = []
    for part in error["loc"]:
        named = isinstance(data, dict) and part in data
        counted = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if named or counted:
            path.append(part)
            data = data[part]
    return (*path, error["loc"][-1]) if error["type"] == "missing" else tuple(path)


def _mend(shape: type[Any], data: Any, error: Any) -> None:
    """Take out a key that there is not, and put a blank where a value is missing or wrong."""
    path = _path(data, error)
    if not path:
        return
    *way, last = path
    for part in way:
        data = data[part]
    if error["type"] in _UNKNOWN_KEY or error["loc"][-1] == "[key]":
        data.pop(last, None)
    elif isinstance(data, list) and last == len(data):
        data.append(blank(types_at(shape, path)))  # a pair of one
    else:
        data[last] = blank(types_at(shape, path))


def _key(data: Any, error: Any) -> str:
    """The place in words: people count tables from one."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in _path(data, error))


def _expectation(shape: type[Any], data: Any, errors: list[Any]) -> str:
    """What was expected at one place; several errors are about the types that are allowed there."""
    error = errors[0]
    if error["type"] == "missing":
        return "expected this key, which is missing"
    if error["type"] in _UNKNOWN_KEY:
        *way, last = _path(data, error)
        there = keys_of(types_at(shape, tuple(way)))
        near = get_close_matches(str(last), there, n=1)
        return f"no such key; did you mean {near[0]}?" if near else f"no such key; there are {', '.join(there)}"
    return f"expected {' or '.join(dict.fromkeys(map(_wanted, errors)))}, not {_written(error['input'])}"


def _wanted(error: Any) -> str:
    # "" stands for a key that is not there: nobody writes it.
    message = str(error["msg"]).removeprefix("Input should be ").removeprefix("'', ")
    return _WORDS.get(error["type"], f"{message[0].lower()}{message[1:]}")


def _written(value: Any) -> str:
    """A value about as the file writes it: dates and times are no text there, and URLs may hold secrets."""
    return value.isoformat() if isinstance(value, date | time) else _URL.sub(r"\1...", repr(value))
