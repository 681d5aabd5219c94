"""`policy`: what is promised, when it is due and why, and whether the files hold what they say."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpdesk.cli.policy_init import policy_init
from helpdesk.cli.registry import add_group
from helpdesk.cli.shared import (
    AsJson,
    Config,
    config_path,
    find_configuration,
    open_book,
    open_rules,
    open_units,
    policy_folder,
    print_json,
    print_line,
    read_file,
    read_instant,
    reading,
    wall_clock,
)
from helpdesk.cli.table import local_time, print_table
from helpdesk.errors import HelpdeskError, NotFound
from helpdesk.plural import plural

if TYPE_CHECKING:
    from helpdesk.core.words.people import Customer
    from helpdesk.offering.files import PolicyBook
    from helpdesk.offering.files.lint import Finding
    from helpdesk.offering.policy import Policy

_WHICH = "A file, the key of a policy in force, or KEY@VERSION for one that was stored."
Key = Annotated[str, typer.Argument(metavar="POLICY")]
KeyOrVersion = Annotated[str, typer.Argument(metavar="POLICY", help=_WHICH)]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    add_group(
        app,
        "policy",
        list=policy_list,
        show=policy_show,
        check=policy_check,
        due=policy_due,
        schema=policy_schema,
        diff=policy_diff,
        apply=policy_apply,
        versions=policy_versions,
        init=policy_init,
    )


def policy_list(
    examples: Annotated[bool, typer.Option("--examples", help="The shipped examples too, which nobody runs.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """The policies that are in force."""
    from helpdesk.offering.files.find import example_files

    named = [path.stem for path in example_files()] if examples else []
    policies = open_book(config, *named).policies.values()
    shapes = [
        {
            "key": policy.key,
            "name": policy.name,
            "version": policy.version,
            "plans": [plan.key for plan in policy.plans],
            "severities": [level.key for level in policy.severity.levels],
            "regions": [region.key for region in policy.regions],
            "channels": [channel.key for channel in policy.channels],
        }
        for policy in policies
    ]
    if as_json:
        print_json(shapes)
        return
    rows = [
        (
            str(shape["key"]),
            str(shape["name"]),
            *(", ".join(shape[part]) for part in ("plans", "severities", "regions")),
        )
        for shape in shapes
    ]
    print_table(("policy", "name", "plans", "severities", "regions"), rows, empty="There are no policies.")


def policy_show(
    key: KeyOrVersion,
    config: Config = None,
    timezone: Annotated[
        list[str] | None, typer.Option(metavar="ZONE", help="Hours and holidays in this zone too; may be repeated.")
    ] = None,
    customer: Annotated[str, typer.Option(metavar="KEY", help="What this customer bought, in their zone too.")] = "",
    as_json: AsJson = False,
) -> None:
    """One policy, to be read beside the document it was written from; POLICY@VERSION is one that was stored."""
    from helpdesk.report.offering import OfferingReader, offering_text
    from helpdesk.report.offering_shape import offering_shape

    policy, now = _policy(config, key), wall_clock()
    bought = _customer(config, customer, policy) if customer else None
    zones = [_zone(name) for name in timezone or ()]
    zones += [bought.timezone] if bought and bought.timezone else []
    reader = OfferingReader(tuple(dict.fromkeys(zones)), bought)
    if as_json:
        print_json(offering_shape(policy, now=now, reader=reader))
    else:
        typer.echo(offering_text(policy, now=now, reader=reader))


def _customer(config: Path | None, key: str, policy: Policy) -> Customer:
    found = open_rules(config).customers.customer(key)
    if found.policy != policy.key:
        raise NotFound(f"customer {key} bought {found.policy}, not {policy.key}")
    return found


def _zone(name: str) -> str:
    from helpdesk.openhours.walltime import is_zone

    if not is_zone(name):
        raise typer.BadParameter(f"expected a zone of the IANA database such as Europe/Berlin, not {name!r}")
    return name


def policy_versions(key: Key, config: Config = None, as_json: AsJson = False) -> None:
    """The versions of a policy that cases were opened under, the newest first; `policy show` and `diff` take them."""
    from helpdesk.report.shapes import instant
    from helpdesk.store import cases

    with reading(config) as unit:
        current = unit.rules.book.policies.get(key)
        shapes = [
            {
                "version": version.stored.version,
                "stored_at": instant(version.stored_at),
                "in_force": current is not None and version.stored.version == current.version,
                "file": version.stored.name,
                "holidays_source": (version.stored.days or {}).get("source"),
                "cases": version.cases,
                "open_cases": version.open_cases,
            }
            for version in cases.policy_versions(unit.connection, key)
        ]
    if as_json:
        print_json(shapes)
        return
    rows = [
        (
            f"{key}@{shape['version']}",
            local_time(str(shape["stored_at"])),
            "in force" if shape["in_force"] else "",
            f"{shape['cases']}",
            f"{shape['open_cases']}",
        )
        for shape in shapes
    ]
    print_table(("version", "since", "", "cases", "open"), rows, empty=f"No version of {key} was stored.")


def policy_check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Check policy files and run their worked examples; exits with 1 when something is wrong."""
    from helpdesk.lab.policy_check import check_files, check_whole

    today = wall_clock().date()
    if files:
        findings = [finding for path in files for finding in check_whole(_file_named(path, config), today=today)]
        number = len(files)
    else:
        of_desk = _files_of_desk(config)
        findings, number = [*check_files(of_desk, today=today), *_unheard(config)], len(of_desk)
    if as_json:
        print_json([finding.shape() for finding in findings])
    else:
        for finding in findings:
            typer.echo(str(finding))
        found = {
            level: sum(finding.level == level for finding in findings) for level in ("error", "warning", "assumption")
        }
        typer.echo(", ".join(plural(count, level) for level, count in found.items()) + f" in {plural(number, 'file')}")
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)


