"""`oncall`: who is on call, now or at another time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.shared import AsJson, Config, open_configuration, print_json, read_instant, wall_clock
from helpdesk.cli.table import print_table

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.config import Configuration
    from helpdesk.openhours.rotation import Rotation
    from helpdesk.person import Person


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(oncall)


def oncall(
    at: Annotated[str, typer.Option(metavar="TIME", help="When, with an offset; otherwise now.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Who is on call in each rotation, and until when."""
    when = read_instant(at) if at else wall_clock()
    configuration = open_configuration(config)
    rotations = configuration.rotations
    if as_json:
        print_json([_shape(rotation, when, configuration) for rotation in rotations])
        return
    columns = ("rotation", "primary", "secondary", "until")
    rows = [_row(rotation, when, configuration) for rotation in rotations]
    print_table(columns, rows, empty="No rotation is configured.")


def _shape(rotation: Rotation, at: datetime, configuration: Configuration) -> dict[str, object]:
    from helpdesk.report.shapes import instant

    seats = rotation.on_call(at)
    return {
        "rotation": rotation.name,
        "at": instant(at),
        "primary": seats.primary.address,
        "secondary": seats.secondary.address if seats.secondary else None,
        "until": instant(seats.until),
        "away": [seat.address for seat in (seats.primary, seats.secondary) if seat and _away(seat, at, configuration)],
    }


def _away(person: Person, at: datetime, configuration: Configuration) -> str:
    from helpdesk.core.staffing.relief import said_away

    agent = configuration.agent(person.address)
    return f" ({said_away(agent, at)})" if agent and agent.away(at) else ""


def _row(rotation: Rotation, at: datetime, configuration: Configuration) -> tuple[str, ...]:
    from helpdesk.phrases import moment

    seats = rotation.on_call(at)
    taken = [f"{seat.address}{_away(seat, at, configuration)}" for seat in (seats.primary, seats.secondary) if seat]
    primary, secondary = (*taken, "-")[:2]
    return (rotation.name, primary, secondary, moment(seats.until, rotation.timezone))
