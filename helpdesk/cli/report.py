"""`report`, `credits`, `replay`: how promises were kept, what broken ones cost, what another policy makes of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.shared import (
    AsJson,
    Config,
    expect_customer,
    print_json,
    progress,
    read_instant,
    reading,
    write_file,
    writing,
)

if TYPE_CHECKING:
    from helpdesk.desk import Rules
    from helpdesk.lab.replay import Replayed, Summary
    from helpdesk.offering.policy import Policy
    from helpdesk.report.statement import Statement

From = Annotated[str, typer.Option("--from", help="Cases received from then on: a day (UTC) or a time with an offset.")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("report")(report)
    app.command("credits")(credit_statement)
    app.command("replay")(replay)


def report(
    config: Config = None,
    customer: Annotated[str | None, typer.Option(help="Only this customer's, by key.")] = None,
    since: From = "",
    until: Annotated[str, typer.Option("--to", help="A day (UTC), itself included, or a time with an offset.")] = "",
    as_json: AsJson = False,
) -> None:
    """Met and breached promises with response times in open time, and what customers said, by customer and month."""
    from helpdesk.report.attainment import (
        attainment_of,
        attainment_shape,
        attainment_text,
    )
    from helpdesk.report.availability import (
        availability_of,
        availability_shape,
        availability_text,
    )
    from helpdesk.report.compliance import compliance_of, compliance_shape, compliance_text
    from helpdesk.store import cases

    which = cases.Opened(_day_or_time(since)[0] if since else None, _day_or_time(until)[1] if until else None, customer)
    with reading(config) as unit:
        expect_customer(unit, customer)
        numbers = cases.numbers_of(unit.connection, which)
        with progress("reading cases", len(numbers)) as advance:
            compliance = compliance_of(unit, numbers, advance)
        goals, uptimes = attainment_of(unit, which), availability_of(unit, which)
    if as_json:
        print_json(
            {
                **compliance_shape(compliance),
                "attainment": attainment_shape(goals),
                "availability": availability_shape(uptimes),
            }
        )
    else:
        typer.echo("\n".join([compliance_text(compliance), *attainment_text(goals), *availability_text(uptimes)]))


def credit_statement(
    customer: Annotated[str, typer.Option(help="The customer's key.")],
    quarter: Annotated[
        str,
        typer.Option(
            "--quarter", "--period", help="Such as 2026Q3; 2026-07 or 2026 where credits are by month or year."
        ),
    ],
    config: Config = None,
    mail: Annotated[
        str, typer.Option(metavar="TO", help="Send it to an operator or to a contact of the customer's entry.")
    ] = "",
    output: Annotated[Path | None, typer.Option(metavar="FILE.eml", help="Write it as a mail.")] = None,
    request: Annotated[bool, typer.Option("--request", help="Record the customer's request for the credit.")] = False,
    as_json: AsJson = False,
) -> None:
    """The credit statement of a quarter, month or year: events, violations, share, credit; one request each."""
    from helpdesk.report.statement import statement_mail, statement_shape, statement_words

    statement, rules = _drawn(config, customer, quarter, mail=mail, request=request)
    if output is not None:
        write_file(output, statement_mail(statement, rules, mail).raw)
        typer.echo(f"wrote {output}", err=True)
    if as_json:
        print_json(statement_shape(statement))
    else:
        words = statement_words(statement, rules)
        typer.echo(f"{words.subject}\n\n{words.text}", nl=False)


def _drawn(config: Path | None, customer: str, period: str, *, mail: str, request: bool) -> tuple[Statement, Rules]:
    """Draw the statement and do what was ordered with it, in one transaction; and the rules that it is written by."""
    from helpdesk.report import statement as statements
    from helpdesk.store import outbox

    if not (mail or request):
        with reading(config) as unit:
            return statements.draw(unit, customer, period), unit.rules
    with writing(config) as unit:
        statement = statements.draw(unit, customer, period)
        if request:
            statement = statements.request(unit, statement)
        if mail:
            outbox.add(unit.connection, [statements.statement_mail(statement, unit.rules, mail)], unit.now)
        return statement, unit.rules


# --- replay


def replay(
    since: From,
    until: Annotated[
        str, typer.Option("--to", help="Cases received before then: a day (UTC) or a time with an offset.")
    ],
    policy: Annotated[Path, typer.Option(metavar="NEW.toml", help="The other version of the policy, by its key.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """What if: the recorded events of past cases under another policy file; which outcomes differ, and by how much."""
    from helpdesk.lab.replay import replay as run
    from helpdesk.store import cases

    other = _policy(policy)
    which = cases.Opened(_day_or_time(since)[0], _day_or_time(until)[0], policy=other.key)
    with reading(config) as unit:
        found = run(unit, which, other)
        lines = (_as_json if as_json else _as_text)(found, other)
        _print_with_progress(lines, cases.count(unit.connection, which))


_Steps = Iterator[Iterable[str]]  # the lines of one case each, then those of the end


def _as_text(found: Iterable[Replayed], policy: Policy) -> _Steps:
    from helpdesk.lab.whatif import replayed_lines, summary_lines

    summary = _summary()
    for replayed in found:
        summary.add(replayed)
        yield replayed_lines(replayed, policy)
    yield summary_lines(summary, policy)


def _as_json(found: Iterable[Replayed], policy: Policy) -> _Steps:
    """One JSON object, written case by case, so that a year of cases needs no more memory than a day of them."""
    from helpdesk.lab.whatif import replayed_shape, summary_shape

    summary, comma = _summary(), ""
    head = {"policy": policy.key, "version": policy.version}
    begun = [json.dumps(head, ensure_ascii=False).removesuffix("}") + ', "cases": [']
    for replayed in found:
        summary.add(replayed)
        if replayed.differences or replayed.problem:
            yield [*begun, comma + json.dumps(replayed_shape(replayed), ensure_ascii=False)]
            begun, comma = [], ", "
        else:
            yield ()
    yield [*begun, f'], "summary": {json.dumps(summary_shape(summary))}}}']


def _summary() -> Summary:
    from helpdesk.lab.replay import Summary

    return Summary()


def _print_with_progress(steps: _Steps, total: int) -> None:
    """Lines to standard output, a bar to standard error where somebody watches it."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
    watched = console.is_terminal
    # On one screen the lines go above the bar, by way of it; in a pipe or a file they go where they belong.
    say = console.print if watched and sys.stdout.isatty() else typer.echo
    with Progress(console=console, redirect_stdout=False, redirect_stderr=False, disable=not watched) as progress:
        bar = progress.add_task("replaying", total=total)
        for lines in steps:
            for line in lines:
                say(line)
            progress.advance(bar)


def _policy(file: Path) -> Policy:
    from helpdesk.offering.files import policy_file, read_policy

    return read_policy(policy_file(file))


# --- days and times


def _day_or_time(text: str) -> tuple[datetime, datetime]:
    """The midnights in UTC with which a day begins and ends, or twice a time with an offset."""
    try:
        start = datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
    except ValueError:
        at = read_instant(text)
        return at, at
    return start, start + timedelta(days=1)
