"""What is known of a mail before it is placed: the cases it names, the proofs it carries, and what they are worth.

`work` places mail by it; `helpdesk case verify` shows it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from helpdesk.core.thread import place, place_robot
from helpdesk.desk.neighbours import after_merging
from helpdesk.mail.authenticity import Authenticity, authenticity, misleading, strict_sender
from helpdesk.mail.dkim_check import proven_domain
from helpdesk.mail.parse import parse
from helpdesk.placing import evidence, read_clues
from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from helpdesk.config import Configuration
    from helpdesk.core.case import Case
    from helpdesk.core.message import Message
    from helpdesk.core.people import Mailbox
    from helpdesk.core.thread import Evidence, Placement
    from helpdesk.desk.rules import Rules
    from helpdesk.store.spool import Spooled


@dataclass(frozen=True, slots=True)
class Findings:
    """What a mail shows, and where that places it. `cases` are those that it names and that exist here."""

    placement: Placement
    evidence: Evidence
    proof: Authenticity
    cases: Mapping[int, Case]

    @property
    def case(self) -> Case | None:
        """The case the mail belongs to, None for a new one."""
        return self.cases[self.placement.case] if self.placement.case is not None else None


def look_into(connection: sa.Connection, rules: Rules, mail: Spooled, message: Message, mailbox: Mailbox) -> Findings:
    """Verify all that a mail shows, and place it."""
    configuration = rules.configuration
    team = configuration.teams[mailbox.team]
    clues = read_clues(message, mail.envelope, mailbox, rules.signer)
    found = case_store.find(connection, clues.case_numbers)
    # What is written to the escalation address may be about a case of any mailbox of that offering.
    anywhere = mailbox.channel == "escalation"
    here = {
        number: case
        for number, case in found.items()
        if case.mailbox == mailbox.address or (anywhere and case.policy == mailbox.policy)
    }
    proof = sender_proof(configuration, mail, message)
    shown = replace(
        evidence(clues, message, cases=here, team=team, signer=rules.signer, operators=configuration.operators),
        authenticated=proof.result == "pass",
        authentication_required=configuration.authentication_required,
        received_at=mail.received_at,
        repeated_on=_repeated_on(connection, here, message.message_id, besides=mail.id),
    )
    placement = place_robot(shown, here) if message.robot else place(shown, here, team)
    return Findings(placement, shown, proof, here)


def _repeated_on(
    connection: sa.Connection, here: Mapping[int, Case], message_id: str, *, besides: int
) -> frozenset[int]:
    """Those of these cases on which an agent's mail had that Message-ID before, or on the one they were merged into."""
    after = after_merging(connection, here)
    known = case_store.with_agents_mail(connection, {*here, *after.values()}, message_id, besides=besides)
    return frozenset(number for number in here if {number, after[number]} & known)


def sender_proof(configuration: Configuration, mail: Spooled, message: Message) -> Authenticity:
    """What is known of the sender's domain: what our border wrote, of the mail that our border handed to us."""
    smtp_in = configuration.file.smtp_in
    if from_our_border(mail, smtp_in.trusted_relays):
        return authenticity(message, authserv_id=smtp_in.authserv_id or None)
    sender = strict_sender(message)
    if mail.proven_domain and sender and not misleading(message):
        domain = sender.rpartition("@")[2]
        return Authenticity("pass", f"dkim=pass header.d={mail.proven_domain}, checked by the desk", domain)
    # Whoever speaks to our listener directly can write any Authentication-Results (RFC 8601 section 7.1).
    return Authenticity("none", f"it came straight from {mail.envelope.remote}, not through our border", "")


def checked(rules: Rules, mail: Spooled) -> Spooled:
    """The mail with the domain whose signature it proves to carry, where that is asked for and nobody else has checked.

    Only mail in the name of an agent or an operator, straight from outside, where authentication is required: nothing
    else is worth asking a name server for.
    """
    configuration = rules.configuration
    border = from_our_border(mail, configuration.file.smtp_in.trusted_relays)
    if not configuration.authentication_required or border:
        return mail
    sender = strict_sender(parse(mail.raw))
    if not configuration.operator(sender) and not any(team.agent(sender) for team in configuration.teams.values()):
        return mail
    domain = sender.rpartition("@")[2]
    return replace(mail, proven_domain=proven_domain(mail.raw, domain, lookup=rules.lookup))


def from_our_border(mail: Spooled, trusted_relays: list[str]) -> bool:
    """Whether a server of ours handed the mail on: it lay in our mailbox, or came from this host or a trusted relay."""
    remote = mail.envelope.remote
    if mail.source != "smtp" or not remote:
        return True
    try:
        address = ip_address(remote)
    except ValueError:
        return False
    return address.is_loopback or any(address in ip_network(relay, strict=False) for relay in trusted_relays)
