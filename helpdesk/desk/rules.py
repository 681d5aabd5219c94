"""All that the operator wrote, as one value: read as a whole, checked as a whole, exchanged as a whole."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.config import load_configuration
from helpdesk.core.errors import ConfigurationError
from helpdesk.customers import Directory, load_customers
from helpdesk.letters import Letters
from helpdesk.mail.address import Signer
from helpdesk.mail.dkim_check import dns_txt
from helpdesk.mail.signing import Signing
from helpdesk.policies import PolicyBook, load_policies
from helpdesk.templates import Templates
from helpdesk.wires.name_servers import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from helpdesk.config import Configuration
    from helpdesk.mail.dkim_check import Lookup
    from helpdesk.mail.spf import Resolver

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Rules:
    """Configuration, policies, customers, templates and the signing key."""

    configuration: Configuration
    book: PolicyBook
    customers: Directory
    letters: Letters
    signer: Signer
    signing: Signing | None = None  # DKIM, of what we send
    lookup: Lookup = dns_txt  # how DKIM keys of others are found
    resolver: Resolver = resolve  # how it is found who may send in their name


def load_rules(path: Path, *, environment: Mapping[str, str] | None = None, signing_key: bytes | None = None) -> Rules:
    """Read everything. Raises ConfigurationError with every problem of every file at once.

    `signing_key` takes the place of the secret file's (the laboratory leaves no files behind).
    """
    configuration = load_configuration(path, environment=environment)
    desk = configuration.file.desk
    problems: list[str] = []
    try:
        book = load_policies(configuration.place(desk.policies))
    except ConfigurationError as wrong:
        raise ConfigurationError([*_folder_problems(configuration), *wrong.problems]) from None
    problems += _folder_problems(configuration)
    problems += _policy_problems(configuration, book)
    templates = Templates(configuration.place(desk.templates))
    problems += templates.problems()
    try:
        customers = load_customers(configuration.place(desk.customers), book.policies)
    except ConfigurationError as wrong:
        problems += wrong.problems
        customers = Directory()
    if problems:
        raise ConfigurationError(problems)
    signer = Signer(*([signing_key] if signing_key else _signing_keys(configuration.folder / desk.secret_file)))
    letters = Letters(templates=templates, signer=signer, desk=desk.name, public_url=desk.public_url)
    return Rules(configuration, book, customers, letters, signer, _signing(configuration))


def _signing(configuration: Configuration) -> Signing | None:
    """What outgoing mail is signed with, if it is. Raises ConfigurationError."""
    table = configuration.file.smtp_out
    path = configuration.place(table.dkim_key_file)
    if path is None:
        return None
    try:
        signing = Signing(table.dkim_domain, table.dkim_selector, path.read_bytes())
    except OSError as unreadable:
        raise ConfigurationError([f"{path}: expected a readable key file: {unreadable}"]) from None
    problem = signing.problem()
    if problem:
        raise ConfigurationError([f"{path}: {problem}"])
    return signing


def _folder_problems(configuration: Configuration) -> Iterator[str]:
    desk = configuration.file.desk
    for key, name in (("policies", desk.policies), ("templates", desk.templates)):
        place = configuration.place(name)
        if place is not None and not place.is_dir():
            yield f"{configuration.path}: desk.{key}: expected a folder, there is none at {place}"


def _policy_problems(configuration: Configuration, book: PolicyBook) -> Iterator[str]:
    for number, mailbox in enumerate(configuration.mailboxes, start=1):
        place = f"{configuration.path}: mailbox.{number}"
        policy = book.policies.get(mailbox.policy)
        if policy is None:
            yield f"{place}.policy: expected one of {', '.join(sorted(book.policies))}, not {mailbox.policy!r}"
            continue
        plans = [plan.key for plan in policy.plans]
        if mailbox.plan and mailbox.plan not in plans:
            yield f"{place}.plan: expected one of {', '.join(plans)}, not {mailbox.plan!r}"
        channels = {channel.key for channel in policy.channels} | {"monitoring", "escalation", "ignore"}
        if mailbox.channel not in channels:
            yield f"{place}.channel: expected one of {', '.join(sorted(channels))}, not {mailbox.channel!r}"


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
        raise ConfigurationError([f"{path}: expected a readable secret file: {problem}"]) from None
    if not lines or any(len(line.encode()) < _KEY_BYTES for line in lines):
        raise ConfigurationError([f"{path}: expected secrets of at least {_KEY_BYTES} characters, one a line"])
    return [line.encode() for line in lines]
