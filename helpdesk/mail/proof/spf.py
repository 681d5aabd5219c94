"""Whether a host may send mail in a domain's name (SPF, RFC 7208): only for mail that no border of ours has checked.

The evaluator is our own: the library there is has stood still for years, finds its name servers by itself, and does
not say by which mechanism a host passed. Names are looked up by a function that is handed in. All of it takes at
most `SECONDS`, ten terms that ask a name server, and two that get no answer (RFC 7208 section 4.6.4).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Literal

from helpdesk.errors import Unavailable
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    # Name, type (A, AAAA, MX, PTR or TXT) and seconds at most; nothing where there is none. Raises Unavailable.
    Resolver = Callable[[str, str, float], list[str]]

SECONDS = 5.0
MAX_LOOKUPS = 10
MAX_VOID = 2
MAX_NAMES = 10  # of one MX or PTR
MAX_TERMS = 200
MAX_DEPTH = 10

Result = Literal["none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"]
_RESULTS: dict[str, Result] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class _Wrong(Exception):
    """The record breaks the rules."""


@dataclass(frozen=True, slots=True)
class Spf:
    """What was found. `by`: the mechanism that decided, or what went wrong.

    `proves`: a pass that means something; one by `+all` or a network of everybody is everybody's.
    """

    result: Result
    by: str = ""
    proves: bool = False


def check(remote: str, *, mail_from: str, helo: str, resolver: Resolver) -> Spf:
    """Check the peer's address against the domain of MAIL FROM, that of HELO where it is null. Never raises."""
    try:
        peer = ip_address(remote)
    except ValueError:
        return Spf("none", "the peer has no address")
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    sender = mail_from if "@" in mail_from else f"postmaster@{mail_from or helo}"
    asking = _Asking(peer, sender, helo, resolver, time.monotonic() + SECONDS)
    try:
        return asking.check_host(sender.rpartition("@")[2].lower().rstrip("."))
    except Unavailable:
        return Spf("temperror", "a name server did not answer")
    except _Wrong as why:
        return Spf("permerror", str(why))


def record_problem(records: Sequence[str]) -> str:
    """What is wrong with the records that a domain publishes, "" where nothing is; no name is looked up."""
    if len(records) > 1:
        return f"there are {plural(len(records), 'record')} where one may be (RFC 7208 section 3.2)"
    try:
        terms, _ = _terms(records[0])
    except _Wrong as why:
        return str(why)
    if any(term.kind == "all" and term.qualifier == "+" for term in terms):
        return "+all lets everybody send in its name"
    if sum(term.kind in _ASKING for term in terms) > MAX_LOOKUPS:
        return f"more than {MAX_LOOKUPS} terms ask a name server"
    return ""


# --- the record (RFC 7208 section 12) -------------------------------------------------------------------------------

_MACRO = r"%\{[slodiphcrtv]\d{0,3}r?[.+,/_=-]*\}|%%|%_|%-"
_SPEC = rf"(?:{_MACRO}|[!-$&-.0-~])(?:{_MACRO}|[!-$&-.0-~])*"  # without `/`, but for that in a macro
_MECHANISM = re.compile(
    rf"([-+?~]?)(?:(all)|(include|exists):({_SPEC})|(a|mx)(?::({_SPEC}))?(?:/(\d{{1,2}}))?(?://(\d{{1,3}}))?|"
    rf"(ptr)(?::({_SPEC}))?|(ip4):([\d.]+(?:/\d{{1,2}})?)|(ip6):([0-9a-f:.]+(?:/\d{{1,3}})?))",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(\S*)", re.IGNORECASE)
_ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})


@dataclass(frozen=True, slots=True)
class _Term:
    """One mechanism of a record."""

    text: str
    qualifier: str
    kind: str
    argument: str = ""
    cidr4: int = 32
    cidr6: int = 128


