"""Reply addresses that cannot be forged: `support+<case>.<purpose><digest>@desk.example`.

The digest is a keyed hash over (purpose, case, the person's address), 130 bits in base 32, lower case and compared
in constant time, so it survives mail programs that change the case of a local part and cannot be guessed (threat
A07). A customer's token lets only that customer append; an agent's token lets that agent act, and so does a note token,
whose plain text stays in the team; an operator's, which names no case (0), lets that operator declare; a bounce token
is the envelope sender of our mail, so that a delivery report about it cannot be made up (threat L06). Two more say that
its holder was or was not satisfied, and nothing else; a third party's lets whom an agent asked answer that, as a note;
one says yes to one order that nothing proved. A call token stands in a link and not in an address, and acknowledges one
call. The same digest goes into our Message-IDs, so that References to them cannot be made up either (threat A12).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

Purpose = Literal["customer", "agent", "note", "operator", "bounce", "good", "bad", "third-party", "confirm"]

_LETTER: dict[Purpose, str] = {
    "customer": "c",
    "agent": "a",
    "note": "t",
    "operator": "o",
    "bounce": "b",
    "good": "g",
    "bad": "n",
    "third-party": "v",
    "confirm": "y",
}
_PURPOSE: dict[str, Purpose] = {letter: purpose for purpose, letter in _LETTER.items()}
NO_CASE = 0  # of what concerns the desk as a whole
_BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 section 6, in lower case
_DIGEST = 26  # characters of it: 130 bits
_PAIRS = [one + other for one in _BASE_32 for other in _BASE_32]
_SHIFTS = range(5 * (_DIGEST - 2), -1, -10)  # of two characters each
_CUT_OFF = 256 - 5 * _DIGEST  # bits of SHA-256
_ROUND_TRIP = "round-trip"
_CALL = "call"
_CASE = "(0|[1-9][0-9]{0,11})"  # written in one way only
_TAG = re.compile(rf"{_CASE}\.([abcgnotvy])([a-z2-7]{{{_DIGEST}}})")
CALL_TOKEN = re.compile(rf"{_CASE}\.([a-z2-7]{{{_DIGEST}}})")
_MESSAGE_ID = re.compile(rf"<{_CASE}\.([0-9a-f]{{16}})\.([a-z2-7]{{{_DIGEST}}})@[^<>@\s]+>")


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """A token read from an address, not yet verified: `Signer.verifies` says whether it is ours and theirs."""

    case: int
    purpose: Purpose
    digest: str


def read_token(address: str) -> ReplyToken | None:
    """The reply token in an address, or None."""
    _, plus, tag = address.lower().rpartition("@")[0].partition("+")
    found = _TAG.fullmatch(tag) if plus else None
    return ReplyToken(int(found[1]), _PURPOSE[found[2]], found[3]) if found else None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


class Signer:
    """Makes and checks tokens and Message-IDs. The first key signs; further keys are only still believed."""

    def __init__(self, *keys: bytes) -> None:
        if not keys or any(len(key) < 16 for key in keys):
            raise ValueError("a signing key of at least 16 bytes was expected")
        self._begun = tuple(hmac.new(key, digestmod="sha256") for key in keys)

    def reply_address(self, mailbox: str, *, case: int, person: str, purpose: Purpose) -> str:
        """The address under which `person` answers mail of this case."""
        local, _, domain = mailbox.partition("@")
        digest = self._digest(self._begun[0], purpose, str(case), person.lower())
        return f"{local}+{case}.{_LETTER[purpose]}{digest}@{domain}"

    def verifies(self, token: ReplyToken, *, person: str) -> bool:
        """Whether we gave this token to this person for this case and purpose."""
        return self._matches(token.digest, token.purpose, str(token.case), person.lower())

    def message_id(self, *, case: int, nonce: str, domain: str) -> str:
        """A Message-ID of ours; `nonce` is anything that makes it unique, such as the outbox key."""
        serial = hashlib.sha256(nonce.encode()).hexdigest()[:16]
        return f"<{case}.{serial}.{self._digest(self._begun[0], 'message-id', str(case), serial)}@{domain}>"

    def case_of(self, message_id: str) -> int | None:
        """The case that one of our own Message-IDs belongs to; None when it is not ours."""
        found = _MESSAGE_ID.fullmatch(message_id.strip().lower())
        if found and self._matches(found[3], "message-id", found[1], found[2]):
            return int(found[1])
        return None

    def round_trip_id(self, mailbox: str, *, at: int, nonce: str) -> str:
        """The Message-ID of a mail that only tries the way to this mailbox; `at` in seconds, `nonce` 8 hex digits."""
        serial = f"{at:08x}{nonce}"
        digest = self._digest(self._begun[0], _ROUND_TRIP, mailbox, serial)
        return f"<{NO_CASE}.{serial}.{digest}@{mailbox.rpartition('@')[2]}>"

    def round_trip_at(self, message_id: str, *, mailbox: str) -> int | None:
        """When a Message-ID of that kind was signed for this mailbox, in seconds; None when it is none."""
        written = message_id.strip().lower()
        found = _MESSAGE_ID.fullmatch(written)
        # In one writing only: what is good once must not be another text each time.
        one = found and found[1] == str(NO_CASE) and written.endswith(f"@{mailbox.rpartition('@')[2]}>")
        if found and one and self._matches(found[3], _ROUND_TRIP, mailbox, found[2]):
            return int(found[2][:8], 16)
        return None

    def call_token(self, *, case: int, person: str, at: datetime) -> str:
        """What in a link lets `person` acknowledge the call about a case that began at that instant."""
        return f"{case}.{self._digest(self._begun[0], _CALL, str(case), person.lower(), _instant(at))}"

    def verifies_call(self, token: str, *, person: str, at: datetime) -> bool:
        """Whether we gave this token to this person for that call."""
        found = CALL_TOKEN.fullmatch(token)
        return found is not None and self._matches(found[2], _CALL, found[1], person.lower(), _instant(at))

    def _matches(self, digest: str, *facts: str) -> bool:
        return any(hmac.compare_digest(digest, self._digest(key, *facts)) for key in self._begun)

    @staticmethod
    def _digest(begun: hmac.HMAC, *facts: str) -> str:
        """Of these facts, by a key that was taken in already."""
        keyed = begun.copy()
        # The separator cannot occur in an address or a number, so no two lists of facts read alike.
        keyed.update("\0".join(facts).encode())
        number = int.from_bytes(keyed.digest(), "big") >> _CUT_OFF
        return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
