"""`export`, `import-cases`: a case, cases of other desks, or everything, out and in."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpdesk.cli.shared import (
    AsJson,
    Config,
    open_database,
    open_rules,
    print_json,
    print_line,
    progress,
    read_ref,
    reading,
    wall_clock,
)
from helpdesk.cli.table import print_table
from helpdesk.errors import Unavailable
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from helpdesk.desk import Rules

_TOKENS = (
    "It holds mail byte for byte, reply addresses with it: who reads it can write in the name of customers and agents."
)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(export)
    app.command("import-cases")(import_cases)


def export(
    ref: Annotated[int | None, typer.Argument(metavar="[REF]", parser=read_ref, help="A case such as HD-7.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", metavar="FILE", help="Where to; otherwise HD-7.zip, helpdesk-export/ or mails.mbox here."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="The whole desk, into a folder that `import-cases` reads.")
    ] = False,
    mbox: Annotated[bool, typer.Option("--mbox", help="All mails as an mbox, reply addresses masked.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write all that the desk holds of a case into a zip, of everything into a folder, or all mails into an mbox."""
    if [ref is not None, everything, mbox].count(True) != 1:
        raise typer.BadParameter("expected a case such as HD-7, --all or --mbox, and one of them")
    if ref is not None:
        _export_case(config, ref, output, as_json=as_json)
    elif everything:
        _export_all(config, output or Path("helpdesk-export"), as_json=as_json)
    else:
        _export_mbox(config, output or Path("mails.mbox"), as_json=as_json)


def _export_all(config: Path | None, folder: Path, *, as_json: bool) -> None:
    from helpdesk.report.whole import DESK_FILE, write_whole
    from helpdesk.store import dump

    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as problem:
        raise typer.BadParameter(f"{folder}: expected to be able to make a new folder: {problem.strerror}") from None
    with reading(config) as unit, progress("exporting", dump.count(unit.connection)) as advance:
        mails = write_whole(unit.connection, folder, advance)
    if as_json:
        print_json({"folder": str(folder), "file": str(folder / DESK_FILE), "mails": mails, "warning": _TOKENS})
        return
    typer.echo(f"Everything, {plural(mails, 'mail')} with it, is in {folder}")
    typer.echo(f"{_TOKENS} Keep the desk's secret file with it: without that the addresses are void in another desk.")


def _export_mbox(config: Path | None, path: Path, *, as_json: bool) -> None:
    from helpdesk.report.whole import write_mbox
    from helpdesk.store import dump

    with (
        reading(config) as unit,
        _new_file(path) as file,
        progress("exporting", dump.count(unit.connection)) as advance,
    ):
        mails = write_mbox(unit.connection, file, advance)
    if as_json:
        print_json({"file": str(path), "mails": mails})
    else:
        typer.echo(f"{plural(mails, 'mail')} in {path}; reply addresses are masked")


def _export_case(config: Path | None, number: int, output: Path | None, *, as_json: bool) -> None:
    from helpdesk.report.export import export as write
    from helpdesk.report.export import merged_with
    from helpdesk.store import cases

    with reading(config) as unit:
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


def import_cases(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="As docs/moving.md has it, or of `export --all`.")],
    mailbox: Annotated[str, typer.Option(help="For cases that name none of our mailboxes.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of it.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Take cases of another desk, one a line, without clocks and mail; or a whole desk, into an empty one."""
    from helpdesk.importing.desk import is_whole_desk

    rules = open_rules(config)
    if is_whole_desk(file):
        if dry_run:
            raise typer.BadParameter("--dry-run: a whole desk is taken as a whole, or nothing of it is")
        _import_desk(rules, file, as_json=as_json)
        return
    became: dict[str, int] = {}
    for shape in _cases_taken(rules, file, mailbox, dry_run=dry_run):
        became[shape["outcome"]] = became.get(shape["outcome"], 0) + 1
        if as_json:
            print_line(shape)
        elif shape["outcome"] == "rejected":
            typer.echo(shape["because"])
    if not as_json:
        rows = [(outcome, str(number)) for outcome, number in sorted(became.items())]
        print_table(("would become" if dry_run else "became", "cases"), rows, empty="There was no case.")
    if "rejected" in became:
        raise typer.Exit(1)


def _cases_taken(rules: Rules, file: Path, mailbox: str, *, dry_run: bool) -> Iterator[dict[str, Any]]:
    from helpdesk.desk import Desk
    from helpdesk.importing.cases import CaseImport, lines_of

    with open_database(rules.configuration) as database, progress("importing", lines_of(file)) as advance:
        desk = Desk(database=database, rules=rules, now=wall_clock)
        desk.begin()
        for shape in CaseImport(desk, file, mailbox, dry_run=dry_run).run():
            advance(1)
            yield shape


def _import_desk(rules: Rules, file: Path, *, as_json: bool) -> None:
    from helpdesk.importing.cases import lines_of
    from helpdesk.importing.desk import import_desk
    from helpdesk.store.claims import Occupied, WorkLock

    with open_database(rules.configuration) as database, progress("importing", lines_of(file)) as advance:
        lock = WorkLock(database)
        try:
            lock.take()
        except Occupied:
            raise Unavailable("import-cases: a daemon works this database; stop it first") from None
        try:
            rows = import_desk(database, file, advance)
        finally:
            lock.leave()
    if as_json:
        print_json({"rows": rows})
    else:
        typer.echo(f"{plural(rows, 'row')} taken. What was not sent is held: `outbox list`, then `outbox release`.")