def _terms(record: str) -> tuple[list[_Term], str]:
    """The mechanisms, and the target of `redirect`, "" where there is none. Raises _Wrong."""
    terms: list[_Term] = []
    modifiers: dict[str, str] = {}
    for word in record.split(" ")[1:]:
        if not word:
            continue
        found = _MECHANISM.fullmatch(word)
        modifier = None if found else _MODIFIER.fullmatch(word)
        if found:
            terms.append(_term(word, found))
        elif modifier:
            _keep(modifiers, modifier[1].lower(), modifier[2])
        else:
            raise _Wrong(f"{word[:60]!r} is no term of SPF")
        if len(terms) > MAX_TERMS:
            raise _Wrong("too many terms")
    return terms, modifiers.get("redirect", "")


def _keep(modifiers: dict[str, str], name: str, value: str) -> None:
    if name in {"redirect", "exp"} and (name in modifiers or not re.fullmatch(_SPEC, value)):
        raise _Wrong(f"{name} stands twice, or names no domain")
    modifiers[name] = value


def _term(word: str, found: re.Match[str]) -> _Term:
    qualifier, every, asks, name, hosts, of, cidr4, cidr6, reverse, below, ip4, net4, ip6, net6 = found.groups()
    kind = (every or asks or hosts or reverse or ip4 or ip6).lower()
    argument = name or of or below or net4 or net6 or ""
    four, six = int(cidr4 or 32), int(cidr6 or 128)
    if ip4 or ip6:
        try:
            network = ip_network(argument, strict=False)
        except ValueError:
            raise _Wrong(f"{word[:60]!r} holds no network") from None
        if (network.version == 4) is not bool(ip4):
            raise _Wrong(f"{word[:60]!r} holds a network of the other kind")
    if four > 32 or six > 128:
        raise _Wrong(f"{word[:60]!r} has too long a prefix")
    return _Term(word[:120], qualifier or "+", kind, argument, four, six)


