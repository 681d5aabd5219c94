"""`cases`, `case show`, `case explain`: the queue, one case, and its clocks span by span."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpdesk.cli.registry import add_group
from helpdesk.cli.shared import (
    AsJson,
    Config,
    expect_customer,
    open_rules,
    open_units,
    print_json,
    print_json_list,
    read_ref,
    reading,
    wall_clock,
    write_file,
    writing,
)
from helpdesk.cli.table import local_time, print_table
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.terms import Terms
    from helpdesk.offering.policy import Policy
    from helpdesk.store.queue import Wanted
    from helpdesk.unit import Unit, Units

Ref = Annotated[int, typer.Argument(metavar="REF", parser=read_ref, help="A case, such as HD-7.")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("cases")(list_cases)
    add_group(app, "case", show=show, explain=explain, order=order, attachment=attachment, verify=verify)
    app.command()(redact)


def list_cases(
    config: Config = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only what is not resolved or closed.")] = False,
    only_breached: Annotated[bool, typer.Option("--breached", help="Only where a promise was broken.")] = False,
    customer: Annotated[str | None, typer.Option(help="Only this customer's, by key.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at most.")] = None,
    after: Annotated[
        int | None, typer.Option(metavar="REF", parser=read_ref, help="Only those behind this case in the queue.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The queue, the worst severity first, then what is due soonest; each page as soon as it is read."""
    from helpdesk.store.queue import Wanted

    wanted = Wanted(only_open, only_breached, customer)
    with open_units(open_rules(config)) as units:
        with units.read(wall_clock()) as unit:
            expect_customer(unit, customer)
        pages = _pages(units, wanted, limit, after)
        if as_json:
            print_json_list(shape for page in pages for shape in page)
            return
        headed = True
        for page in pages:
            print_table(_COLUMNS, [_row(shape) for shape in page], empty="There are no cases.", headed=headed)
            headed = False


_COLUMNS = ("case", "severity", "status", "turn", "due", "assignee", "from", "subject")
_PAGE = 100


def _pages(units: Units, wanted: Wanted, limit: int | None, after: int | None) -> Iterator[list[dict[str, Any]]]:
    """The cases a page at a time, at least one page; each is read by itself, so that no reader holds up the desk."""
    from helpdesk.report.shapes import case_shape
    from helpdesk.store import cases, queue

    left, first, place = sys.maxsize if limit is None else limit, True, None
    while left:
        with units.read(wall_clock()) as unit:
            place = queue.place_of(unit.connection, after) if after else place
            numbers = queue.page(unit.connection, wanted, size=min(_PAGE, left), after=place)
            place, after = queue.place_of(unit.connection, numbers[-1]) if numbers else None, None
            found = cases.find(unit.connection, numbers)
            page = [case_shape(found[number], unit.policy_of(found[number]), [], unit.now) for number in numbers]
        if page or first:
            yield page
        left, first = left - len(numbers) if len(numbers) == _PAGE else 0, False


def _row(shape: dict[str, Any]) -> tuple[str, ...]:
    due = next((clock for clock in shape["clocks"] if not clock["stopped_at"] and clock["due_at"]), None)
    said = f"{local_time(due['due_at'])} {due['state']}" if due else ""
    return (
        shape["ref"],
        shape["severity"],
        f"in {shape['merged_into']}" if shape["merged_into"] else shape["status"],
        shape["turn"],
        said,
        shape["assignee"] or "",
        shape["requester"],
        shape["subject"],
    )


def show(ref: Ref, config: Config = None, as_json: AsJson = False) -> None:
    """One case: people, severity and why, clocks, mails, ledger."""
    from helpdesk.report.casefile import case_text
    from helpdesk.report.shapes import case_shape
    from helpdesk.store import cases

    with reading(config) as unit:
        case, policy = _load(unit, ref)
        messages = cases.messages(unit.connection, case.number)
    if as_json:
        print_json(case_shape(case, policy, messages, unit.now))
    else:
        typer.echo(case_text(case, policy, messages, unit.now))


def explain(ref: Ref, config: Config = None, as_json: AsJson = False) -> None:
    """Its clocks, span by span: what was counted and what not, on the calendar's wall clock."""
    from helpdesk.report.explain import case_clocks_shape, case_clocks_text

    with reading(config) as unit:
        case, policy = _load(unit, ref)
    if as_json:
        print_json(case_clocks_shape(case, policy, unit.now))
    else:
        typer.echo(case_clocks_text(case, policy, unit.now))


