"""`mailbox`: signing in to accounts that take no password."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.registry import add_group
from helpdesk.cli.shared import AsJson, Config, open_configuration, print_json, wall_clock
from helpdesk.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.config import Configuration
    from helpdesk.credentials import SignIn
    from helpdesk.diagnosis import Looked
    from helpdesk.wires.token_server import Grant

_PATIENCE = 15 * 60  # seconds that somebody may take in a browser


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    add_group(app, "mailbox", login=login)


def login(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A mailbox, or who sending signs in as.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Sign in to a mailbox with OAuth2, for reading and sending; the refresh token is put where the desk reads it."""
    from helpdesk.credentials import sign_ins
    from helpdesk.wires.refresh_token import write_whole

    configuration = open_configuration(config)
    signed_in = sign_ins(configuration, address)
    for one in signed_in:
        _say(f"Sign in as {one.account.username}.")
        token = _signed_in(one).refresh_token
        if not token:
            raise Unavailable(
                "the token server gave no refresh token: docs/microsoft-365.md and docs/gmail.md say what scope and "
                "authorize_url have to ask for"
            )
        write_whole(one.file, f"{token}\n")
        _say(f"The refresh token is in {one.file}.")
    tried = list(_tried(configuration, signed_in))
    if as_json:
        checks = {each.part: each.problem for each in tried}
        print_json({"mailbox": address, "ok": not any(checks.values()), "checks": checks})
    for each in tried:
        _say(f"FAILED: {each.part}: {each.problem}" if each.problem else f"ok: {each.part}")
    if any(each.problem for each in tried):
        raise typer.Exit(1)


def _say(text: str) -> None:
    """To the person, who may have the facts printed elsewhere."""
    typer.echo(text, err=True)


def _signed_in(one: SignIn) -> Grant:
    from helpdesk.wires import sign_in
    from helpdesk.wires.redirected import Redirects

    table = one.account.table
    if table.device_url:
        return sign_in.by_device(one.application, table.device_url, _say)
    redirects = Redirects(_typed())
    with redirects.opened(_PATIENCE) as addresses:
        return sign_in.by_browser(one.application, table.authorize_url, redirects.address, _say, addresses)


def _typed() -> int | None:
    """Standard input, where there is any."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def _tried(configuration: Configuration, signed_in: Iterable[SignIn]) -> Iterator[Looked]:
    """What uses the tokens, tried."""
    from helpdesk.credentials import TokenAccount
    from helpdesk.diagnosis import look, mailbox, smarthost

    keys, now = {one.account.key for one in signed_in}, wall_clock()
    for entry in configuration.file.mailbox:
        imap = entry.imap
        if imap and imap.oauth2 and TokenAccount(entry.address, imap.username, imap.oauth2).key in keys:
            yield look(f"mailbox {entry.address}", partial(mailbox, configuration, entry, now))
    out = configuration.file.smtp_out
    if out.oauth2 and TokenAccount(out.username, out.username, out.oauth2).key in keys:
        yield look("outgoing mail", partial(smarthost, configuration, now))
