"""`policy`: what is promised, when it is due and why, and whether the files hold what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.policy_due import policy_due
from helpdesk.cli.policy_init import policy_init
from helpdesk.cli.registry import add_group
from helpdesk.cli.shared import (
    WHICH,
    AsJson,
    Config,
    config_path,
    find_configuration,
    named_policy,
    open_book,
    open_rules,
    open_units,
    policy_folder,
    print_json,
    reading,
    wall_clock,
)
from helpdesk.cli.table import local_time, print_table
from helpdesk.errors import NotFound
from helpdesk.plural import plural

if TYPE_CHECKING:
    from helpdesk.core.words.people import Customer
    from helpdesk.offering.files.lint import Finding
    from helpdesk.offering.policy import Policy

Key = Annotated[str, typer.Argument(metavar="POLICY")]
KeyOrVersion = Annotated[str, typer.Argument(metavar="POLICY", help=WHICH)]


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

    policy, now = named_policy(config, key), wall_clock()
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
        if not shapes:
            unit.rules.book.policy(key)  # raises NotFound where there is none
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
    old: Annotated[str, typer.Argument(metavar="OLD", help=WHICH)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=WHICH)],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """What changes between two versions of a policy, and for whom."""
    from dataclasses import asdict

    from helpdesk.offering.files.compare import differences

    year = wall_clock().year
    found = differences(named_policy(config, old), named_policy(config, new), years=(year, year + 1))
    if as_json:
        print_json([asdict(difference) for difference in found])
        return
    rows = [(difference.what, difference.who, difference.was or "-", difference.now or "-") for difference in found]
    print_table(("what", "for whom", "was", "becomes"), rows, empty="Nothing changes.")


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
