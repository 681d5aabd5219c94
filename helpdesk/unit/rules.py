"""All that the operator wrote, as one value: read as a whole, checked as a whole, exchanged as a whole."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, get_args

from helpdesk.config import notify_urls_in, read_configuration
from helpdesk.core.words.addresses import comparable
from helpdesk.customers import Directory, load_customers
from helpdesk.errors import ConfigurationError, Unavailable
from helpdesk.mail.proof.address import Signer
from helpdesk.mail.proof.dkim_check import dns_txt
from helpdesk.mail.proof.signing import Signing
from helpdesk.offering.files import PolicyBook, collect_policies
from helpdesk.offering.severities import Kind
from helpdesk.placeholders import BLANK
from helpdesk.store.engine import read_url
from helpdesk.unit.reader_key import read_key
from helpdesk.wires.name_servers import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from helpdesk.config import CheckedFile, Configuration, ConfigurationFile
    from helpdesk.letters import Letters
    from helpdesk.mail.proof.dkim_check import Lookup
    from helpdesk.mail.proof.spf import Resolver
    from helpdesk.offering.policy import Policy
    from helpdesk.templates import Snippets, Templates

_KEY_BYTES = 32
T = TypeVar("T")


@dataclass(frozen=True)
class Rules:
    """Configuration, policies, customers, templates, snippets and the signing key.

    What writes mail is loaded with the first mail: most commands write none.
    """

    configuration: Configuration
    book: PolicyBook
    customers: Directory
    signer: Signer
    own_templates: Templates | None = None
    own_snippets: Snippets | None = None
    signing: Signing | None = None  # DKIM, of what we send
    lookup: Lookup = dns_txt  # how DKIM keys of others are found
    resolver: Resolver = resolve  # how it is found who may send in their name

    @cached_property
    def letters(self) -> Letters:
        """The writer of our mail, with the operator's templates."""
        from helpdesk.letters import Letters  # noqa: PLC0415 - see the class's promise
        from helpdesk.templates import Templates  # noqa: PLC0415

        desk, templates = self.configuration.file.desk, self.own_templates or Templates()
        return Letters(templates=templates, signer=self.signer, desk=desk.name, public_url=desk.public_url)

    @cached_property
    def snippets(self) -> Snippets:
        """What agents send by name."""
        from helpdesk.templates import Snippets  # noqa: PLC0415 - see the class's promise

        return self.own_snippets or Snippets()

    @property
    def bound_policies(self) -> list[Policy]:
        """The policies that a mailbox runs by, in the order of their keys."""
        return [self.book.policies[key] for key in sorted({mailbox.policy for mailbox in self.configuration.mailboxes})]

    @property
    def used_policies(self) -> frozenset[str]:
        """The keys of the policies that a mailbox runs by, or that a customer has bought."""
        sold = (customer.policy for customer in self.customers.by_key.values())
        return frozenset((*(mailbox.policy for mailbox in self.configuration.mailboxes), *sold))


def load_rules(path: Path, *, environment: Mapping[str, str] | None = None, signing_key: bytes | None = None) -> Rules:
    """Read everything. Raises ConfigurationError with every problem of every file at once.

    `signing_key` takes the place of the secret file's (the laboratory leaves no files behind).
    """
    written = read_configuration(path, environment=environment)
    desk = written.filled.table.desk
    collected = collect_policies(
        written.place(desk.policies), named={mailbox.policy for mailbox in written.filled.table.mailbox}
    )
    templates, snippets = _own_words(written)
    known = _known(written, collected.book)
    customers, wrong_customers = _attempt(lambda: load_customers(written.place(desk.customers), known), Directory())
    signing, wrong_key = _attempt(lambda: _signing(written), None)
    _, wrong_reader = _attempt(lambda: read_key(written.place(written.filled.table.severity.reader.key_file)), "")
    _, wrong_secret = _attempt(lambda: None if signing_key else _look_at_keys(written), None)
    problems = (
        *written.problems,
        *written.filled.further(_place_problems(written)),
        *written.filled.further(_url_problems(written.filled.table)),
        *written.filled.further(_notify_problems(written.filled.table)),
        *written.filled.further(_policy_problems(written.filled.table, known)),
        *collected.problems,
        *(templates.problems() if templates else ()),
        *(snippets.problems() if snippets else ()),
        *wrong_customers,
        *_blocked_customers(written, customers),
        *wrong_key,
        *wrong_reader,
        *wrong_secret,
    )
    if problems:
        raise ConfigurationError(problems)
    configuration = written.checked()
    signer = Signer(*([signing_key] if signing_key else _signing_keys(configuration.folder / desk.secret_file)))
    return Rules(configuration, collected.book, customers, signer, templates, snippets, signing)


