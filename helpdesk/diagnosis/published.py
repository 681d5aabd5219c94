"""What our own domains publish, by which others judge our mail: SPF, DMARC, DKIM, and where mail to them goes.

All look-ups together take five seconds. A name server that does not answer is noted and is no fault of the desk.
"""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.diagnosis.examined import Examined
from helpdesk.errors import Unavailable
from helpdesk.mail.proof.dkim_check import proven_domain
from helpdesk.mail.proof.spf import record_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from helpdesk.unit import Rules

_SECONDS = 5.0  # for all of them together
_AT_ONCE = 16
_NO_MAIL = "."  # the MX of a domain that takes none (RFC 7505)

Question = tuple[str, str]  # name and type


@dataclass(frozen=True, slots=True)
class _Published:
    """What was asked, and the answers; None where nobody answered in time."""

    answers: Mapping[Question, list[str] | None]

    def texts(self, name: str, begin: str) -> list[str] | None:
        """The TXT records of a kind."""
        found = self.answers[name, "TXT"]
        return (
            None if found is None else [text for text in found if re.match(rf"{begin}(?:[ ;]|$)", text, re.IGNORECASE)]
        )

    def takes_mail(self, domain: str) -> bool | None:
        """Whether mail to a domain can go anywhere (RFC 5321 section 5.1); None where that was not found out."""
        found = [self.answers[domain, kind] for kind in ("MX", "A", "AAAA")]
        if any(found):
            return found[0] != [_NO_MAIL]
        return None if None in found else False

    @property
    def unanswered(self) -> list[str]:
        """The names of which nothing was heard."""
        return sorted({name for (name, _), found in self.answers.items() if found is None})


def domains(rules: Rules) -> Examined:
    """Look at the domains that the desk writes from, and at those of groups in front of its mailboxes."""
    configuration = rules.configuration
    ours = sorted({_domain(mailbox.address) for mailbox in configuration.mailboxes})
    groups = sorted(configuration.groups)
    published = _ask(rules, list(_questions(rules, ours, groups)))
    warnings = [warning for domain in ours for warning in _of_domain(rules, published, domain)]
    warnings += _signature(rules, published)
    for group in groups:
        if published.takes_mail(_domain(group)) is False:
            warnings.append(f"group {group}: {_domain(group)} takes no mail (no MX); correct groups")
    silent = published.unanswered
    notes = [f"no name server answered for {', '.join(silent)}: not looked at"] if silent else []
    return Examined(", ".join(ours), tuple(warnings), tuple(notes))


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _questions(rules: Rules, ours: Iterable[str], groups: Iterable[str]) -> Iterator[Question]:
    for domain in ours:
        yield domain, "TXT"
        yield from ((name, "TXT") for name in _policy_names(domain))
    for domain in {*ours, *map(_domain, groups)}:
        yield from ((domain, kind) for kind in ("MX", "A", "AAAA"))
    if rules.signing:
        yield f"{rules.signing.selector}._domainkey.{rules.signing.domain}", "TXT"


def _policy_names(domain: str) -> list[str]:
    """Where a DMARC policy for it may stand: at itself, or above it (RFC 7489 section 6.6.3; no list of suffixes)."""
    labels = domain.split(".")
    return [f"_dmarc.{'.'.join(labels[first:])}" for first in range(max(1, len(labels) - 1))]


def _ask(rules: Rules, questions: list[Question]) -> _Published:
    ends = time.monotonic() + _SECONDS

    def answer(question: Question) -> list[str] | None:
        left = ends - time.monotonic()
        try:
            return rules.resolver(*question, left) if left > 0 else None
        except Unavailable:
            return None

    with ThreadPoolExecutor(_AT_ONCE) as asking:
        return _Published(dict(zip(questions, asking.map(answer, questions), strict=True)))


# --- what is odd


def _of_domain(rules: Rules, published: _Published, domain: str) -> Iterator[str]:
    if published.takes_mail(domain) is False:
        yield f"{domain}: it takes no mail (no MX): nobody can write to the desk there; publish one"
    spf = published.texts(domain, "v=spf1")
    if spf == []:
        yield f"{domain}: no SPF record: publish a TXT (v=spf1 ... -all) naming your smarthost, as its provider says"
    elif spf and (problem := record_problem(spf)):
        yield f"{domain}: its SPF record proves nothing: {problem}; correct it"
    yield from _policy(published, domain, proven=spf != [] or rules.signing is not None)


def _policy(published: _Published, domain: str, *, proven: bool) -> Iterator[str]:
    found = [published.texts(name, "v=dmarc1") for name in _policy_names(domain)]
    above, policy = next(((above, records) for above, records in enumerate(found) if records), (0, None))
    if policy is None:
        if None not in found:
            yield f'{domain}: no DMARC policy: publish a TXT at _dmarc.{domain}, for a beginning "v=DMARC1; p=none"'
        return
    if len(policy) > 1:
        yield f"{domain}: {len(policy)} DMARC policies, of which none counts (RFC 7489 section 6.6.3); leave one"
        return
    tags = dict(_tags(policy[0]))
    wanted = tags.get("sp" if above and "sp" in tags else "p", "")
    if wanted not in {"none", "quarantine", "reject"}:
        yield f"{domain}: its DMARC policy says p={wanted or 'nothing'}; expected none, quarantine or reject"
    elif wanted != "none" and not proven:
        yield f"{domain}: its DMARC policy is {wanted}, and no SPF or DKIM of ours proves our mail; publish SPF or sign"


def _tags(record: str) -> Iterator[tuple[str, str]]:
    for piece in record.split(";"):
        name, _, value = piece.partition("=")
        yield name.strip().lower(), value.strip().lower()


def _signature(rules: Rules, published: _Published) -> list[str]:
    """Whether others can verify what we sign: a mail is signed and checked against what is published."""
    signing = rules.signing
    if signing is None:
        return []
    name = f"{signing.selector}._domainkey.{signing.domain}"
    found = published.answers[name, "TXT"]
    if found is None:
        return []
    if not found:
        return [
            f"{name}: there is no DKIM key, so nobody believes our signatures: publish the public half of dkim_key_file"
        ]
    raw = signing.signed(f"From: desk@{signing.domain}\r\nSubject: x\r\n\r\nx\r\n".encode())
    if any(_verifies(raw, signing.domain, record.encode()) for record in found):
        return []
    return [f"{name}: the DKIM key there is not that of dkim_key_file, so nobody believes our signatures: publish ours"]


def _verifies(raw: bytes, domain: str, record: bytes) -> bool:
    return bool(proven_domain(raw, domain, lookup=lambda _, __: record))
