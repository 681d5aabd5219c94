"""`trace`, `outbox`, `quarantine`, `ledger`: what became of a mail, what is stuck, whether it all is accounted for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

import typer

from helpdesk.cli.registry import add_group
from helpdesk.cli.shared import AsJson, Config, open_rules, open_units, print_json, reading, wall_clock, writing
from helpdesk.cli.table import local_time, print_table
from helpdesk.core.words.decision import Outcome
from helpdesk.plural import plural

# Every accepted mail is in exactly one of these; anything else in the table breaks the balance.
_PLACES = (*get_args(Outcome), "waiting")
All = Annotated[bool, typer.Option("--all", help="Also what is done.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    add_group(
        app, "outbox", list=outbox_list, show=outbox_show, retry=outbox_retry, drop=outbox_drop, release=outbox_release
    )
    add_group(
        app, "quarantine", list=quarantine_list, show=quarantine_show, retry=quarantine_retry, drop=quarantine_drop
    )
    add_group(app, "history", list=history_list, open=history_open)
    app.command()(ledger)
    app.command()(trace)


def trace(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="An address, words of a subject, or a Message-ID.")],
    config: Config = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, of the newest.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Everything that came in or went out and what became of it, also what is held, waits or was refused."""
    from helpdesk.report import traced

    if not text.strip():
        raise typer.BadParameter("expected an address, a word of a subject or a Message-ID")
    with reading(config) as unit:
        mailboxes = [mailbox.address for mailbox in unit.rules.configuration.mailboxes]
        found = traced.trace(unit.connection, text, mailboxes=mailboxes, limit=limit)
    shapes = [traced.trace_shape(each) for each in found]
    if as_json:
        print_json(shapes)
        return
    cells = [
        (
            local_time(shape["at"]),
            shape["direction"],
            str(shape["number"] or ""),
            shape["from"],
            ", ".join(shape["to"]),
            shape["subject"],
            shape["outcome"],
            shape["case"] or "",
            "; ".join(filter(None, (shape["because"], shape["server"]))),
        )
        for shape in shapes
    ]
    columns = ("at", "way", "number", "from", "to", "subject", "became", "case", "because")
    print_table(columns, cells, empty=f"Nothing came in or went out with {text!r} in it.")


def outbox_list(config: Config = None, every: All = False, as_json: AsJson = False) -> None:
    """Mail that waits, failed, came back or may have been lost; with --all, also what was sent."""
    from helpdesk.report.shapes import outbox_shape
    from helpdesk.store import outbox, undeliverable

    states = None if every else ("queued", "sending", "handed_over", "failed", "uncertain", "bounced", "held")
    with reading(config) as unit:
        rows = outbox.rows(unit.connection, states=states)
        marked = undeliverable.marked(unit.connection)
    if as_json:
        print_json([{**outbox_shape(row), "undeliverable": row.recipient in marked} for row in rows])
        return
    cells = [
        (
            str(row.id),
            f"HD-{row.case}" if row.case else "",
            row.kind,
            f"{row.recipient} (undeliverable)" if row.recipient in marked else row.recipient,
            row.state,
            str(row.attempts),
            local_time(row.next_at) if row.state == "queued" else "",
            row.detail,
        )
        for row in rows
    ]
    columns = ("number", "case", "kind", "to", "state", "tries", "next try", "detail")
    print_table(columns, cells, empty="Nothing waits.")


def outbox_show(number: Number, config: Config = None, as_json: AsJson = False) -> None:
    """The mail itself, as it is sent, but for the keys of reply addresses."""
    from helpdesk.mail.read.masking import masked_mail
    from helpdesk.mail.read.parse import parse
    from helpdesk.report.shapes import outbox_shape
    from helpdesk.store import outbox

    with reading(config) as unit:
        row = outbox.load(unit.connection, number)
    raw = masked_mail(row.raw or b"")
    mail = raw.decode("utf-8", "replace")
    if as_json:
        said, enclosed = parse(raw), [{"mail": spooled, "part": part} for spooled, part in row.enclosed]
        shape = {"subject": said.subject, "text": said.text, "mail": mail, "enclosed": enclosed}
        print_json({**outbox_shape(row), **shape})
        return
    typer.echo(mail)
    for spooled, part in row.enclosed:
        typer.echo(f"(and part {part} of mail {spooled}, put in when it is sent)")