def _own_words(written: CheckedFile) -> tuple[Templates | None, Snippets | None]:
    """The operator's own templates and snippets, read now, so that a later edit does not come in unseen."""
    desk = written.filled.table.desk
    templates, snippets = written.place(desk.templates), written.place(desk.snippets)
    if not (templates or snippets):
        return None, None
    from helpdesk.templates import Snippets, Templates  # noqa: PLC0415 - most desks have none

    teams = [team.name for team in written.filled.table.team]
    return Templates(templates) if templates else None, Snippets(snippets, teams) if snippets else None


def _attempt(reading: Callable[[], T], otherwise: T) -> tuple[T, tuple[str, ...]]:
    """What `reading` reads, or what is wrong with that."""
    try:
        return reading(), ()
    except ConfigurationError as wrong:
        return otherwise, wrong.problems


def _known(written: CheckedFile, book: PolicyBook) -> Mapping[str, Policy]:
    """The policies that may be named; where their folder is not to be found, nobody knows which there are."""
    folder = written.place(written.filled.table.desk.policies)
    if folder is None or folder.is_dir():
        return book.policies
    return {**book.policies, BLANK: next(iter(book.policies.values()))}


def _signing(written: CheckedFile) -> Signing | None:
    """What outgoing mail is signed with, if it is. Raises ConfigurationError."""
    table = written.filled.table.smtp_out
    path = written.place(table.dkim_key_file)
    if path is None or not (table.dkim_domain and table.dkim_selector):
        return None
    try:
        signing = Signing(table.dkim_domain, table.dkim_selector, path.read_bytes())
    except OSError as unreadable:
        raise ConfigurationError([f"{path}: expected a readable key file: {unreadable.strerror}"]) from None
    problem = signing.problem()
    if problem:
        raise ConfigurationError([f"{path}: {problem}"])
    return signing


def _place_problems(written: CheckedFile) -> Iterator[str]:
    desk = written.filled.table.desk
    for key, name in (("policies", desk.policies), ("templates", desk.templates), ("snippets", desk.snippets)):
        place = written.place(name)
        if place is not None and not place.is_dir():
            yield f"desk.{key}: expected a folder, there is none at {place}"
        elif place is not None and not os.access(place, os.R_OK | os.X_OK):  # else the shipped ones would be taken
            yield f"desk.{key}: expected a folder that can be read, and user {os.geteuid()} may not read {place}"


def _url_problems(file: ConfigurationFile) -> Iterator[str]:
    """What the wires and the store will not take; the configuration itself knows their schemes only."""
    try:
        read_url(file.database.url)
    except Unavailable as problem:
        yield str(problem)
    out = file.smtp_out
    try:
        if re.match(r"smtps?://.", out.url):
            from helpdesk.wires.outgoing import smarthost_of  # noqa: PLC0415 - many a desk has none

            smarthost_of(out.url, username=out.username or None, password=str if out.username else None)
    except ValueError as problem:
        yield f"smtp_out.url: {problem}"


def _notify_problems(file: ConfigurationFile) -> Iterator[str]:
    """What is wrong with the URLs that calls go to; none of them is repeated."""
    for one in notify_urls_in(file):
        from helpdesk.wires.notify import url_problem  # noqa: PLC0415 - most desks have none

        if problem := url_problem(one.url):
            yield f"{one.place}: {problem}"
    if file.desk.notify and not file.desk.operators:
        yield "desk.operators: expected somebody whose calls go to desk.notify"