# --- the check (RFC 7208 sections 4 and 5) ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Asking:
    """One check with what it may still ask."""

    peer: IPv4Address | IPv6Address
    sender: str
    helo: str
    resolver: Resolver
    ends: float
    lookups: int = 0
    void: int = 0
    depth: int = 0

    def check_host(self, domain: str) -> Spf:
        if not _is_domain(domain):
            return Spf("none", "there is no domain to ask")
        record = self._record(domain)
        if record is None:
            return Spf("none", f"{domain} publishes no SPF record")
        terms, redirect = _terms(record)
        for term in terms:
            self._count(term.kind in _ASKING)
            matched, proves = self._matches(term, domain)
            if matched:
                return Spf(_RESULTS[term.qualifier], term.text, proves and term.qualifier == "+")
        if not redirect or any(term.kind == "all" for term in terms):
            return Spf("neutral", "no mechanism matched")
        self._count(True)
        return self._inside(self._expanded(redirect, domain), "redirect")

    def _record(self, domain: str) -> str | None:
        found = [
            text for text in self._ask(domain, "TXT", counts=False) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)
        ]
        if len(found) > 1:
            raise _Wrong(f"{domain} publishes {plural(len(found), 'record')}")
        return found[0] if found else None

    def _inside(self, domain: str, why: str) -> Spf:
        """The result of another domain's record (sections 5.2 and 6.1)."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Wrong("records lead from one to the next without an end")
        found = self.check_host(domain)
        self.depth -= 1
        if found.result == "none":
            raise _Wrong(f"{why} names {domain[:60]}, which has no record")
        return found

    def _matches(self, term: _Term, domain: str) -> tuple[bool, bool]:
        """Whether a mechanism matches the peer, and whether that says anything about it."""
        match term.kind:
            case "all":
                return True, False
            case "ip4" | "ip6":
                network = ip_network(term.argument, strict=False)
                return self.peer in network, network.prefixlen > 0
            case "include":
                found = self._inside(self._expanded(term.argument, domain), "include")
                return found.result == "pass", found.proves
            case "exists":
                return bool(self._ask(self._expanded(term.argument, domain), "A")), True
            case "ptr":
                return self._is_named_below(self._target(term, domain)), True
            case _:
                return self._is_host(term, domain), (term.cidr4 if self.peer.version == 4 else term.cidr6) > 0

    def _is_host(self, term: _Term, domain: str) -> bool:
        target = self._target(term, domain)
        names = [target] if term.kind == "a" else self._ask(target, "MX")
        if len(names) > MAX_NAMES:
            raise _Wrong(f"{target} has more than {MAX_NAMES} MX")
        return any(self._near(address, term) for name in names for address in self._addresses(name))

    def _near(self, address: str, term: _Term) -> bool:
        prefix = term.cidr4 if self.peer.version == 4 else term.cidr6
        try:
            return self.peer in ip_network(f"{address}/{prefix}", strict=False)
        except ValueError:
            return False

    def _addresses(self, name: str) -> list[str]:
        return self._ask(name, "A" if self.peer.version == 4 else "AAAA") if _is_domain(name) else []

    def _is_named_below(self, domain: str) -> bool:
        """Whether a name of the peer that leads back to it is the domain, or below it (section 5.5)."""
        for name in self._names(self.peer.reverse_pointer):
            bare = name.lower().rstrip(".")
            if (bare == domain or bare.endswith(f".{domain}")) and self._leads_back(bare):
                return True
        return False

    def _names(self, pointer: str) -> list[str]:
        try:
            return self._ask(pointer, "PTR")[:MAX_NAMES]
        except Unavailable:
            return []

    def _leads_back(self, name: str) -> bool:
        try:
            return any(self._near(address, _Term("", "+", "a")) for address in self._addresses(name))
        except Unavailable:
            return False

    def _target(self, term: _Term, domain: str) -> str:
        return self._expanded(term.argument, domain) if term.argument else domain

    # --- name servers

    def _count(self, asks: bool) -> None:  # noqa: FBT001 - private, read beside its call
        self.lookups += asks
        if self.lookups > MAX_LOOKUPS:
            raise _Wrong(f"more than {MAX_LOOKUPS} terms ask a name server")

    def _ask(self, name: str, kind: str, *, counts: bool = True) -> list[str]:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise Unavailable("the time for it is over")
        answers = self.resolver(name, kind, left)[:100] if _is_domain(name) else []
        self.void += counts and not answers
        if self.void > MAX_VOID:
            raise _Wrong(f"more than {MAX_VOID} names that do not exist")
        return answers

    # --- macros (section 7)

    def _expanded(self, spec: str, domain: str) -> str:
        whole = _EXPANDING.sub(lambda found: self._macro(found, domain), spec)[:2_000].rstrip(".").lower()
        while len(whole) > 253 and "." in whole:
            whole = whole.partition(".")[2]  # section 7.3: labels are dropped from the left
        return whole

    def _macro(self, found: re.Match[str], domain: str) -> str:
        if found[1] is None:
            return {"%%": "%", "%_": " ", "%-": "%20"}[found[0]]
        parts = re.split(f"[{re.escape(found[4] or '.')}]", self._value(found[1].lower(), domain))
        if found[3]:
            parts.reverse()
        if found[2]:
            if int(found[2]) == 0:
                raise _Wrong(f"{found[0]} keeps nothing")
            parts = parts[-int(found[2]) :]
        return ".".join(parts)

    def _value(self, letter: str, domain: str) -> str:
        local, _, sender_domain = self.sender.rpartition("@")
        return {
            "s": self.sender,
            "l": local or "postmaster",
            "o": sender_domain,
            "d": domain,
            "i": _dotted(self.peer),
            "p": "unknown",  # section 7.2: this is what it may be, and its use is discouraged
            "v": "in-addr" if self.peer.version == 4 else "ip6",
            "h": self.helo or "unknown",
        }.get(letter, "unknown")


_EXPANDING = re.compile(r"%(?:\{([slodiphcrtv])(\d{0,3})(r?)([.+,/_=-]*)\}|[%_-])", re.IGNORECASE)


def _dotted(peer: IPv4Address | IPv6Address) -> str:
    return str(peer) if peer.version == 4 else ".".join(peer.exploded.replace(":", ""))


def _is_domain(name: str) -> bool:
    labels = name.rstrip(".").split(".")
    return len(name) <= 253 and len(labels) >= 2 and all(0 < len(label) <= 63 for label in labels)
