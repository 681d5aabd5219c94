"""`purge`: how long the desk holds what it holds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.shared import AsJson, Config, open_rules, open_units, print_json, wall_clock, working
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Mapping


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(purge)


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
    from helpdesk.privacy import purge as erase
    from helpdesk.report.shapes import instant

    rules, now = open_rules(config), wall_clock()
    before = now - _age(older_than, rules.configuration.keep)
    if not (dry_run or yes):
        typer.confirm(f"Erase what ended before {before:%Y-%m-%d}? This cannot be undone.", abort=True)
    with open_units(rules) as units, working("looking") as say:
        counts = erase(
            units,
            before=before,
            by="operator",
            now=now,
            dry_run=dry_run,
            watched=lambda done: say(plural(done, "case")),
        )
    if as_json:
        print_json({"before": instant(before), "dry_run": dry_run, **counts})
    else:
        typer.echo(_in_words(counts, dry_run=dry_run))


def _age(text: str, keep: timedelta | None) -> timedelta:
    """How old what is erased must be: as said, or as the configuration has it. Raises BadParameter."""
    from helpdesk.config import read_age

    if not text and keep:
        return keep
    if not text:
        raise typer.BadParameter('expected --older-than AGE, such as "400d" or "60w": [desk] keep says none')
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
