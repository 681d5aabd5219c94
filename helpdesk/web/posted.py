"""What was posted: a form as browsers write it (application/x-www-form-urlencoded), of a size that is sane."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from helpdesk.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_OCTETS = 2 * 2**20
_MOST_FIELDS = 200
URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class PostedForm:
    """The fields of a form. Line ends are as we write them everywhere."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What was written into a field; "" where there is none of that name."""
        return self.all(name)[0] if self.all(name) else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may be there several times."""
        return self.fields.get(name, ())


def read_form(body: bytes, media_type: str) -> PostedForm:
    """The form in a body. Raises Refused."""
    if len(body) > MOST_OCTETS:
        raise Refused("that is more than this page takes")
    if media_type.partition(";")[0].strip().lower() != URLENCODED:
        raise Refused("this page takes forms, and what came is none")
    try:
        found = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused("this page takes forms, and what came is none") from None
    return PostedForm({name: tuple(map(_lines, values)) for name, values in found.items()})


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