def order(
    ref: Ref,
    text: Annotated[str, typer.Argument(metavar="ORDERS", help='As in a mail, such as "#assign bob".')],
    agent: Annotated[str, typer.Option("--as", metavar="AGENT", help="Who orders it: a name or an address.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Order what an agent can order by mail: all of it is done, or nothing."""
    from helpdesk.desk.order import agent_called
    from helpdesk.desk.order import order as obey

    with writing(config, waits=True) as unit:
        ordered = obey(unit, ref, agent_called(unit.rules, agent), text)
    mistakes = [{"line": one.line, "expected": one.expected} for one in ordered.mistakes]
    if as_json:
        print_json({"ref": ordered.ref, "done": [*ordered.done], "mistakes": mistakes, "undo": [*ordered.undo]})
    else:
        for line in (*ordered.done, *(f"{one.line}: expected {one.expected}" for one in ordered.mistakes)):
            typer.echo(line)
    if mistakes:
        raise typer.Exit(1)


def attachment(
    ref: Ref,
    number: Annotated[int, typer.Argument(help="Which attachment of the case, from 1.")],
    output: Annotated[str, typer.Option("-o", help="The file to write.")],
    config: Config = None,
) -> None:
    """Cut an attachment out of the mail it came in."""
    from pathlib import Path

    from helpdesk.report.attached import load_attachment

    with reading(config) as unit:
        file = load_attachment(unit.connection, ref, number, secrets=True)
    write_file(Path(output), file.data)
    typer.echo(f"{plural(len(file.data), 'byte')} in {output}")


def verify(
    ref: Ref,
    number: Annotated[int, typer.Argument(help="Which mail of the case, from 1.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Why a mail was or was not trusted: its sender, reply tokens, thread and authentication."""
    from helpdesk.report.verify import verify_shape

    with reading(config) as unit:
        shape = verify_shape(unit, ref, number)
    if as_json:
        print_json(shape)
        return
    then = shape["then"]
    typer.echo(f"Mail {number} of {shape['ref']}, received {local_time(shape['received_at'])}")
    typer.echo(f"When it came: {then['trusted']}, as {then['role']} ({then['visibility']}): {then['because']}")
    rows = [(check["check"], "yes" if check["holds"] else "no", check["why"]) for check in shape["checks"]]
    print_table(("check", "holds", "why"), rows, empty="")


def redact(
    ref: Ref,
    config: Config = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase what was sent and written on a case, for good; the customer is asked to send it again without the data."""
    from helpdesk.privacy import in_words
    from helpdesk.privacy import redact as erase

    with open_units(open_rules(config)) as units:
        with units.read(wall_clock()) as unit:
            _terms_to_erase_by(unit, ref)
        if not yes:
            typer.confirm(
                f"Erase all mails, texts, attachments and copies of HD-{ref}? This cannot be undone.", abort=True
            )
        with units.write(wall_clock()) as unit:
            case, terms = _terms_to_erase_by(unit, ref)
            erased = erase(unit, ref, terms, by="operator")
    if as_json:
        print_json({"ref": f"HD-{ref}", "erased": erased})
        return
    exempt = next((entry.why for entry in terms.policy.exclusions if entry.key == "personal-data"), "")
    typer.echo(in_words(erased, exempt=exempt, resent=case.answerable))


def _terms_to_erase_by(unit: Unit, number: int) -> tuple[Case, Terms]:
    """A case that can be redacted, with what applies to it. Raises NotFound."""
    from helpdesk.errors import NotFound
    from helpdesk.store import cases

    case = cases.load(unit.connection, number)
    if case.merged_into:
        raise NotFound(f"{case.ref} went into {case.merged_into}: redact that one, which erases both")
    mailbox = unit.rules.configuration.mailbox(case.mailbox)
    if mailbox is None:
        raise NotFound(f"{case.mailbox}, the mailbox of {case.ref}, is not configured any more")
    return case, unit.terms(mailbox, case=case)


def _load(unit: Unit, number: int) -> tuple[Case, Policy]:
    from helpdesk.store import cases

    case = cases.load(unit.connection, number)
    return case, unit.policy_of(case)
