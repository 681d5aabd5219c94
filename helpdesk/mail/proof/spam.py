"""Whether our own border has marked a mail as spam, by the fields that the operator names and by nothing else.

Anybody can write such a field. Only the topmost of its name counts, and only above the Received field that our border
wrote when it took the mail in: what stands below came with the mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.mail.proof.authenticity import is_border_hop

if TYPE_CHECKING:
    from collections.abc import Collection

    from helpdesk.core.words.message import Message


@dataclass(frozen=True, slots=True)
class SpamMark:
    """A field and the value that marks spam. A longer value that begins with this one as a word marks it, too."""

    name: str
    value: str

    def __str__(self) -> str:
        """As it stands in a mail."""
        return f"{self.name}: {self.value}"

    def matches(self, value: str) -> bool:
        """Whether a field with this value marks spam: `Yes` and `Yes, score=9.1`, not `Yesterday`."""
        told, wanted = " ".join(value.split()).casefold(), self.value.casefold()
        return told == wanted or (told.startswith(wanted) and not told[len(wanted)].isalnum())


def read_mark(text: str) -> SpamMark:
    """A mark from `X-Spam-Flag: YES`. Raises ValueError that says what was expected."""
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or not value or not name.isascii() or not name or any(not 33 <= ord(letter) <= 126 for letter in name):
        raise ValueError(f'expected a field and its value, such as "X-Spam-Flag: YES", not {text!r}')
    return SpamMark(name, " ".join(value.split()))


def spam_mark(message: Message, marks: Collection[SpamMark], *, authserv_id: str) -> SpamMark | None:
    """The mark that our border set. `authserv_id` is its name; where no Received has it, the topmost one is its."""
    names = [name.lower() for name, _ in message.headers]
    if not any(mark.name.lower() in names for mark in marks):
        return None  # nearly every mail
    received = [at for at, name in enumerate(names) if name == "received"]
    ours = [at for at in received if is_border_hop(message.headers[at][1], authserv_id)]
    end = next(iter(ours or received), len(names))
    topmost = {name.lower(): value for name, value in reversed(message.headers[:end])}
    return next((mark for mark in marks if mark.matches(topmost.get(mark.name.lower(), ""))), None)
