"""What stands in for a value that is missing or wrong, so that the rest of its file can be looked through, too.

A blank text is `BLANK`: it is there, and it names nothing. Code that looks a name up among names of which one is blank
cannot say that the name is wrong, and a problem that speaks of a blank is no problem of its own.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

# A noncharacter, which is "reserved for internal use" (Unicode 16, section 23.7): no file means to contain it.
BLANK = "\ufdd0"

# In the order in which they are looked for: a bool is an int, and a datetime is a date.
_PLAIN: dict[Any, Any] = {
    str: BLANK,
    bool: False,
    int: 1,
    float: 1.0,
    datetime: datetime(4, 1, 1, tzinfo=UTC),  # before any that is written, and on every wall clock
    date: date(4, 1, 1),
}


def speaks_of_blank(text: str) -> bool:
    """Whether a text has a blank in it, as it is or as `repr` writes it."""
    return BLANK in text or repr(BLANK)[1:-1] in text


def types_at(shape: Any, path: tuple[str | int, ...]) -> list[Any]:
    """The types that may stand at a place of what is read into `shape`; none where nothing may."""
    found = _members(shape)
    for part in path:
        found = [member for one in found for inner in _inside(one, part) for member in _members(inner)]
    return found


def keys_of(types: list[Any]) -> list[str]:
    """The keys that a table of one of these types may have, as a file writes them."""
    return [name for one in types if dataclasses.is_dataclass(one) for name, _, _ in _fields(one)]


def blank(types: list[Any]) -> Any:
    """What stands in for a value of one of these types, the first that can be blank; None without any."""
    return next((_blank(one) for one in types if one is not NoneType), None)


def _blank(one: Any) -> Any:
    origin, inner = get_origin(one), get_args(one)
    if dataclasses.is_dataclass(one):
        return {name: blank(_members(hint)) for name, hint, required in _fields(one) if required}
    if origin is dict:
        return {blank(_members(inner[0])): blank(_members(inner[1]))}
    if origin is list:
        return [blank(_members(inner[0]))]
    if origin is tuple:
        return [blank(_members(part)) for part in inner]
    return inner[0] if origin is Literal else _PLAIN[one]


def _members(shape: Any) -> list[Any]:
    """A type, or the types of a union."""
    if get_origin(shape) is Annotated:
        return _members(get_args(shape)[0])
    if get_origin(shape) in {Union, UnionType}:
        return [member for inner in get_args(shape) for member in _members(inner)]
    return [shape]


def _inside(one: Any, part: str | int) -> list[Any]:
    origin, inner = get_origin(one), get_args(one)
    if dataclasses.is_dataclass(one):
        return [hint for name, hint, _ in _fields(one) if name == part]
    if origin is dict:
        return [inner[1]]
    if origin is list and isinstance(part, int):
        return [inner[0]]
    return [inner[part]] if origin is tuple and isinstance(part, int) and part < len(inner) else []


def _fields(table: Any) -> list[tuple[str, Any, bool]]:
    """The fields of a dataclass: the name in the file, the type, and whether it must be there."""
    hints = get_type_hints(table, include_extras=True)
    return [
        (_written(field.name, hints[field.name]), hints[field.name], _required(field))
        for field in dataclasses.fields(table)
    ]


def _written(name: str, hint: Any) -> str:
    """`Annotated[date, Field(alias="from")]` is written `from`."""
    aliases = (getattr(extra, "alias", None) for extra in getattr(hint, "__metadata__", ()))
    return next(filter(None, aliases), name)


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