def _unheard(config: Path | None) -> list[Finding]:
    path = config_path(config)
    if not path.exists():
        return []
    from helpdesk.diagnosis.settings import unheard_escalations
    from helpdesk.offering.files.lint import Finding

    return [Finding("warning", str(path), place, text) for place, text in unheard_escalations(open_rules(config))]


def _files_of_desk(config: Path | None) -> list[Path]:
    """What a desk runs by and what its operator wrote; without a configuration all that is shipped and in force."""
    from helpdesk.lab.policy_check import files_of_desk
    from helpdesk.offering.files.find import policy_files

    if find_configuration(config) is None:
        return policy_files(None)
    return files_of_desk(policy_folder(config), open_rules(config).used_policies)


def _file_named(path: Path, config: Path | None) -> Path:
    """A file, or by its key one that is in force or an example."""
    from helpdesk.offering.files.find import policy_files

    key = str(path)
    if path.suffix == ".toml" or path.exists():
        return path
    return next((one for one in policy_files(policy_folder(config), [key]) if one.stem == key), path)


def policy_schema() -> None:
    """Print the JSON schema of policy files, for editors."""
    from helpdesk.offering.files.read import schema

    print_json(schema())


def policy_diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help=_WHICH)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=_WHICH)],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """What changes between two versions of a policy, and for whom."""
    from dataclasses import asdict

    from helpdesk.offering.files.compare import differences

    year = wall_clock().year
    found = differences(_policy(config, old), _policy(config, new), years=(year, year + 1))
    if as_json:
        print_json([asdict(difference) for difference in found])
        return
    rows = [(difference.what, difference.who, difference.was or "-", difference.now or "-") for difference in found]
    print_table(("what", "for whom", "was", "becomes"), rows, empty="Nothing changes.")


def _policy(config: Path | None, name: str) -> Policy:
    """A policy by file, by key, or by key and stored version."""
    from helpdesk.offering.files import policy_file, read_policy

    path = Path(name)
    if path.suffix == ".toml":
        return read_policy(policy_file(path))
    key, _, version = name.partition("@")
    return _stored_policy(config, key, version) if version else open_book(config, key).policy(key)


