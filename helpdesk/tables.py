"""TOML tables into dataclasses, with every problem said at once: `file: key: what was expected`."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from helpdesk.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

_TYPE_WORDS = {"str", "date", "bool", "int", "GoalTable", "ChannelGoalTable"}
_EXPECTED = {
    "missing": "expected this key, which is missing",
    "unexpected_keyword_argument": "no such key",
    "extra_forbidden": "no such key",
}


def strict(cls: type[T]) -> type[T]:
    """Class decorator: refuse keys that the class does not have; a misspelt one must not be ignored."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid", strict=False)  # type: ignore[attr-defined]
    return cls


def read_toml(path: Path) -> dict[str, Any]:
    """Parse a TOML file. Raises ConfigurationError that names the file and the line."""
    return parse_toml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """A file that an operator wrote. Raises ConfigurationError that names it."""
    try:
        return path.read_text(encoding="utf-8")
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
        raise ConfigurationError([f"{name}: expected TOML: {problem}"]) from None


@dataclass(frozen=True)
class Filled(Generic[T]):
    """A dataclass, None where nothing could be filled, and every problem found, each `file: key: what was expected`."""

    table: T | None
    problems: list[str]


def fill(adapter: TypeAdapter[T], data: Any, name: str) -> T:
    """Fill the dataclass from parsed TOML. Raises ConfigurationError with every problem found."""
    filled = fill_as_far_as_possible(adapter, data, name)
    if filled.table is None or filled.problems:
        raise ConfigurationError(filled.problems)
    return filled.table


def fill_as_far_as_possible(adapter: TypeAdapter[T], data: Any, name: str) -> Filled[T]:
    """Fill the dataclass without the wrong keys and values, so that the caller can look through the rest, too."""
    try:
        return Filled(adapter.validate_python(data), [])
    except ValidationError as problem:
        errors = problem.errors()
    # Where text or a table may stand, a table with a mistake is no text either: that is nobody's mistake.
    meant = [error for error in errors if error["type"] != "string_type" or not isinstance(error["input"], dict)]
    problems = [_said(name, error) for error in meant or errors]
    rest = deepcopy(data)
    for error in reversed(meant or errors):
        _leave_out(rest, error["loc"])
    try:
        return Filled(adapter.validate_python(rest), problems)
    except ValidationError:
        return Filled(None, problems)


def _leave_out(data: Any, location: tuple[str | int, ...]) -> None:
    """Remove what stands at a place of parsed TOML; nothing where there is no such place."""
    *way, last = location
    for part in way:
        named = isinstance(data, dict) and part in data
        counted = isinstance(data, list) and isinstance(part, int) and part < len(data)
        data = data[part] if named or counted else data  # pydantic names types, too, where several are allowed
    if isinstance(data, dict):
        data.pop(last, None)


def _said(name: str, error: Any) -> str:
    key = ".".join(_key_parts(error["loc"]))
    return f"{name}: {key or '(the file)'}: {_expectation(error)}"


def _key_parts(location: tuple[str | int, ...]) -> list[str]:
    """The place as the file has it: pydantic adds the name of the type it tried where several are allowed."""
    parts: list[str] = []
    for part in location:
        if isinstance(part, int):
            parts.append(str(part + 1))  # people count tables from one
        elif part not in _TYPE_WORDS and not part.startswith(("list[", "dict[")):
            parts.append(part)
    return parts


def _expectation(error: Any) -> str:
    known = _EXPECTED.get(error["type"])
    if known:
        return known
    message = str(error["msg"])
    return f"expected {message[0].lower()}{message[1:]}, not {error['input']!r}"
