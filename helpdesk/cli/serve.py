"""`serve`: the daemon."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from helpdesk.cli.shared import Config, open_rules

if TYPE_CHECKING:
    from helpdesk.daemon import Daemon
    from helpdesk.desk import Rules
    from helpdesk.wires.smtp_in import SmtpListener


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(serve)


def serve(config: Config = None) -> None:
    """Run the daemon until it is told to stop (SIGTERM or Ctrl-C)."""
    from helpdesk import log  # noqa: PLC0415 - only the daemon logs
    from helpdesk.daemon import Daemon  # noqa: PLC0415 - and only it needs everything

    log.configure()
    daemon = Daemon(open_rules(config))
    asyncio.run(daemon.run(ready=_greet))


def _greet(daemon: Daemon, listener: SmtpListener | None) -> None:
    """Tell a newcomer how to send a first mail and where the answer lies."""
    rules = daemon.rules
    configuration = rules.configuration
    typer.echo(f"helpdesk {configuration.file.desk.name!r} is running; {configuration.path}")
    for mailbox in configuration.mailboxes:
        typer.echo(f"  {mailbox.address}  policy {mailbox.policy}, team {mailbox.team}")
    if listener is not None:
        typer.echo(f"  listening on {configuration.file.smtp_in.listen}")
        typer.echo("\n" + _first_mail(rules, listener.port))
    if configuration.smtp_out_url.startswith("maildir:"):
        folder = configuration.smtp_out_url.removeprefix("maildir:")
        typer.echo(f"\nAnswers lie in {folder}/new, the newest last:\n\n  ls -tr {folder}/new/* | tail -2 | xargs cat")
    typer.echo("\nStop with Ctrl-C.\n")


def _first_mail(rules: Rules, port: int) -> str:
    address = rules.configuration.mailboxes[0].address
    return f"""Send it a first mail, from another terminal:

  .venv/bin/python -c "import smtplib; smtplib.SMTP('127.0.0.1', {port}).sendmail('jo@customer.example', '{address}', 'From: Jo <jo@customer.example>\\nTo: {address}\\nSubject: Rules do not load\\n\\nOur shop is down, nobody can order since 9:00.\\n')\""""
