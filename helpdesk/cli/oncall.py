"""`oncall`: who is on call, now or at another time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.shared import AsJson, Config, config_path, print_json, print_table, read_instant, wall_clock

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.rotation import Rotation


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(oncall)


def oncall(
    at: Annotated[str, typer.Option(metavar="TIME", help="When, with an offset; otherwise now.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Who is on call in each rotation, and until when."""
    from helpdesk.config import load_configuration  # noqa: PLC0415 - as in `shared`

    when = read_instant(at) if at else wall_clock()
    rotations = load_configuration(config_path(config)).rotations
    if as_json:
        print_json([_shape(rotation, when) for rotation in rotations])
        return
    columns = ("rotation", "primary", "secondary", "until")
    print_table(columns, [_row(rotation, when) for rotation in rotations], empty="No rotation is configured.")


def _shape(rotation: Rotation, at: datetime) -> dict[str, str | None]:
    from helpdesk.report.shapes import instant  # noqa: PLC0415

    seats = rotation.on_call(at)
    return {
        "rotation": rotation.name,
        "at": instant(at),
        "primary": seats.primary.address,
        "secondary": seats.secondary.address if seats.secondary else None,
        "until": instant(seats.until),
    }


def _row(rotation: Rotation, at: datetime) -> tuple[str, ...]:
    from helpdesk.phrases import moment  # noqa: PLC0415

    seats = rotation.on_call(at)
    secondary = seats.secondary.address if seats.secondary else "-"
    return (rotation.name, seats.primary.address, secondary, moment(seats.until, rotation.timezone))
