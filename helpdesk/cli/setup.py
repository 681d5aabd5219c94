"""`check`, `db`, `backup`: before the daemon starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
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
    from helpdesk.core.words.people import Customer
    from helpdesk.desk import Rules
    from helpdesk.diagnosis import Examined
    from helpdesk.offering.policy import Policy
    from helpdesk.store.engine import Database


_NO_TABLE = "no table of the desk's"


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(check)
    app.command()(backup)
    add_group(app, "db", upgrade=db_upgrade, current=db_current, recount=db_recount)


@dataclass(frozen=True)
class _Looked:
    """What a look at one part of the desk found, or the problem."""

    part: str
    found: Examined
    problem: str = ""


RoundTrips = Annotated[
    bool, typer.Option("--round-trip", help="Also mail each mailbox, and wait until the running daemon has worked it.")
]


def check(config: Config = None, round_trip: RoundTrips = False, as_json: AsJson = False) -> None:
    """Everything that can be known before starting; exits with 1 when something does not work."""
    try:
        rules = open_rules(config)
    except ConfigurationError as wrong:
        if as_json:
            print_json(check_shapes([_wrong(config_path(config), wrong)]))
        raise
    looked = look_at(rules, as_json=as_json)
    if round_trip:
        looked += _travel(rules, as_json=as_json)
    shapes = check_shapes(looked)
    if as_json:
        print_json(shapes)
    if not shapes["ok"]:
        raise typer.Exit(1)


def _wrong(path: Path, wrong: ConfigurationError) -> _Looked:
    from helpdesk.diagnosis import Examined

    return _Looked(str(path), Examined(), problem=str(wrong))


def look_at(rules: Rules, *, as_json: bool) -> list[_Looked]:
    """Look at every part of the desk, and tell of each as soon as it is known."""
    from helpdesk.diagnosis import Examined

    looked = [_Looked(str(rules.configuration.path), Examined(warnings=tuple(_warnings(rules))))]
    _tell(looked[0], as_json=as_json)
    for part, probe in _probes(rules):
        looked.append(_look(part, probe))
        _tell(looked[-1], as_json=as_json)
    return looked


def _travel(rules: Rules, *, as_json: bool) -> list[_Looked]:
    """Mail each mailbox, and tell of each what became of it."""
    looked = []
    for one in _round_trips(rules):
        _tell(one, as_json=as_json)
        looked.append(one)
    return looked


def _round_trips(rules: Rules) -> Iterator[_Looked]:
    from helpdesk.diagnosis import Examined, returned, send_round_trips

    part = "round trip"
    if rules.configuration.file.smtp_out.url.startswith("maildir:"):
        yield _Looked(part, Examined("skipped: outgoing mail goes into a folder (maildir:), and none comes back"))
        return
    try:
        with open_database(rules) as database:
            for trip in send_round_trips(rules, wall_clock()):
                yield _look(f"{part} {trip.mailbox}", partial(returned, rules, database, trip))
    except HelpdeskError as problem:
        yield _Looked(part, Examined(), problem=str(problem))


def check_shapes(looked: Iterable[_Looked]) -> dict[str, Any]:
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


def _look(part: str, probe: Callable[[], Examined]) -> _Looked:
    from helpdesk.diagnosis import Examined

    try:
        return _Looked(part, probe())
    except HelpdeskError as problem:
        return _Looked(part, Examined(), problem=str(problem))


def _tell(looked: _Looked, *, as_json: bool) -> None:
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


def _warnings(rules: Rules) -> Iterator[str]:
    """What works and is not as the policies ask for."""
    for customer in rules.customers.by_key.values():
        policy = rules.book.policies.get(customer.policy)
        if policy and policy.escalation_contact and not customer.escalation_contact:
            yield f"customer {customer.key}: {policy.name} asks for an escalation_contact, there is none"
        if policy:
            yield from _too_many_contacts(customer, policy)
        # No mistake where a desk serves its own house, and a bad one anywhere else.
        ours = {mailbox.address.rpartition("@")[2] for mailbox in rules.configuration.mailboxes}
        for domain in sorted(ours.intersection(customer.domains)):
            yield f"customer {customer.key}: {domain} is the domain of a mailbox of ours, all of it is this customer"
    for mailbox in rules.configuration.mailboxes:
        calls = any(step.pages for step in rules.book.policy(mailbox.policy).ladder)
        if calls and rules.configuration.teams[mailbox.team].rotation is None:
            yield f"mailbox {mailbox.address}: {mailbox.policy} calls who is on call, {mailbox.team} has no rotation"
    listens = rules.configuration.file.smtp_in.listen
    for entry in rules.configuration.file.mailbox:
        if not entry.imap and not listens:
            yield f"mailbox {entry.address}: no mail comes in there: give it [mailbox.imap], or set [smtp_in] listen"
    if not rules.configuration.operators:
        yield "desk.operators: there are none, so nobody hears what ails the desk itself"
    yield from _open_to_others(rules.configuration)
    yield from rules.letters.templates.unused()
    yield from rules.letters.templates.left_out()
    yield from rules.letters.templates.in_other_languages(_further_languages(rules))
    yield from _called_while_away(rules)


def _further_languages(rules: Rules) -> set[str]:
    """In which languages customers are written to, without the one that is first for all of them."""
    policies = rules.book.policies
    used = [policies[box.policy] for box in rules.configuration.mailboxes if box.policy in policies]
    own = set()
    for customer in rules.customers.by_key.values():
        policy = policies.get(customer.policy)
        used += [policy] if policy else []
        own.add(customer.language)
    first = {policy.languages[0] for policy in used}
    spoken = {language for policy in used for language in policy.languages} | own
    return spoken - first if len(first) == 1 else spoken


def _open_to_others(configuration: Configuration) -> Iterator[str]:
    """Files with mail or a key in them that others on this host may open, or the desk itself may not."""
    from helpdesk.store.private_file import BESIDE, exposed, unreadable

    database, secret = configuration.database_file, configuration.place(configuration.file.desk.secret_file)
    made = [database.with_name(database.name + ending) for ending in ("", *BESIDE)] if database else []
    made += [secret, *sorted(secret.parent.glob(f"{secret.name}.oauth2-*"))] if secret else []
    yield from filter(None, map(exposed, made))
    # A group is left to the operator: root may own these, and the desk's group read them.
    yield from filter(None, (exposed(place, "o") for place in configuration.secret_files))
    if database:
        yield from filter(None, (unreadable(place, database) for place in configuration.secret_files))


def _too_many_contacts(customer: Customer, policy: Policy) -> Iterator[str]:
    """More people than a plan lets write."""
    plan = policy.plan(customer.plan) if customer.plan else policy.plans[0]
    named = [("", plan.contacts, len(customer.contacts))]
    products = {product for contact in customer.contacts for product in contact.products}
    for product in sorted(products):
        number = sum(product in contact.products for contact in customer.contacts)
        named.append((f" for {product}", plan.contacts_per_product, number))
    for what, most, number in named:
        if most and number > most:
            yield f"customer {customer.key}: {plural(number, 'contact')}{what}, {plan.name} has {most}"


def _called_while_away(rules: Rules) -> Iterator[str]:
    """The turns on call, and the weeks of leads, that fall into an absence."""
    from helpdesk.core.staffing.vacancy import led_from_afar, vacancies

    now, teams = wall_clock(), rules.configuration.teams.values()
    agents = list(dict.fromkeys(agent for team in teams for agent in (*team.agents, *team.beside)))
    for rotation in rules.configuration.rotations:
        for vacancy in vacancies(rotation, agents, now):
            yield f"rotation {rotation.name}: {vacancy}; overrides say who else"
    for team in teams:
        for vacancy in led_from_afar(team, agents, now):
            yield f"team {team.name}: {vacancy}"


def _probes(rules: Rules) -> Iterator[tuple[str, Callable[[], Examined]]]:
    """What the desk uses, each with how it is tried."""
    from helpdesk import diagnosis

    configuration, now = rules.configuration, wall_clock()
    yield "policies", partial(_check_policies, rules)
    yield "database", partial(_check_database, rules)
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


def _check_database(rules: Rules) -> Examined:
    from helpdesk.diagnosis import Examined
    from helpdesk.operators.digest import thresholds
    from helpdesk.operators.notice import remarks
    from helpdesk.store import migrate
    from helpdesk.store.engine import Database
    from helpdesk.store.writable import hindrance

    url = rules.configuration.database_url
    database = Database(url)
    try:
        if why := hindrance(database):
            raise Unavailable(why)
        if absent(url):
            return Examined(migrate.EMPTY)
        if migrate.current(database) is None:
            doubt = migrate.doubt(database)
            return Examined(doubt) if doubt == migrate.EMPTY else Examined(_NO_TABLE, (f"database: {doubt}",))
    finally:
        database.close()
    with open_units(rules) as units, units.read(wall_clock()) as unit:
        doubt = units.database.doubt()
        zone = rules.configuration.digest.timezone if rules.configuration.digest else "UTC"
        odd = [f"database: {doubt}"] if doubt else []
        called = "".join(f"; people are called in {one}" for one in thresholds(unit))
        seen = remarks(unit, zone, until=unit.now + timedelta(days=1))
        return Examined(f"at this version's schema{called}", (*odd, *seen))


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE")], config: Config = None, as_json: AsJson = False
) -> None:
    """Copy the embedded database while it is in use."""
    from helpdesk.store.backup import copy_to

    with open_database(open_rules(config)) as database, working("copying"):
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

    url, needed = open_rules(config).configuration.database_url, migrate.head()
    revision, doubt = (None, migrate.EMPTY) if absent(url) else _schema_of(Database(url))
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
