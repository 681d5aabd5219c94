"""Where a mail came from, and what that makes of its sender: our border's findings, or our own where we are the border.

The desk checks itself where `require_authentication` is `always` and no `authserv_id` names a server that does: DKIM
first, then SPF of the peer that spoke to the listener. SPF proves the domain of MAIL FROM, which any sender chooses;
so it must be that of From exactly (RFC 7489 section 3.1.2, strict), and a subdomain that is lent to a mailing service
proves nothing. Only mail in the name of an agent or an operator is asked for: nothing else is worth the time of a
name server.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from helpdesk.mail.proof.authenticity import TOPMOST, Authenticity, authenticity, misleading, strict_sender
from helpdesk.mail.proof.dkim_check import proven_domain
from helpdesk.mail.proof.spf import check

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from helpdesk.config import Configuration
    from helpdesk.core.words.message import Message
    from helpdesk.store.spool import Spooled
    from helpdesk.unit.rules import Rules

# Anybody who speaks SMTP to us, or hands us a file, can have written the topmost field.
_TOPMOST_FROM = frozenset({"imap", "simulate"})


def checked(rules: Rules, mail: Spooled, message: Message) -> Spooled:
    """The mail with what the desk itself finds out about its sender, where that is asked for and nobody else has."""
    configuration = rules.configuration
    if not _is_ours_to_check(configuration, mail):
        return mail
    sender = strict_sender(message)
    if not _is_ours(configuration, sender):
        return mail
    domain = sender.rpartition("@")[2]
    signer = proven_domain(mail.raw, domain, lookup=rules.lookup)
    if signer:
        return replace(mail, proof=f"dkim=pass header.d={signer}")
    return _by_spf(rules, mail, domain)


def _is_ours(configuration: Configuration, sender: str) -> bool:
    return bool(configuration.operator(sender)) or any(team.agent(sender) for team in configuration.teams.values())


def _is_ours_to_check(configuration: Configuration, mail: Spooled) -> bool:
    smtp_in = configuration.file.smtp_in
    others_do = bool(smtp_in.authserv_id) and not (smtp_in.authserv_id == TOPMOST and mail.source == "smtp")
    required = configuration.authentication_required and not others_do
    return required and not from_our_border(mail, smtp_in.trusted_relays)


def _by_spf(rules: Rules, mail: Spooled, domain: str) -> Spooled:
    sender = mail.envelope.mail_from
    unsigned, identity = f"no DKIM signature of {domain} holds", f"smtp.mailfrom={sender or '<>'}"
    # A null sender is a machine's (RFC 5321 section 4.5.5), and HELO says which, not who: no agent's mail has it.
    if sender.lower().rpartition("@")[2].rstrip(".") != domain:
        return replace(mail, tried=f"{unsigned}; {identity} is not of {domain}, so SPF would prove nothing")
    found = check(mail.envelope.remote, mail_from=sender, helo=mail.envelope.helo, resolver=rules.resolver)
    if found.result == "pass" and found.proves:
        return replace(mail, proof=f"spf=pass {identity} ({found.by})")
    return replace(mail, tried=f"{unsigned}; spf={found.result} {identity} ({found.by})")


def sender_proof(configuration: Configuration, mail: Spooled, message: Message) -> Authenticity:
    """What is known of the sender's domain: what our border wrote of mail that it handed to us, else what we found."""
    smtp_in = configuration.file.smtp_in
    if from_our_border(mail, smtp_in.trusted_relays):
        if smtp_in.authserv_id == TOPMOST and mail.source not in _TOPMOST_FROM:
            return Authenticity("none", f"authserv_id {TOPMOST} is for mail that lay in an IMAP mailbox", "")
        relays = partial(_is_relay, smtp_in.trusted_relays)
        return authenticity(message, authserv_id=smtp_in.authserv_id or None, relays=relays)
    sender, problem = strict_sender(message), misleading(message)
    if mail.proof and sender and not problem:
        return Authenticity("pass", f"{mail.proof}, checked by the desk", sender.rpartition("@")[2])
    # Anybody who speaks to our listener directly can write any Authentication-Results (RFC 8601 section 7.1).
    straight = f"it came straight from {mail.envelope.remote}, not through our border"
    return Authenticity("none", "; ".join(one for one in (straight, mail.tried, problem) if one), "")


def from_our_border(mail: Spooled, trusted_relays: list[str]) -> bool:
    """Whether a server of ours handed the mail on: it lay in our mailbox, or came from this host or a trusted relay."""
    remote = mail.envelope.remote
    if mail.source != "smtp" or not remote:
        return True
    try:
        return _is_relay(trusted_relays, ip_address(remote))
    except ValueError:
        return False


def _is_relay(trusted_relays: list[str], address: IPv4Address | IPv6Address) -> bool:
    return address.is_loopback or any(address in ip_network(relay, strict=False) for relay in trusted_relays)
