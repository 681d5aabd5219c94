"""`check`, `db`, `backup`: before the daemon starts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpdesk.cli.registry import add_group
from helpdesk.cli.shared import (
    AsJson,
    Config,
    absent,
    config_path,
    open_database,
    open_rules,
    open_units,
    print_json,
    progress,
    wall_clock,
    working,
)
from helpdesk.errors import ConfigurationError, HelpdeskError, Unavailable
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from helpdesk.config import Configuration
    from helpdesk.desk import Rules
    from helpdesk.diagnosis import Examined, Looked
    from helpdesk.store.engine import Database


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(check)
    app.command()(backup)
    add_group(app, "db", upgrade=db_upgrade, current=db_current, recount=db_recount)


RoundTrips = Annotated[
    bool, typer.Option("--round-trip", help="Also mail each mailbox, and wait until the running daemon has worked it.")
]


def check(config: Config = None, round_trip: RoundTrips = False, as_json: AsJson = False) -> None:
    """Everything that can be known before starting; exits with 1 when something does not work."""
    from helpdesk.diagnosis import Looked

    try:
        rules = open_rules(config)
    except ConfigurationError as wrong:
        if as_json:
            print_json(check_shapes([Looked(str(config_path(config)), problem=str(wrong))]))
        raise
    looked = look_at(rules, as_json=as_json)
    for one in _round_trips(rules) if round_trip else ():
        _tell(one, as_json=as_json)
        looked.append(one)
    shapes = check_shapes(looked)
    if as_json:
        print_json(shapes)
    if not shapes["ok"]:
        raise typer.Exit(1)


def look_at(rules: Rules, *, as_json: bool) -> list[Looked]:
    """Look at every part of the desk, and tell of each as soon as it is known."""
    from helpdesk.diagnosis import Examined, Looked, look, odd_settings

    odd = Examined(warnings=tuple(odd_settings(rules, wall_clock())))
    looked = [Looked(str(rules.configuration.path), odd)]
    _tell(looked[0], as_json=as_json)
    for part, probe in _probes(rules):
        looked.append(look(part, probe))
        _tell(looked[-1], as_json=as_json)
    return looked


def _round_trips(rules: Rules) -> Iterator[Looked]:
    """What became of a mail to each mailbox."""
    from helpdesk.diagnosis import Examined, Looked, look, returned, send_round_trips

    part = "round trip"
    if rules.configuration.file.smtp_out.url.startswith("maildir:"):
        yield Looked(part, Examined("skipped: outgoing mail goes into a folder (maildir:), and none comes back"))
        return
    try:
        with open_database(rules.configuration) as database:
            for trip in send_round_trips(rules, wall_clock()):
                yield look(f"{part} {trip.mailbox}", partial(returned, rules, database, trip))
    except HelpdeskError as problem:
        yield Looked(part, problem=str(problem))


def check_shapes(looked: Iterable[Looked]) -> dict[str, Any]:
    """What was found, as JSON."""
    shapes = [
        {
            "part": one.part,
            "ok": not one.problem,
            "text": one.problem or one.found.text,
            "warnings": list(one.found.warnings),
            "notes": list(one.found.notes),
        }
        for one in looked
    ]
    return {"ok": all(shape["ok"] for shape in shapes), "checks": shapes}


def _tell(looked: Looked, *, as_json: bool) -> None:
    """Said as soon as it is known: a mail server may take its time."""
    if as_json:
        return
    for kind, lines in (("warning", looked.found.warnings), ("note", looked.found.notes)):
        for line in lines:
            typer.echo(f"{kind}: {line}")
    for line in looked.problem.splitlines():
        typer.echo(f"FAILED: {looked.part}: {line}", err=True)
    if not looked.problem:
        typer.echo(f"ok: {looked.part}{': ' if looked.found.text else ''}{looked.found.text}")


def _probes(rules: Rules) -> Iterator[tuple[str, Callable[[], Examined]]]:
    """What the desk uses, each with how it is tried."""
    from helpdesk import diagnosis

    configuration, now = rules.configuration, wall_clock()
    yield "policies", partial(_check_policies, rules)
    if cause := diagnosis.short_of_room(configuration):
        yield "disk", partial(diagnosis.disk, cause)
    yield "database", partial(diagnosis.database, rules, now)
    if configuration.file.smtp_in.listen:
        yield "incoming mail", partial(diagnosis.smtp_listener, configuration, now)
    if configuration.file.web.listen:
        yield "console", partial(_check_console, configuration)
    yield "outgoing mail", partial(diagnosis.smarthost, configuration, now)
    if configuration.notify_urls:
        yield "calls beyond mail", partial(diagnosis.beyond_mail, configuration)
    for entry in configuration.file.mailbox:
        if entry.imap:
            yield f"mailbox {entry.address}", partial(diagnosis.mailbox, configuration, entry, now)
    if not configuration.file.smtp_out.url.startswith("maildir:"):  # else nothing leaves that others could judge
        yield "domains", partial(diagnosis.domains, rules)


def _check_console(configuration: Configuration) -> Examined:
    from helpdesk.diagnosis import console
    from helpdesk.web.access import access_of

    access_of(configuration)
    return console(configuration)


def _check_policies(rules: Rules) -> Examined:
    from helpdesk.diagnosis import Examined
    from helpdesk.lab.policy_check import check_files, files_of_desk

    folder = rules.configuration.place(rules.configuration.file.desk.policies)
    files = files_of_desk(folder, rules.used_policies)
    findings = check_files(files, today=wall_clock().date())
    errors = [str(finding) for finding in findings if finding.level == "error"]
    if errors:
        raise Unavailable("\n".join(errors))
    odd = [str(finding).removeprefix("warning: ") for finding in findings if finding.level == "warning"]
    examples = sum(len(rules.book.policy(path.stem).examples) for path in files)
    come_out = plural(examples, "worked example comes out", "worked examples come out")
    return Examined(f"{plural(len(files), 'policy', 'policies')}, {come_out}", tuple(odd))


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE")], config: Config = None, as_json: AsJson = False
) -> None:
    """Copy the embedded database while it is in use."""
    from helpdesk.store.backup import copy_to

    with open_database(open_rules(config).configuration) as database, working("copying"):
        copy_to(database, file)
    if as_json:
        print_json({"file": str(file), "bytes": file.stat().st_size})
    else:
        typer.echo(f"wrote {file}")


def db_upgrade(config: Config = None) -> None:
    """Bring the database to this version's schema."""
    from helpdesk.store import migrate
    from helpdesk.store.engine import Database

    database = Database(open_rules(config).configuration.database_url)
    try:
        with working("upgrading"):
            migrate.upgrade(database)
        typer.echo(f"database at revision {migrate.current(database)}")
    finally:
        database.close()


