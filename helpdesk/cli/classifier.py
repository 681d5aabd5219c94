"""`classifier status`, `train`, `evaluate`, `rollback`: how severities are found, and what the desk has learned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpdesk.cli.registry import add_group
from helpdesk.cli.shared import AsJson, Config, open_voters, print_json, reading, working, writing
from helpdesk.cli.table import local_time, print_table
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Sequence


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    add_group(app, "classifier", status=status, train=train, evaluate=evaluate, rollback=rollback)


def status(config: Config = None, as_json: AsJson = False) -> None:
    """Agreement with the agents over time, confusion, calibration, and the model in use."""
    from helpdesk.desk import learn as learning

    with reading(config) as unit:
        shape = learning.status(unit.connection)
    if as_json:
        print_json(shape)
        return
    labels = shape["labels"]
    typer.echo(
        f"Model {shape['active']}; agents corrected {plural(labels['corrected'], 'case')}"
        f" and confirmed {labels['confirmed']}."
    )
    rows = [
        (entry["month"], str(entry["labels"]), str(entry["corrected"]), _percent(entry["agreement"]))
        for entry in shape["over_time"]
    ]
    print_table(("month", "judged", "corrected", "agreement"), rows, empty="No agent has judged a severity yet.")
    if rows:
        typer.echo("")
        _print_confusion(shape["confusion"])
        typer.echo("")
        _print_calibration(shape["calibration"])
    if shape["versions"]:
        typer.echo("")
        _print_versions(shape["versions"])


def train(config: Config = None, as_json: AsJson = False) -> None:
    """Teach a new model what the agents said; it is promoted only if it does no worse on the cases that were kept."""
    from helpdesk.desk import learn as learning

    with writing(config) as unit, working("learning"):
        shape = learning.train(unit.connection, unit.now)
    if as_json:
        print_json(shape)
    else:
        before, now = shape["on_kept"]["before"], shape["on_kept"]["now"]
        verdict = "promoted: the desk judges by it from now on" if shape["promoted"] else "refused: it does worse"
        typer.echo(f"{shape['version']}, taught by {plural(shape['examples'], 'case')}, {verdict}.")
        typer.echo(f"On {plural(shape['kept'], 'kept mail')}, before and now:")
        for name, key in (
            ("agreement", "agreement"),
            ("rank 1 found", "rank_1_recall"),
            ("false alarms", "false_alarms"),
        ):
            typer.echo(f"  {name}: {_percent(before[key])}, {_percent(now[key])}")
    if not shape["promoted"]:
        raise typer.Exit(1)


def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="subject, body and label (S1 to S4) a line.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """How the model in use does on labelled mails; the shipped model where there is no configuration."""
    from helpdesk.desk import learn as learning

    with working("judging"):
        shape = learning.evaluate_file(open_voters(config).model, file)
    if as_json:
        print_json(shape)
        return
    typer.echo(f"Model {shape['model']} on {plural(shape['mails'], 'mail')} of {shape['file']}:")
    for name, key in (
        ("right", "agreement"),
        ("off by more than one", "far_off"),
        ("rank 1 found", "rank_1_recall"),
        ("rank 1 found or suspected", "rank_1_told"),
        ("false alarms for rank 1", "false_alarms"),
        ("calibration error", "calibration_error"),
    ):
        typer.echo(f"  {name}: {_percent(shape[key])}")
    typer.echo("")
    _print_confusion(shape["confusion"])
    typer.echo("")
    _print_calibration(shape["calibration"])


def rollback(config: Config = None, as_json: AsJson = False) -> None:
    """Take the newest promoted model back; the one before it judges again."""
    from helpdesk.desk import learn as learning

    with writing(config) as unit:
        shape = learning.rollback(unit.connection)
    if as_json:
        print_json(shape)
    else:
        typer.echo(f"{shape['withdrawn']} was taken back; the desk judges by {shape['active']}.")


def _print_confusion(confusion: Sequence[Sequence[int]]) -> None:
    rows = [(f"rank {truth}", *(str(count) for count in row)) for truth, row in enumerate(confusion, start=1)]
    print_table(("agents said \\ found", "1", "2", "3", "4"), rows, empty="")


def _print_calibration(bins: Sequence[dict[str, Any]]) -> None:
    rows = [(_percent(each["confidence"]), _percent(each["right"]), str(each["mails"])) for each in bins]
    print_table(("confidence", "right", "mails"), rows, empty="There is nothing to calibrate by.")


def _print_versions(versions: Sequence[dict[str, Any]]) -> None:
    rows = [
        (each["version"], each["state"], local_time(each["trained_at"]), str(each["examples"])) for each in versions
    ]
    print_table(("version", "state", "trained at", "taught"), rows, empty="")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
