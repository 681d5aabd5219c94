"""`policy init`: a first policy file, asked for on a terminal, or by flags and from what the machine knows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.questions import a_name, asked, parts
from helpdesk.cli.shared import AsJson, print_json
from helpdesk.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.starter.policy import Outline, PlannedSeverity

_HOURS = "mon-fri 09:00-17:00"
_SEVERITIES = ("urgent=1h", "high=4h", "normal=1bd", "low=2bd")
_NONE = "none"
_SPOKEN = {"DE": "de", "AT": "de", "CH": "de", "LI": "de", "FR": "fr", "ES": "es", "MX": "es", "AR": "es", "CL": "es"}


Plans = Annotated[list[str] | None, typer.Option(metavar="NAME", help="What a customer can buy; may be repeated.")]
Hours = Annotated[str, typer.Option(help=f'When the desk is open, such as "{_HOURS}".')]
Zone = Annotated[str, typer.Option(help="On whose wall clock, such as Europe/Berlin.")]
Country = Annotated[str, typer.Option(help="Whose public holidays are kept, such as DE; none for none.")]
Severities = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=TIME", help="The worst first; urgent=2h/1h gives each plan a time. May be repeated."),
]

Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--language", metavar="CODE", help="What customers are written to in, the usual first. May be repeated."
    ),
]


@dataclass(frozen=True, slots=True)
class OfferingOptions:
    """What options say of an offering; "" is asked for."""

    plans: tuple[str, ...] = ()
    hours: str = ""
    zone: str = ""
    country: str = ""
    severities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


def policy_init(  # noqa: PLR0913, PLR0917 - one option a question
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Otherwise COMPANY.toml, here.")] = None,
    company: Annotated[str, typer.Option(help="Whose support it is.")] = "",
    plan: Plans = None,
    hours: Hours = "",
    zone: Zone = "",
    country: Country = "",
    severity: Severities = None,
    language: Languages = None,
    as_json: AsJson = False,
) -> None:
    """Write a commented policy file with worked examples to be confirmed. Asks for what no option says."""
    from helpdesk.starter.policy import key_of, new_policy

    _refuse(file)
    named = asked("Company", company, _usual_name(file), a_name)
    path = file or Path(f"{key_of(named) or 'policy'}.toml")
    _refuse(path)
    options = OfferingOptions(tuple(plan or ()), hours, zone, country, tuple(severity or ()), tuple(language or ()))
    _write(path, new_policy(asked_offering(path.stem, named, options), datetime.now(UTC).date()))
    if as_json:
        print_json({"file": str(path), "policy": path.stem})
        return
    typer.echo(f"wrote {path}\n\nNext: confirm its examples by hand, then\n  helpdesk policy check {path}")


def asked_offering(key: str, company: str, options: OfferingOptions, *, silent: bool = False) -> Outline:
    """An offering by what options say, else by what is answered, else the usual."""
    from helpdesk.starter.policy import Outline

    plans = asked("Plans", ", ".join(options.plans), "Standard", _listed, silent=silent)
    opening = asked("Opening hours", options.hours, _HOURS, _hours, silent=silent)
    place = asked("Time zone", options.zone, machine_zone(), _zone, silent=silent)
    question = "Public holidays of (country, or none)"
    holidays = asked(question, options.country, _country_of(place), _country, silent=silent)
    question = "Severities, the worst first, with the time to a first response"
    levels = asked(question, ", ".join(options.severities), ", ".join(_SEVERITIES), _severities, silent=silent)
    question = "Languages that customers are written to in, the usual first"
    spoken = asked(question, ", ".join(options.languages), _usual_languages(holidays), _languages, silent=silent)
    return Outline(key, company, tuple(plans), opening, place, holidays, tuple(levels), tuple(spoken))


def _refuse(path: Path | None) -> None:
    if path is None:
        return
    if path.suffix != ".toml":
        raise typer.BadParameter(f"expected a file whose name ends in .toml, not {path}")
    if path.exists():
        raise ConfigurationError([f"{path}: expected no file here yet; policy init overwrites nothing"])


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as problem:
        raise ConfigurationError([f"{path}: expected to be able to write it: {problem.strerror}"]) from None


# --- what is usual


def _usual_name(file: Path | None) -> str:
    return file.stem.replace("-", " ").title() if file else "Our Company"


def machine_zone() -> str:
    """The zone of this machine, as far as it says one."""
    from helpdesk.openhours.walltime import is_zone

    link = Path("/etc/localtime")
    named = os.environ.get("TZ", "") or (str(link.resolve()).partition("zoneinfo/")[2] if link.is_symlink() else "")
    return named if is_zone(named) else "UTC"


def _country_of(zone: str) -> str:
    """The first country that keeps the time of a zone, by the table of the time zone database."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone1970.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0].split(",")[0] for row in rows if row[2] == zone), _NONE)


def _usual_languages(country: str) -> str:
    """That of a country, as far as letters are shipped in it, and English."""
    return ", ".join(dict.fromkeys((_SPOKEN.get(country, "en"), "en")))


# --- what is said


def _languages(text: str) -> list[str]:
    from helpdesk.languages import WRITTEN

    found = list(dict.fromkeys(part.lower() for part in parts(text)))
    if not found or not {*found} <= {*WRITTEN}:
        raise ValueError(f"expected languages that letters are shipped in ({', '.join(WRITTEN)}), not {text!r}")
    return found


def _listed(text: str) -> list[str]:
    names = parts(text)
    return _each_once([a_name(name) for name in names] or [a_name(text)])


def _each_once(names: Iterable[str]) -> list[str]:
    from helpdesk.starter.policy import key_of

    found = list(names)
    if len({key_of(name) or name for name in found}) < len(found):
        raise ValueError(f"expected different names, not {', '.join(found)}")
    return found


def _hours(text: str) -> str:
    from helpdesk.openhours.calendar import parse_hours

    parse_hours(text)
    return text


def _zone(text: str) -> str:
    from helpdesk.openhours.walltime import is_zone

    if not is_zone(text):
        raise ValueError(f"expected a zone of the IANA database such as Europe/Berlin, not {text!r}")
    return text


def _country(text: str) -> str:
    from helpdesk.offering.files.days import public_holidays

    if text.lower() == _NONE:
        return ""
    public_holidays(text.upper(), None, True, 2026)
    return text.upper()


def _severities(text: str) -> list[PlannedSeverity]:
    from helpdesk.openhours.within import parse_within
    from helpdesk.starter.policy import MOST_SEVERITIES, PlannedSeverity

    levels = []
    for part in parts(text):
        name, _, amounts = part.partition("=")
        for amount in amounts.split("/"):
            parse_within(amount)
        levels.append(PlannedSeverity(a_name(name.strip()).title(), tuple(one.strip() for one in amounts.split("/"))))
    if not 1 <= len(levels) <= MOST_SEVERITIES:
        raise ValueError(f"expected one to {MOST_SEVERITIES} severities such as urgent=1h, not {len(levels)}")
    _each_once(level.name for level in levels)
    return levels