def _stored_policy(config: Path | None, key: str, version: str) -> Policy:
    from helpdesk.offering.files import read_policy
    from helpdesk.store import cases
    from helpdesk.unit import policy_source

    with reading(config) as unit:
        stored = cases.stored_policy(unit.connection, version)
    if stored.policy != key:
        raise NotFound(f"the version {version} is one of {stored.policy}, not of {key}")
    return read_policy(policy_source(stored))


def policy_apply(
    key: Key,
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Move open cases to the version in force; exits with 1 when a case cannot be moved."""
    from helpdesk.desk.apply import apply_policy
    from helpdesk.report.shapes import instant

    with open_units(open_rules(config)) as units:
        moved, stuck = apply_policy(units, key, now=wall_clock(), dry_run=dry_run)
    shapes = [
        {
            "case": move.ref,
            "target": move.kind.key,
            "was": move.was,
            "now": move.now,
            "due_before": instant(move.due_before),
            "due_after": instant(move.due_after),
            "overdue": move.overdue,
        }
        for move in moved
    ]
    if as_json:
        print_json(
            {"dry_run": dry_run, "moved": shapes, "stuck": [{"case": left.ref, "why": left.why} for left in stuck]}
        )
    else:
        if moved:
            typer.echo(f"To version {moved[0].now} of {key}:")
        rows = [
            (
                move.ref,
                move.kind.name,
                local_time(move.due_before) or "-",
                local_time(move.due_after) or "-",
                "late at once" if move.overdue else "" if move.due_after != move.due_before else "unchanged",
            )
            for move in moved
        ]
        columns = ("case", "target", "was due", "becomes due", "")
        print_table(columns, rows, empty="No open case runs under an older version.")
        for left in stuck:
            typer.echo(f"{left.ref} stays: {left.why}")
        typer.echo("Nothing was changed." if dry_run else f"{plural(len({move.ref for move in moved}), 'case')} moved.")
    if stuck:
        raise typer.Exit(1)


def policy_due(  # noqa: PLR0913, PLR0917 - one option an argument of the question
    key: Annotated[str, typer.Argument(metavar="[POLICY]", help=_WHICH)] = "",
    plan: Annotated[str, typer.Option(help="The customer's plan; otherwise the policy's default.")] = "",
    severity: Annotated[str, typer.Option(help="The severity's key; otherwise as impact and urgency make it.")] = "",
    at: Annotated[str, typer.Option(help="When the mail was received, with an offset.")] = "",
    region: Annotated[str, typer.Option(help="The customer's region; otherwise the policy's default.")] = "",
    channel: Annotated[str, typer.Option(help="How it came.")] = "email",
    target: Annotated[str, typer.Option(help="The key of a promise; otherwise the first answer.")] = "",
    kind: Annotated[str, typer.Option(help="The kind of case, as an agent or a mailbox says it.")] = "",
    language: Annotated[str, typer.Option(help="The language of the mail; otherwise the policy's first.")] = "",
    field: Annotated[list[str] | None, typer.Option(help="KEY=VALUE that a registered contact states.")] = None,
    addon: Annotated[list[str] | None, typer.Option(help="The key of an add-on that the customer bought.")] = None,
    batch: Annotated[str, typer.Option(help="- reads one JSON object of arguments a line, answers a line each.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """When something is due, and why."""
    if batch:
        _answer_batch(_Asked(config, key), batch)
        return
    if not key or not (severity or field) or not at:
        raise typer.BadParameter("expected POLICY, --severity and --at, or --batch -")
    question = {
        "plan": plan,
        "severity": severity,
        "region": region,
        "channel": channel,
        "target": target,
        "kind": kind,
        "language": language,
        "fields": dict(_stated(one) for one in field or ()),
        "addons": addon or [],
    }
    policy = _policy(config, key)
    if as_json:
        print_json(_answer(policy, read_instant(at), question))
        return
    from helpdesk.report.explain import asked_of, due_text

    typer.echo(due_text(policy, read_instant(at), asked_of(policy, question)))


def _stated(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise typer.BadParameter(f"--field: expected KEY=VALUE, not {text!r}")
    return key.strip(), value.strip()


class _Asked:
    """The policies that the lines of a batch ask for, each read once; `otherwise` for lines that name none."""

    def __init__(self, config: Path | None, otherwise: str) -> None:
        self._config = config
        self._otherwise = otherwise
        self._book: PolicyBook | None = None
        self._read: dict[str, Policy] = {}

    def policy(self, name: str | None) -> Policy:
        """The policy of that name, a key or a file. Raises HelpdeskError, ValueError where none is named."""
        name = name or self._otherwise
        if not name:
            raise ValueError("policy: expected this argument, which is missing")
        if name not in self._read:
            self._read[name] = self._of_book(name) or _policy(self._config, name)
        return self._read[name]

    def _of_book(self, name: str) -> Policy | None:
        if name.endswith(".toml"):
            return None
        self._book = self._book or open_book(self._config)
        return self._book.policies.get(name)


def _answer_batch(asked: _Asked, name: str) -> None:
    lines = sys.stdin if name == "-" else read_file(Path(name)).decode("utf-8", "replace").split("\n")
    failed = False
    for line in filter(str.strip, lines):
        answer = _answer_line(asked, line)
        failed = failed or "error" in answer
        print_line(answer)
    if failed:
        raise typer.Exit(1)


def _answer_line(asked: _Asked, line: str) -> dict[str, Any]:
    """One answer a question, also to a question that is wrong: the lines must not go out of step."""
    try:
        question = _question(line)
        policy = asked.policy(question.get("policy"))
        return _answer(policy, _instant(question["at"]), question)
    except (HelpdeskError, ValueError) as problem:
        return {"error": f"{problem.args[0] if problem.args else problem}", "question": line.strip()}


_TEXTS = ("policy", "plan", "severity", "at", "region", "channel", "target", "kind", "language")
_ARGUMENTS = (*_TEXTS, "fields", "addons")


def _question(line: str) -> dict[str, Any]:
    """One line of a batch. Raises ValueError that says what is wrong with it."""
    try:
        question = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"expected a JSON object: {problem}") from None
    if not isinstance(question, dict):
        raise ValueError("expected a JSON object of arguments")  # noqa: TRY004 - told, not raised further
    if unknown := [key for key in question if key not in _ARGUMENTS]:
        raise ValueError(f"{unknown[0]}: no such argument; there are {', '.join(_ARGUMENTS)}")
    for key in _TEXTS:
        value = question.get(key)
        if value is None and (key == "at" or (key == "severity" and not question.get("fields"))):
            raise ValueError(f"{key}: expected this argument, which is missing")
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{key}: expected text, not {value!r}")
    fields, addons = question.get("fields") or {}, question.get("addons") or []
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise ValueError(f"fields: expected an object of texts, not {fields!r}")
    if not isinstance(addons, list) or not all(isinstance(one, str) for one in addons):
        raise ValueError(f"addons: expected a list of texts, not {addons!r}")
    return question


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(f"at: expected a time with an offset such as 2026-05-22T16:40-05:00, not {text!r}")
    return at


def _answer(policy: Policy, at: datetime, question: dict[str, Any]) -> dict[str, Any]:
    from helpdesk.report.explain import asked_of
    from helpdesk.report.shapes import due_shape

    asked = asked_of(policy, question)
    try:
        promise = policy.promise(asked["target"], **_terms(asked), given=policy.circumstances(**asked["given"], at=at))
        return due_shape(policy, promise, at, **_terms(asked))
    except OverflowError:
        raise NotFound(f"at: expected a time that a calendar reaches, not {at.isoformat()}") from None


def _terms(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: asked[name] for name in ("plan", "severity", "region", "channel")}