def _policy_problems(file: ConfigurationFile, policies: Mapping[str, Policy]) -> Iterator[str]:
    for number, mailbox in enumerate(file.mailbox, start=1):
        policy = policies.get(mailbox.policy)
        if policy is None:
            yield from _among(f"mailbox.{number}.policy", mailbox.policy, policies)
            continue
        if mailbox.plan:
            yield from _among(f"mailbox.{number}.plan", mailbox.plan, [plan.key for plan in policy.plans])
        if mailbox.severity:
            levels = [level.key for level in policy.severity.levels]
            yield from _among(f"mailbox.{number}.severity", mailbox.severity, levels)
        yield from _unfilled_levels(file, mailbox.team, policy)
        if mailbox.kind:
            kinds = (*(kind.key for kind in policy.case_kinds), *get_args(Kind))
            yield from _among(f"mailbox.{number}.kind", mailbox.kind, kinds)
        channels = {channel.key for channel in policy.channels} | {"monitoring", "escalation", "ignore"}
        yield from _among(f"mailbox.{number}.channel", mailbox.channel, sorted(channels))


def _unfilled_levels(file: ConfigurationFile, team: str, policy: Policy) -> Iterator[str]:
    """Every level that a policy's ladder names is a seat of the team that works by it."""
    there = [entry.name.lower() for entry in file.level if entry.team in {"", team}]
    named = dict.fromkeys(seat for step in policy.ladder for seat in step.to if seat in policy.levels)
    for name in named:
        if name not in there:
            near = "".join(f"; the nearest is {one!r}" for one in get_close_matches(name, there, n=1, cutoff=0.0))
            yield f"level: expected one named {name!r} for team {team}, to which policy {policy.key} escalates{near}"


def _blocked_customers(written: CheckedFile, customers: Directory) -> Iterator[str]:
    """Nobody who bought something can be kept out."""
    blocked = [comparable(entry) for entry in written.filled.table.desk.blocked]
    for customer in customers.by_key.values():
        known = [comparable(one) for one in (*customer.domains, *(contact.address for contact in customer.contacts))]
        for entry in blocked:
            theirs = next((one for one in known if one == entry or one.endswith((f".{entry}", f"@{entry}"))), "")
            theirs = theirs or (entry.rpartition("@")[2] if customer.includes(entry) else "")
            if theirs:
                yield f"desk.blocked: expected nobody's who is a customer, {entry!r} is {customer.key}'s ({theirs})"


def _among(place: str, name: str, known: Collection[str]) -> Iterator[str]:
    if name not in known and BLANK not in known:
        yield f"{place}: expected one of {', '.join(known)}, not {name!r}"


def _look_at_keys(written: CheckedFile) -> None:
    """Looks at the secret that is there already. Raises ConfigurationError."""
    path = written.place(written.filled.table.desk.secret_file)
    if path is not None and path.exists():
        _read_keys(path)


def _signing_keys(path: Path) -> list[bytes]:
    """The keys of reply tokens, one a line; made on first start, readable by its owner only.

    The first signs; the others are still believed. To change the key, write a new one above the old.
    """
    try:
        # Exclusive, so that two daemons starting at once agree on one key.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_keys(path)
    except OSError as problem:
        raise ConfigurationError([f"{path}: expected to be able to make the secret file: {problem}"]) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return _read_keys(path)


def _read_keys(path: Path) -> list[bytes]:
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except OSError as problem:
        raise ConfigurationError([f"{path}: expected a readable secret file: {problem.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigurationError([f"{path}: expected secrets as text, such as openssl rand -hex 32 makes"]) from None
    if not lines or any(len(line.encode()) < _KEY_BYTES for line in lines):
        raise ConfigurationError([f"{path}: expected secrets of at least {_KEY_BYTES} characters, one a line"])
    return [line.encode() for line in lines]