def db_recount(config: Config = None) -> None:
    """Count the cases anew, read again from their events what lists and reports go by, and have all mail indexed."""
    from helpdesk.store import case_counts, search
    from helpdesk.unit.recount import read_again

    with open_units(open_rules(config)) as units:
        with units.database.write() as connection:
            wrong = case_counts.wrong(connection)
            case_counts.rebuild(connection)
            number = sum(case_counts.by_status(connection).values())
        with units.database.write() as connection:  # without the cases, which wait for the counts
            search.rebuild(connection)
        with progress("reading cases", number) as advance:
            for done in read_again(units, wall_clock()):
                advance(done)
    typer.echo(f"{plural(wrong, 'count')} put right, {plural(number, 'case')} read.")


def db_current(config: Config = None, as_json: AsJson = False) -> None:
    """The database's revision and the one that this version needs."""
    from helpdesk.store import migrate
    from helpdesk.store.engine import Database

    configuration, needed = open_rules(config).configuration, migrate.head()
    empty = absent(configuration)
    revision, doubt = (None, migrate.EMPTY) if empty else _schema_of(Database(configuration.database_url))
    if as_json:
        print_json({"revision": revision, "needed": needed, "current": revision == needed, "doubt": doubt or None})
    else:
        typer.echo(f"database: {doubt}" if doubt else f"database at revision {revision}, this version needs {needed}")


def _schema_of(database: Database) -> tuple[str | None, str]:
    from helpdesk.store import migrate

    try:
        return migrate.current(database), migrate.doubt(database)
    finally:
        database.close()
