"""What all sessions of one listener share: the limits, the desk behind the door, and who is in.

A session asks `Reception` whatever concerns more than itself: may one more come in, is there room on the disk
and in memory for one more mail. Two kinds of callers have places and memory of their own, so that neither can use up
what the other needs: trusted relays, through which all mail may come, and everybody else.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from helpdesk.wires.smtp_syntax import Rejected

if TYPE_CHECKING:
    import asyncio
    import concurrent.futures
    import ssl
    from collections.abc import Callable

    from helpdesk.core.words.message import Envelope

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Caller: TypeAlias = Literal["relay", "stranger"]

_ALWAYS_WELCOME = 2**18  # octets: a mail of this size is never turned away because others send big ones


@dataclass(frozen=True, slots=True)
class Limits:
    """What one listener puts up with. Sizes in octets, times in seconds."""

    max_size: int = 25 * 2**20  # of one mail
    idle: float = 60  # without a whole command, or without any octet of a mail
    command_total: float = 600  # for commands, from one accepted mail to the next
    data_total: float = 600  # for one mail to come in; longer only for who keeps to `slowest`
    slowest: int = 8 * 1024  # octets a second on the average: a mail of 25 MiB over a poor line is on its way for long
    accept: float = 25  # for the desk to have it durable; then the peer is asked to try again
    max_sessions: int = 200  # of strangers; as many again of trusted relays
    max_per_address: int = 20  # sessions of one IPv4 address or one IPv6 /64; trusted relays are not counted
    max_errors: int = 20  # refused commands of one session
    max_idle_commands: int = 100  # NOOP, RSET and the like, from one accepted mail to the next
    max_recipients: int = 100  # of one mail; RFC 5321 section 4.5.3.1.8 asks for 100
    max_hops: int = 50  # Received lines
    max_in_transit: int = 256 * 2**20  # of all mails being received at one moment; trusted relays as much again


class DoorTally(Protocol):
    """Who wants to know how the listener does."""

    def taken(self) -> None:
        """A mail got its 250."""

    def turned_away(self, why: str, *, crowd: bool = False) -> None:
        """Somebody was told to come back for a reason of ours. `crowd`: because too many others were there."""

    def refused(self, mail_from: str, rcpt_to: tuple[str, ...], remote: str, reply: str) -> None:
        """A mail, or one recipient of it, was not taken, and this was answered."""


class Untallied:
    """A tally that nobody wants to have."""

    def taken(self) -> None:
        """A mail got its 250."""

    def turned_away(self, why: str, *, crowd: bool = False) -> None:
        """Somebody was told to come back."""

    def refused(self, mail_from: str, rcpt_to: tuple[str, ...], remote: str, reply: str) -> None:
        """A mail was not taken."""


class Visitor(Protocol):
    """A session, as the reception knows it."""

    remote: str  # the peer's address
    origin: str  # whom it is counted against, "" for nobody

    def dismiss(self, last: str) -> None:
        """End with this reply, once the mail coming in has been answered."""

    def hang_up(self, last: str) -> None:
        """End with this reply, whatever is going on."""

    def task(self) -> asyncio.Task[None]:
        """The task that runs the session."""


@dataclass(slots=True, eq=False)
class Reception:
    """The shared side of one listener. Lives on its event loop's thread only."""

    accept: Callable[[bytes, Envelope], concurrent.futures.Future[str]]
    knows: Callable[[str], bool]
    on_fault: Callable[[Exception], None]
    hostname: str
    limits: Limits
    tls: ssl.SSLContext | None
    require_tls: bool
    lmtp: bool
    trusted_relays: tuple[Network, ...]
    free_space: Callable[[], int] | None
    tally: DoorTally
    sessions: set[Visitor] = field(default_factory=set)
    _caller: dict[Visitor, Caller] = field(default_factory=dict)
    _per_origin: Counter[str] = field(default_factory=Counter)
    _in_transit: dict[Visitor, int] = field(default_factory=dict)

    def fault(self, error: Exception) -> None:
        """Something of ours went wrong, and the peer is told to come back."""
        self.tally.turned_away(f"local trouble ({type(error).__name__})")
        self.on_fault(error)

    def admit(self, session: Visitor) -> None:
        """Let a session in; raises `Rejected` where that is one too many."""
        caller: Caller = "relay" if within(session.remote, self.trusted_relays) else "stranger"
        self._find_place(caller)
        if caller == "stranger":
            self._charge(session)
        self._caller[session] = caller
        self.sessions.add(session)

    def _charge(self, session: Visitor) -> None:
        """Count the session against the address it comes from; raises `Rejected`."""
        origin = _origin(session.remote)
        if self._per_origin.get(origin, 0) >= self.limits.max_per_address:
            raise Rejected(f"421 4.7.0 {self.hostname} Too many sessions from your address")
        self._per_origin[origin] += 1
        session.origin = origin

    def _find_place(self, caller: Caller) -> None:
        """Raise `Rejected` where all places of such callers are taken."""
        if sum(other == caller for other in self._caller.values()) >= self.limits.max_sessions:
            self.tally.turned_away("too many sessions", crowd=True)
            raise Rejected(f"421 4.3.2 {self.hostname} Too many sessions, please come back")

    def leave(self, session: Visitor) -> None:
        """Forget the session and what it held."""
        self.release(session)
        self.sessions.discard(session)
        self._caller.pop(session, None)
        if session.origin:
            self._per_origin[session.origin] -= 1
            if not self._per_origin[session.origin]:  # this table must not grow with the Internet
                del self._per_origin[session.origin]

    def hold(self, session: Visitor, octets: int) -> None:
        """Note what the session's mail takes in memory by now; raises `Rejected` where all take too much."""
        self._in_transit[session] = octets
        if octets > _ALWAYS_WELCOME and self._held_like(session) > self.limits.max_in_transit:
            self.tally.turned_away("too much mail at once", crowd=True)
            raise Rejected("452 4.3.1 Too much mail at once, please try again")

    def _held_like(self, session: Visitor) -> int:
        """Octets in memory of all sessions whose caller is of this session's kind."""
        caller = self._caller.get(session)
        return sum(held for other, held in self._in_transit.items() if self._caller.get(other) == caller)

    def release(self, session: Visitor) -> None:
        """Forget what the session's mail took."""
        self._in_transit.pop(session, None)

    def check_disk(self) -> None:
        """Raise `Rejected` while the disk is nearly full (threat S13: Postfix calls this queue_minfree)."""
        if self.free_space is None:
            return
        if self.free_space() < 2 * self.limits.max_size:
            self.tally.turned_away("not enough room on the disk")
            raise Rejected("452 4.3.1 Not enough room, please try again later")


def within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether the address, which may be empty, lies in one of the networks."""
    if not address or not networks:
        return False
    parsed = _unmapped(address)
    return any(parsed in network for network in networks)


def _origin(address: str) -> str:
    """Who is counted: an IPv4 address, or the /64 of an IPv6 address, which is what one household gets."""
    if not address:
        return "unknown"
    parsed = _unmapped(address)
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))


def _unmapped(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    parsed = ipaddress.ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
