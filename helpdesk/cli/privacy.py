"""`export`, `purge`: what the desk holds of a case, and how long it holds it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from helpdesk.cli.shared import AsJson, Config, open_rules, open_units, print_json, read_ref, wall_clock
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import IO


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(export)
    app.command()(purge)


def export(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A case such as HD-7.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", metavar="FILE.zip", help="Where to; otherwise HD-7.zip here. Never over a file."),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write everything the desk holds of a case into a zip: mails as they came, copies of ours, ledger, attachments."""
    from helpdesk.report.export import export as write  # noqa: PLC0415 - see open_rules
    from helpdesk.report.export import merged_with  # noqa: PLC0415
    from helpdesk.store import cases  # noqa: PLC0415

    rules, number = open_rules(config), read_ref(ref)
    with open_units(rules) as units, units.read(wall_clock()) as unit:
        case = cases.load(unit.connection, number)
        policy = unit.policy_of(case)
        path = output or Path(f"{case.ref}.zip")
        with _new_file(path) as file:
            exported = write(unit.connection, case, policy, unit.now, file)
    if as_json:
        told = {"ref": case.ref, "file": str(path), "files": len(exported.files), "bytes": exported.size}
        print_json({**told, "erased": list(exported.erased)})
        return
    typer.echo(f"{plural(len(exported.files), 'file')}, {plural(exported.size, 'byte')}, in {path}")
    if merged_with(case):
        typer.echo(f"Before you hand it out: {merged_with(case)}")
    if exported.erased:
        gone = plural(len(exported.erased), "mail or attachment", "mails and attachments")
        typer.echo(f"{gone} had been erased before; manifest.json has the names")


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner can read, for there is other people's mail in it; none if writing it fails.

    Raises BadParameter.
    """
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as problem:
        raise typer.BadParameter(f"{path}: expected to be able to make a new file: {problem.strerror}") from None
    try:
        with file:
            yield file
    except BaseException:
        path.unlink()
        raise


def purge(
    config: Config = None,
    older_than: Annotated[
        str,
        typer.Option(metavar="AGE", help="Such as 400d or 60w, since the last thing happened; otherwise [desk] keep."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase content and people of cases that ended long ago, and old mail without a case; clocks and credits stay."""
    from helpdesk.privacy import purge as erase  # noqa: PLC0415
    from helpdesk.report.shapes import instant  # noqa: PLC0415

    rules, now = open_rules(config), wall_clock()
    before = now - _age(older_than, rules.configuration.keep)
    if not (dry_run or yes):
        typer.confirm(f"Erase what ended before {before:%Y-%m-%d}? This cannot be undone.", abort=True)
    console = Console(stderr=True)
    with open_units(rules) as units, console.status("looking", spinner="dots") as status:
        counts = erase(
            units,
            before=before,
            by="operator",
            now=now,
            dry_run=dry_run,
            watched=lambda done: status.update(plural(done, "case")),
        )
    if as_json:
        print_json({"before": instant(before), "dry_run": dry_run, **counts})
    else:
        typer.echo(_in_words(counts, dry_run=dry_run))


def _age(text: str, keep: timedelta | None) -> timedelta:
    """How old what is erased must be: as said, or as the configuration has it. Raises BadParameter."""
    from helpdesk.config import read_age  # noqa: PLC0415

    if not text and keep:
        return keep
    try:
        return read_age(text)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None


def _in_words(counts: Mapping[str, int], *, dry_run: bool) -> str:
    told = {
        "cases": ("case", "cases"),
        "people": ("person on them, who has a pseudonym now", "people on them, who have pseudonyms now"),
        "mails": ("mail as it came", "mails as they came"),
        "texts": ("text with its attachments", "texts with their attachments"),
        "sent": ("copy of what we sent", "copies of what we sent"),
        "unsent": ("mail that was never sent", "mails that were never sent"),
        "facts": ("entry of a ledger that quoted mail", "entries of ledgers that quoted mail"),
    }
    lines = [
        f"  {counts[key]:>7}  {one if counts[key] == 1 else many}" for key, (one, many) in told.items() if counts[key]
    ]
    if not lines:
        return "There is nothing of that age to erase."
    end = (
        "Nothing was erased."
        if dry_run
        else "What happened and when is kept. Backups and mail servers are not the desk's."
    )
    return "\n".join(["Would be erased:" if dry_run else "Erased:", *lines, end])
