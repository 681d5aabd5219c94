"""`serve`: the daemon."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from helpdesk.cli.shared import Config, open_rules
from helpdesk.errors import ConfigurationError, HelpdeskError

if TYPE_CHECKING:
    from helpdesk.daemon import Daemon
    from helpdesk.desk import Rules
    from helpdesk.wires.smtp_in import SmtpListener


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(serve)


def serve(config: Config = None) -> None:
    """Run the daemon until it is told to stop (SIGTERM or Ctrl-C)."""
    from helpdesk import log
    from helpdesk.credentials import refuse_notify_urls
    from helpdesk.daemon import Daemon, spare_collector

    def ready(daemon: Daemon, listener: SmtpListener | None) -> None:
        spare_collector()
        _greeting(daemon, listener)

    rules = open_rules(config)
    log.configure(rules.configuration.file.log.format, rules.configuration.file.log.level)
    try:
        refuse_notify_urls(rules.configuration)
        asyncio.run(Daemon(rules).run(ready=ready))
    except HelpdeskError as problem:
        if not log.is_json(rules.configuration.file.log.format):
            raise
        log.logger("daemon").error("cannot run", problem=str(problem))
        raise typer.Exit(2 if isinstance(problem, ConfigurationError) else 1) from None


def _greeting(daemon: Daemon, listener: SmtpListener | None) -> None:
    """To a person in words; whoever collects JSON finds nothing between it that is none."""
    from helpdesk import log

    configuration = daemon.rules.configuration
    if log.is_json(configuration.file.log.format):
        log.logger("daemon").info(
            "is running",
            desk=configuration.file.desk.name,
            configuration=str(configuration.path),
            mailboxes=[mailbox.address for mailbox in configuration.mailboxes],
            smtp=configuration.file.smtp_in.listen if listener else None,
            console=configuration.file.web.listen,
        )
        if not _apart():
            return
    with contextlib.suppress(OSError, ValueError):  # nobody reads it: a closed file, a full disk
        _greet(daemon, listener)


def _apart() -> bool:
    """Whether somebody watches standard output while the log goes elsewhere."""
    return sys.stdout is not None and sys.stdout.isatty() and not (sys.stderr is not None and sys.stderr.isatty())


def _greet(daemon: Daemon, listener: SmtpListener | None) -> None:
    """Tell a newcomer how to send a first mail, how to answer it, and where everything lies."""
    configuration = daemon.rules.configuration
    typer.echo(f"helpdesk {configuration.file.desk.name!r} is running, configured by {_near(configuration.path)}")
    for mailbox in configuration.mailboxes:
        typer.echo(f"  {mailbox.address}  policy {mailbox.policy}, team {mailbox.team}")
    if listener is not None:
        typer.echo(f"  mail comes in at {configuration.file.smtp_in.listen}")
    if daemon.console is not None:
        typer.echo(f"  console at http://{configuration.file.web.listen}/")
    if listener is not None and configuration.smtp_out_url.startswith("maildir:"):
        typer.echo(_first_steps(daemon.rules, listener.port))
    typer.echo("\nStop with Ctrl-C.\n")


def _first_steps(rules: Rules, port: int) -> str:
    """From the first mail to the first answer, each a line to paste into another terminal."""
    configuration = rules.configuration
    folder = _near(Path(configuration.smtp_out_url.removeprefix("maildir:")) / "new")
    steps = [("Send it a first mail, from another terminal:", first_mail(configuration.mailboxes[0].address, port))]
    steps += [("See what was sent because of it, the newest last:", f"ls -tr {folder}/* | xargs tail -n +1")]
    script = configuration.folder / "answer.py"
    if script.exists() and configuration.file.agent:
        agent = configuration.file.agent[0].email
        line = f'{_python()} {_near(script)} {agent} "We are on it."'
        steps += [(f"Answer it as {configuration.file.agent[0].name}, whose mail program would do this:", line)]
    steps += [("Look at the case:", f"{_python()} -m helpdesk case show HD-1 --config {_near(configuration.path)}")]
    return "\n".join(f"\n{words}\n\n  {line}" for words, line in steps)


def first_mail(address: str, port: int) -> str:
    """A line for the shell that sends a mail with nothing but this Python."""
    lines = ("From: Jo Miller <jo@acme.example>", f"To: {address}", "Subject: Production is down")
    mail = "\\n".join((*lines, "", "Nobody can order since 9:00."))
    send = f"import smtplib; smtplib.SMTP('127.0.0.1', {port}).sendmail('jo@acme.example', '{address}', '{mail}')"
    return f'{_python()} -c "{send}"'


def _python() -> str:
    """The Python that runs us, as it is called from here."""
    return _near(Path(sys.executable))


def _near(path: Path) -> str:
    """The path from the current directory, where that is not longer than the whole of it."""
    told = os.path.relpath(path)
    return told if len(told) < len(str(path)) else str(path)
