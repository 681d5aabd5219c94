"""`init`, `check`, `db`, `backup`: before the daemon starts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.shared import Config, open_database, open_rules
from helpdesk.core.errors import ConfigurationError, HelpdeskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpdesk.desk import Rules
    from helpdesk.wires.imap_account import Account


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(init)
    app.command()(check)
    app.command()(backup)
    group = typer.Typer(no_args_is_help=True, help="The database.")
    group.command("upgrade")(db_upgrade)
    group.command("current")(db_current)
    app.add_typer(group, name="db")


def init(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Write a commented starter configuration into a folder."""
    from helpdesk.starter import FILES  # noqa: PLC0415

    taken = [folder / name for name in FILES if (folder / name).exists()]
    if taken:
        raise ConfigurationError([f"{path}: expected no file here yet; init overwrites nothing" for path in taken])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
        typer.echo(f"wrote {folder / name}")
    typer.echo(f"\nNext: read {folder / 'helpdesk.toml'}, then\n  helpdesk check --config {folder / 'helpdesk.toml'}")


def check(config: Config = None) -> None:
    """Everything that can be known before starting; exits with 1 when something does not work."""
    rules = open_rules(config)
    typer.echo(f"ok: {rules.configuration.path}")
    for warning in _warnings(rules):
        typer.echo(f"warning: {warning}")
    failed = [name for name, probe in _probes(rules) if not _works(name, probe)]
    if failed:
        raise typer.Exit(1)


def _warnings(rules: Rules) -> Iterator[str]:
    """What works and is not as the policies ask for."""
    for customer in rules.customers.by_key.values():
        policy = rules.book.policies.get(customer.policy)
        if policy and policy.escalation_contact and not customer.escalation_contact:
            yield f"customer {customer.key}: {policy.name} asks for an escalation_contact, there is none"
    for mailbox in rules.configuration.mailboxes:
        calls = any(step.pages for step in rules.book.policy(mailbox.policy).ladder)
        if calls and rules.configuration.teams[mailbox.team].rotation is None:
            yield f"mailbox {mailbox.address}: {mailbox.policy} calls who is on call, {mailbox.team} has no rotation"


def _works(name: str, probe: Callable[[], str]) -> bool:
    try:
        said = probe()
    except HelpdeskError as problem:
        typer.echo(f"FAILED: {name}: {problem}", err=True)
        return False
    typer.echo(f"ok: {name}{': ' if said else ''}{said}")
    return True


def _probes(rules: Rules) -> Iterator[tuple[str, Callable[[], str]]]:
    from helpdesk.accounts import imap_account  # noqa: PLC0415

    configuration = rules.configuration
    yield "policies", partial(_check_policies, rules)
    yield "database", partial(_check_database, rules)
    yield "outgoing mail", partial(_check_outgoing, rules)
    for entry in configuration.file.mailbox:
        if entry.imap:
            account = imap_account(configuration, entry.address.lower(), entry.imap, max_size=configuration.max_size)
            yield f"mailbox {entry.address}", partial(_check_mailbox, account)


def _check_policies(rules: Rules) -> str:
    from helpdesk.core.errors import Unavailable  # noqa: PLC0415
    from helpdesk.policies.find import policy_files  # noqa: PLC0415
    from helpdesk.policies.lint import check_file  # noqa: PLC0415

    folder = rules.configuration.place(rules.configuration.file.desk.policies)
    findings = [finding for path in policy_files(folder) for finding in check_file(path)]
    errors = [str(finding) for finding in findings if finding.level == "error"]
    if errors:
        raise Unavailable("\n".join(errors))
    for finding in findings:
        if finding.level == "warning":
            typer.echo(f"  {finding}")
    examples = sum(len(policy.examples) for policy in rules.book.policies.values())
    return f"{len(rules.book.policies)} policies, {examples} worked examples come out"


def _check_outgoing(rules: Rules) -> str:
    from helpdesk.accounts import open_outgoing  # noqa: PLC0415

    courier = open_outgoing(rules.configuration)
    courier.probe()
    courier.close()
    return rules.configuration.file.smtp_out.url


def _check_mailbox(account: Account) -> str:
    from helpdesk.wires.imap import probe  # noqa: PLC0415

    return f"{probe(account)} mails wait"


def _check_database(rules: Rules) -> str:
    with open_database(rules) as database:
        doubt = database.doubt()
        return "at this version's schema" + (f"; careful: {doubt}" if doubt else "")


def backup(file: Annotated[Path, typer.Argument(metavar="FILE")], config: Config = None) -> None:
    """Copy the embedded database while it is in use."""
    from helpdesk.store.backup import copy_to  # noqa: PLC0415

    with open_database(open_rules(config)) as database:
        copy_to(database, file)
    typer.echo(f"wrote {file}")


def db_upgrade(config: Config = None) -> None:
    """Bring the database to this version's schema."""
    from helpdesk.store import migrate  # noqa: PLC0415
    from helpdesk.store.engine import Database  # noqa: PLC0415

    database = Database(open_rules(config).configuration.database_url)
    try:
        migrate.upgrade(database)
        typer.echo(f"database at revision {migrate.current(database)}")
    finally:
        database.close()


def db_current(config: Config = None) -> None:
    """The database's revision and the one that this version needs."""
    from helpdesk.store import migrate  # noqa: PLC0415
    from helpdesk.store.engine import Database  # noqa: PLC0415

    database = Database(open_rules(config).configuration.database_url)
    try:
        typer.echo(f"database at revision {migrate.current(database)}, this version needs {migrate.head()}")
    finally:
        database.close()
