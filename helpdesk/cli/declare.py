"""`incident`, `status`, `maintenance`: what operators declare. The running daemon sees it with the next mail."""

from __future__ import annotations

import getpass
import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from helpdesk.cli.registry import add_group
from helpdesk.cli.shared import AsJson, Config, print_json, read_instant, reading, wall_clock, writing
from helpdesk.cli.table import local_time, print_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from helpdesk.offering.declared import MaintenanceWindow
    from helpdesk.operators import Order
    from helpdesk.operators.declaration import Declaration

_LISTED = 1000
At = Annotated[str, typer.Option(metavar="TIME", help="Since when, with an offset; otherwise now.")]
Policies = Annotated[list[str] | None, typer.Option("--policy", help="Only for this offering; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(person)
    add_group(app, "incident", open=incident_open, close=incident_close, list=incident_list)
    add_group(app, "status", set=status_set, show=status_show, outages=status_outages, withdraw=status_withdraw)
    add_group(
        app,
        "maintenance",
        add=maintenance_add,
        list=maintenance_list,
        announce=maintenance_announce,
        budget=maintenance_budget,
    )


def person(
    number: Annotated[
        int | None, typer.Argument(metavar="[NUMBER]", help="Its number; without one, all are listed.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="How far back the list goes.")] = 7,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Say that a person wrote a mail that was held or taken for a robot's; it becomes a case, unacknowledged."""
    from helpdesk.operators.declaration import LetIn
    from helpdesk.report.shapes import fields_of
    from helpdesk.store import kept

    if number is not None:
        _obey(LetIn(number), config, as_json=as_json, facts=lambda _order: {"number": number})
        return
    since = wall_clock() - timedelta(days=days)
    with reading(config) as unit:
        found, _ = kept.listed(unit.connection, since=since, limit=_LISTED)
    shapes = [
        {
            **fields_of(each, "number", "received_at", "mailbox"),
            "from": each.author,
            **fields_of(each, "subject", "outcome", "because"),
        }
        for each in found
    ]
    _show(shapes, as_json=as_json, empty="No mail was kept from cases.")


def incident_open(  # noqa: PLR0913, PLR0917 - one option a word of the order
    key: Annotated[str, typer.Argument(help="A short name, such as checkout-down.")],
    title: Annotated[str, typer.Option(help="What customers are told it is.")],
    words: Annotated[str, typer.Option(help="A mail with all of these words, comma separated, is about it.")] = "",
    policy: Policies = None,
    down: Annotated[str, typer.Option(metavar="NAME", help="What it takes down, such as website.")] = "",
    began: Annotated[str, typer.Option("--from", help="Since when; otherwise now.")] = "",
    ended: Annotated[str, typer.Option("--to", help="Until when, where it is over.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Declare a known problem."""
    from helpdesk.operators.declaration import OpenIncident, known_problem

    known = known_problem(key, title=title, words=words, policies=policy or ())
    try:
        declared = OpenIncident(known, down.lower(), _since(began), _since(ended))
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from None
    _obey(declared, config, as_json=as_json, facts=lambda order: _incident(order, known.key))


def _since(text: str) -> datetime | None:
    return read_instant(text) if text else None


def incident_close(key: str, at: At = "", config: Config = None, as_json: AsJson = False) -> None:
    """Declare a known problem over."""
    from helpdesk.operators.declaration import CloseIncident

    declared = CloseIncident(key.lower(), _since(at))
    _obey(declared, config, as_json=as_json, facts=lambda order: _incident(order, key.lower()))


def incident_list(config: Config = None, as_json: AsJson = False) -> None:
    """Known problems, the newest first."""
    from helpdesk.store import declarations

    with reading(config) as unit:
        rows = declarations.incidents(unit.connection)
    _show([_incident_shape(row) for row in rows], as_json=as_json, empty="There is no known problem.")


def _incident(order: Order, key: str) -> dict[str, Any]:
    """The newest of that key."""
    from helpdesk.store import declarations

    return next(_incident_shape(row) for row in declarations.incidents(order.unit.connection) if row.key == key)


def _incident_shape(row: Any) -> dict[str, Any]:
    from helpdesk.report.shapes import fields_of

    return fields_of(row, "key", "title", "words", "policies", "opened_at", "closed_at")


def status_set(
    name: str, state: Literal["up", "down"], at: At = "", config: Config = None, as_json: AsJson = False
) -> None:
    """Say that something is down, or up again: `status set website down`."""
    from helpdesk.operators.declaration import SetStatus

    declared = SetStatus(name.lower(), state == "down", _since(at))
    _obey(declared, config, as_json=as_json, facts=lambda order: _switch(order, declared.name))


def status_show(config: Config = None, as_json: AsJson = False) -> None:
    """What was said to be up or down, and since when."""
    from helpdesk.store import declarations

    with reading(config) as unit:
        rows = declarations.switches(unit.connection)
    _show([_switch_shape(row) for row in rows], as_json=as_json, empty="Nothing was said to be down.")


def status_outages(config: Config = None, as_json: AsJson = False) -> None:
    """From when to when something was down in the last year, by number."""
    from helpdesk.report.shapes import fields_of, instant
    from helpdesk.store import outages

    now = wall_clock()
    with reading(config) as unit:
        found = outages.between(unit.connection, now - timedelta(days=366), now)
    shapes = [
        {
            **fields_of(one, "number", "name"),
            "from": instant(one.began_at),
            "to": instant(one.ended_at),
            **fields_of(one, "incident", "policies", "by"),
        }
        for one in found
    ]
    _show(shapes, as_json=as_json, empty="Nothing was said to have been down.")


def status_withdraw(number: int, config: Config = None, as_json: AsJson = False) -> None:
    """Say that what was declared to have been down never was."""
    from helpdesk.operators.declaration import WithdrawOutage

    _obey(WithdrawOutage(number), config, as_json=as_json, facts=lambda _order: {"number": number})


def _switch(order: Order, name: str) -> dict[str, Any]:
    from helpdesk.store import declarations

    return next(_switch_shape(row) for row in declarations.switches(order.unit.connection) if row.name == name)


def _switch_shape(row: Any) -> dict[str, Any]:
    from helpdesk.report.shapes import fields_of

    return {"name": row.name, "state": "down" if row.down else "up", **fields_of(row, "since", "by")}


def maintenance_add(  # noqa: PLR0917 - one option a word of the order
    policy: Annotated[str, typer.Argument(help="The offering, by key.")],
    name: Annotated[str, typer.Argument(help="What customers are told it is.")],
    begins: Annotated[str, typer.Option("--from", help="When it begins, with an offset.")],
    ends: Annotated[str, typer.Option("--to", help="When it ends, with an offset.")],
    sector: Annotated[str, typer.Option(help="What is affected, such as Production.")] = "",
    impact: Annotated[str, typer.Option(help="What it disrupts, as the policy's notice periods name it.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Plan a window; `maintenance announce` tells the customers."""
    from helpdesk.offering.declared import MaintenanceWindow
    from helpdesk.operators.declaration import PlanMaintenance

    window = MaintenanceWindow(name, sector, read_instant(begins), read_instant(ends), policy.lower(), impact.lower())
    try:
        planned = PlanMaintenance(window)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from None
    _obey(planned, config, as_json=as_json, facts=lambda order: _planned(order, window))


def _planned(order: Order, window: MaintenanceWindow) -> dict[str, Any]:
    """The newest window that is that one, with the impact that the policy gives it where nothing was said."""
    from helpdesk.store import declarations

    alike = [
        plan
        for plan in declarations.planned(order.unit.connection, since=order.unit.now)
        if replace(plan.window, impact=window.impact) == window
    ]
    newest = max(alike, key=lambda plan: plan.number, default=None)
    return {"number": newest.number if newest else None, **_window_shape(newest.window if newest else window)}


def maintenance_list(config: Config = None, as_json: AsJson = False) -> None:
    """What is planned for the next four weeks: declared windows, and those of the policy files, by number."""
    from helpdesk.operators import coming
    from helpdesk.operators.notice import notice_of
    from helpdesk.report.shapes import instant

    with _order(config) as order:
        planned = [(plan, notice_of(order.unit, plan)) for plan in coming(order.unit)]
    shapes = [
        {
            "number": plan.number,
            **_window_shape(plan.window),
            "recurring": plan.recurring,
            "announced": plan.announced_at is not None,
            "announce_by": instant(notice.by),
            "notice": notice.state,
        }
        for plan, notice in planned
    ]
    _show(shapes, as_json=as_json, empty="Nothing is planned.")


def maintenance_budget(config: Config = None, as_json: AsJson = False) -> None:
    """How many hours are planned and used in this period, of those that may be."""
    from helpdesk.operators.notice import budgets
    from helpdesk.report.shapes import fields_of

    with _order(config) as order:
        found = budgets(order.unit)
    shapes = [
        {
            "policy": one.policy.key,
            "period": str(one.period),
            **fields_of(one, "allowed", "planned", "used", "exceeded"),
        }
        for one in found
    ]
    _show(shapes, as_json=as_json, empty="No policy has a budget of maintenance.")


def _window_shape(window: MaintenanceWindow) -> dict[str, Any]:
    from helpdesk.report.shapes import fields_of, instant

    return {
        **fields_of(window, "policy", "name", "sector"),
        "impact": window.impact or None,
        "from": instant(window.begins_at),
        "to": instant(window.ends_at),
    }


def maintenance_announce(number: int, config: Config = None, as_json: AsJson = False) -> None:
    """Mail the contacts of the customers whom it concerns, once (LGT-9)."""
    from helpdesk.operators import obey
    from helpdesk.operators.declaration import AnnounceMaintenance

    with _order(config) as order:
        done = obey(AnnounceMaintenance(number), order)
    if as_json:
        print_json({"number": number, "told": list(done.recipients), "done": done.summary})
    else:
        typer.echo(done.summary)


@contextmanager
def _order(config: Path | None) -> Iterator[Order]:
    """Who sits at this terminal, over the desk's database."""
    from helpdesk.operators import Order

    with writing(config) as unit:
        yield Order(unit, _who())


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"  # a container knows numbers only


def _obey(
    declaration: Declaration, config: Path | None, *, as_json: bool, facts: Callable[[Order], dict[str, Any]]
) -> None:
    """Do it and say so; as JSON, what it is about now, and the same sentence."""
    from helpdesk.operators import obey

    with _order(config) as order:
        done = obey(declaration, order)
        shape = facts(order) if as_json else {}
    if as_json:
        print_json({**shape, "done": done.summary})
    else:
        typer.echo(done.summary)


def _show(shapes: Sequence[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    if as_json:
        print_json(list(shapes))
        return
    columns = tuple(shapes[0]) if shapes else ()
    rows = [[_cell(name, value) for name, value in shape.items()] for shape in shapes]
    print_table(columns, rows, empty=empty)


_INSTANTS = ("from", "to", "at", "since", "opened_at", "closed_at", "received_at", "announce_by")


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in _INSTANTS and isinstance(value, str):
        with suppress(ValueError):
            return local_time(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