def outbox_retry(
    number: Annotated[int | None, typer.Argument(metavar="[NUMBER]")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that had failed.")] = False,
    config: Config = None,
) -> None:
    """Send it now, also where it had failed."""
    from helpdesk.store import outbox

    if (number is None) != everything:
        raise typer.BadParameter("expected the number of a mail, or --all")
    if number is None:
        with writing(config) as unit:
            again = outbox.retry_all(unit.connection, unit.now)
        typer.echo(f"{plural(again, 'mail is', 'mails are')} at the front of the outbox.")
        return
    with writing(config) as unit:
        outbox.retry_now(unit.connection, number, unit.now)
    typer.echo(f"Mail {number} is at the front of the outbox.")


def outbox_release(config: Config = None) -> None:
    """Send what is held back: by a restored backup, whose original may have sent it, or by `import --hold`."""
    from helpdesk.store import outbox

    with writing(config) as unit:
        released = outbox.release(unit.connection, unit.now)
    typer.echo(f"{plural(released, 'mail is', 'mails are')} sent now.")


def history_list(config: Config = None, as_json: AsJson = False) -> None:
    """How much of each mailbox is history, and from when to when; `trace` finds single mails."""
    from helpdesk.report.shapes import fields_of, instant
    from helpdesk.store import history

    with reading(config) as unit:
        kept = history.summaries(unit.connection)
    shapes = [
        {
            **fields_of(each, "mailbox", "number"),
            "oldest": instant(each.oldest_at),
            "newest": instant(each.newest_at),
        }
        for each in kept
    ]
    if as_json:
        print_json(shapes)
        return
    cells = [(each.mailbox, str(each.number), local_time(each.oldest_at), local_time(each.newest_at)) for each in kept]
    print_table(("mailbox", "mails", "oldest", "newest"), cells, empty="No mail is history.")


def history_open(
    mailbox: Annotated[str, typer.Argument(metavar="MAILBOX")],
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[NUMBER...]", help="Only these, as in trace.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only what was received from then on, UTC.")] = None,
    config: Config = None,
) -> None:
    """Make cases of history, as of mail that comes now: clocks begin now; nobody gets an acknowledgment."""
    from helpdesk.core.words.case import DESK
    from helpdesk.store import history

    address, from_then = mailbox.lower(), since.replace(tzinfo=since.tzinfo or UTC) if since else None
    rules = open_rules(config)
    if rules.configuration.mailbox(address) is None:
        ours = ", ".join(one.address for one in rules.configuration.mailboxes)
        raise typer.BadParameter(f"expected a mailbox of ours, which are {ours}, not {mailbox}")
    with open_units(rules) as units, units.write(wall_clock()) as unit:
        opened = history.open_again(
            unit.connection, address, numbers=numbers or (), since=from_then, by=DESK, now=unit.now
        )
    typer.echo(f"{plural(opened, 'mail is', 'mails are')} worked now; nobody gets an acknowledgment.")
    if not opened:
        raise typer.Exit(1)


def outbox_drop(number: Number, config: Config = None) -> None:
    """Never send it; the row stays as a record."""
    from helpdesk.store import outbox

    with writing(config) as unit:
        outbox.drop(unit.connection, number)
    typer.echo(f"Mail {number} will not be sent.")


def quarantine_list(config: Config = None, as_json: AsJson = False) -> None:
    """What was set aside, and why."""
    from helpdesk.report.shapes import instant
    from helpdesk.store import spool

    with reading(config) as unit:
        rows = spool.quarantined(unit.connection)
    shapes = [
        {
            "number": row.id,
            "mailbox": row.mailbox,
            "received_at": instant(row.received_at),
            "from": row.mail_from,
            "error": row.error,
        }
        for row in rows
    ]
    if as_json:
        print_json(shapes)
        return
    cells = [(str(row.id), row.mailbox, local_time(row.received_at), row.mail_from, row.error) for row in rows]
    print_table(("number", "mailbox", "received", "from", "error"), cells, empty="Nothing was set aside.")


def quarantine_show(number: Number, config: Config = None) -> None:
    """The bytes, as they came, of a mail that was set aside; `trace` finds all others."""
    from helpdesk.store import spool

    with reading(config) as unit:
        raw = spool.quarantined_raw(unit.connection, number)
    typer.get_binary_stream("stdout").write(raw)


def quarantine_retry(number: Number, config: Config = None) -> None:
    """Work it again, with three new attempts."""
    from helpdesk.store import spool

    with writing(config) as unit:
        spool.retry(unit.connection, number)
    typer.echo(f"Mail {number} waits to be worked again.")


def quarantine_drop(number: Number, config: Config = None) -> None:
    """Count it as ignored; its bytes stay."""
    from helpdesk.store import spool

    with writing(config) as unit:
        spool.ignore(unit.connection, number, unit.now)
    typer.echo(f"Mail {number} is ignored.")


def ledger(
    config: Config = None,
    day: Annotated[str, typer.Option(help="A day in UTC, such as 2026-05-22; otherwise all.")] = "",
    as_json: AsJson = False,
) -> None:
    """What came in at each mailbox and what became of it; exits with 1 when the counts do not balance.

    Without a day, the counts of cases are held against the cases, too, and the index of the search against the mails.
    """
    from helpdesk.store import case_counts, search, spool

    since, until = _day(day) if day else (None, None)
    with reading(config) as unit:
        wrong = 0 if day else case_counts.wrong(unit.connection)
        missing = 0 if day else search.wrong(unit.connection)
        counts = spool.counts(unit.connection, since=since, until=until)
        received = spool.received(unit.connection, since=since, until=until)
    shapes: list[dict[str, Any]] = [
        {
            "mailbox": mailbox,
            "received": number,
            **{outcome: amount for (box, outcome), amount in counts.items() if box == mailbox},
        }
        for mailbox, number in received.items()
    ]
    for shape in shapes:
        shape["balances"] = shape["received"] == sum(shape.get(outcome, 0) for outcome in _PLACES)
    if as_json:
        print_json(shapes)
    else:
        cells = [[str(shape["mailbox"]), str(shape["received"]), _outcomes(shape)] for shape in shapes]
        print_table(("mailbox", "received", "became"), cells, empty="Nothing was received.")
    if wrong:
        typer.echo(f"{plural(wrong, 'count of cases is', 'counts of cases are')} wrong: helpdesk db recount", err=True)
    if missing:
        typer.echo(f"{plural(missing, 'mail is', 'mails are')} not in the index: helpdesk db recount", err=True)
    if wrong or missing or not all(shape["balances"] for shape in shapes):
        raise typer.Exit(1)


def _outcomes(shape: dict[str, Any]) -> str:
    told = {key: value for key, value in shape.items() if key not in {"mailbox", "received", "balances"}}
    return ", ".join(f"{value} {key}" for key, value in sorted(told.items()))


def _day(text: str) -> tuple[datetime, datetime]:
    try:
        start = datetime.combine(date.fromisoformat(text), datetime.min.time(), tzinfo=ZoneInfo("UTC"))
    except ValueError:
        raise typer.BadParameter(f"expected a day such as 2026-05-22, not {text!r}") from None
    return start, start + timedelta(days=1)
