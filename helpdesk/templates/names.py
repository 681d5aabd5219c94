"""Which names each template may use, and of what type each is: read off the classes of what it is given."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from helpdesk.core.words import desk_mail  # noqa: F401 - its mails are among the CONTENTS
from helpdesk.core.words.addressee import PlainReply
from helpdesk.core.words.block import Mistake
from helpdesk.core.words.drafts import CONTENTS, UNSAID, AudienceOf, CaseContent, MailContent
from helpdesk.core.words.unseen import CaseMail
from helpdesk.offering.policy import Doubt, StepKind
from helpdesk.person import Person
from helpdesk.templates.words import INSTEAD_OF, AgentWords, CustomerWords, ThirdPartyWords

if TYPE_CHECKING:
    from collections.abc import Mapping

# What modules import for the type checker alone.
_NAMED: dict[str, Any] = {
    one.__name__: one for one in (CaseMail, Doubt, Mistake, Person, PlainReply, datetime, timedelta)
} | {"Any": Any, "Mapping": dict, "StepKind": StepKind, "MailContent": MailContent}


@cache
def names(template: str) -> Mapping[str, Any]:
    """The names of a template with their types. Raises KeyError for one that belongs to no mail."""
    content = CONTENTS[template]
    said = next((INSTEAD_OF[one] for one in content.__mro__ if one in INSTEAD_OF), content)
    if not issubclass(content, CaseContent):
        return _fields(said)
    return _fields(said) | _fields(_EVERY[content.audience])


_EVERY: Mapping[AudienceOf, type] = {"customer": CustomerWords, "agent": AgentWords, "third-party": ThirdPartyWords}


def _fields(of: type) -> dict[str, Any]:
    hints = get_type_hints(of, localns=_NAMED)
    return {one.name: hints[one.name] for one in fields(of) if one.metadata != UNSAID}


def members(kind: Any) -> Mapping[str, Any] | None:
    """The attributes of values of a type, each with its own type; None where anything goes."""
    found: dict[str, Any] = {}
    for one in _alternatives(kind):
        if isinstance(one, type) and is_dataclass(one):
            found |= _fields(one) | _properties(one)
        elif (get_origin(one) or one) in _PLAIN:
            found |= dict.fromkeys((name for name in dir(get_origin(one) or one) if not name.startswith("_")), Any)
        else:
            return None
    return found


_PLAIN = (str, int, float, bool, datetime, timedelta, tuple, list)


def part(kind: Any) -> Any:
    """The type of what one gets of values of a type by going through them."""
    found = {_part(one) for one in _alternatives(kind)}
    return found.pop() if len(found) == 1 else Any


def _part(kind: Any) -> Any:
    of = get_args(kind)
    many = get_origin(kind) in (tuple, list) and (len(of) == 1 or of[1:] == (...,))
    return of[0] if many else str if kind is str else Any


def fixed_parts(kind: Any, number: int) -> tuple[Any, ...]:
    """The types of the parts of a value that is taken apart into so many."""
    of = get_args(kind)
    return of if get_origin(kind) is tuple and len(of) == number and ... not in of else (Any,) * number


def _alternatives(kind: Any) -> tuple[Any, ...]:
    """What a type may be, without None; a literal is of the type of its first."""
    if get_origin(kind) in (Union, UnionType):
        return tuple(one for each in get_args(kind) for one in _alternatives(each))
    if get_origin(kind) is Literal:
        return (type(get_args(kind)[0]),)
    return () if kind is NoneType else (kind,)


def _properties(of: type) -> dict[str, Any]:
    found = {name: value for name, value in vars(of).items() if isinstance(value, property)}
    return {name: get_type_hints(value.fget, localns=_NAMED).get("return", Any) for name, value in found.items()}
