"""What is shipped to run elsewhere: image, unit, pins. No container engine is asked; the files are read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
import yaml
from packaging.requirements import Requirement

from helpdesk.cli import app
from helpdesk.cli.registry import within
from tests.dockerfile import instructions

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[1]
DOCKERFILE = (TOP / "Dockerfile").read_text(encoding="utf-8")
UNIT = TOP / "packaging" / "helpdesk.service"
PINS = (TOP / "constraints.txt").read_text(encoding="utf-8").splitlines()


INSTRUCTIONS = instructions(DOCKERFILE)


def of(name: str) -> list[str]:
    return [arguments for instruction, arguments in INSTRUCTIONS if instruction == name]


def test_the_image_is_built_in_two_stages_and_the_second_has_no_sources():
    stages = of("FROM")
    assert len(stages) == 2
    assert stages[0].endswith(" AS build")
    last = INSTRUCTIONS[[name for name, _ in INSTRUCTIONS].index("FROM", 1) :]
    assert [arguments for name, arguments in last if name == "COPY"] == ["--from=build /opt/helpdesk /opt/helpdesk"]


def test_the_image_names_its_base_by_version_and_no_registry():
    for stage in of("FROM"):
        image = stage.split()[0]
        assert re.fullmatch(r"[a-z]+:\d[\w.-]+", image), image


def test_the_image_does_not_run_as_root_and_can_write_its_volume():
    assert of("USER") == ["10001:10001"]
    assert "--uid 10001 --gid 10001 --home-dir /desk --create-home" in of("RUN")[-1]
    assert of("VOLUME") == ["/desk"]
    order = [name for name, _ in INSTRUCTIONS]
    assert order.index("USER") > len(order) - order[::-1].index("RUN") - 1, "nothing is installed by that user"


def test_the_image_asks_after_its_health_and_stops_politely():
    health = of("HEALTHCHECK")[0]
    assert health.endswith('CMD ["helpdesk", "health"]')
    assert "--start-period=" in health
    assert of("STOPSIGNAL") == ["SIGTERM"]
    assert of("CMD") == ['["helpdesk", "serve"]'], "a list, so that signals reach the daemon and no shell"


def test_everything_that_the_image_copies_is_there_and_let_through():
    allowed = {line[1:] for line in (TOP / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for copied in of("COPY"):
        if copied.startswith("--from"):
            continue
        for name in copied.split()[:-1]:
            assert (TOP / name).exists(), name
            assert name in allowed, name


def test_the_image_holds_the_pins():
    assert "PIP_CONSTRAINT=/source/constraints.txt" in of("ENV")[0]


def test_the_unit_is_one_that_systemd_accepts(tmp_path):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("no systemd-analyze on this machine; the directives are read by the next test")
    unit = tmp_path / "helpdesk.service"
    unit.write_text(UNIT.read_text().replace("/opt/helpdesk/bin/helpdesk", shutil.which("true") or "/bin/true"))
    verify = [tool, "verify", "--recursive-errors=no", str(unit)]
    done = subprocess.run(verify, capture_output=True, encoding="utf-8", check=False)
    # It reads the units that ours names, too: what is wrong with those of other packages is not ours.
    ours = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, ours) == (0, [])
    graded = subprocess.run(
        [tool, "security", "--offline=yes", "--threshold=15", "--no-pager", str(unit)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert graded.returncode == 0, graded.stdout[-400:]


def test_the_unit_is_locked_up_restarts_and_waits_for_mail_that_is_coming_in():
    text = UNIT.read_text(encoding="utf-8")
    settings = dict(re.findall(r"(?m)^(\w+)=(.*)$", text))
    for key in (
        "NoNewPrivileges",
        "PrivateTmp",
        "PrivateDevices",
        "ProtectHome",
        "RestrictNamespaces",
        "LockPersonality",
    ):
        assert settings[key] == "yes", key
    assert settings["ProtectSystem"] == "strict"
    assert settings["CapabilityBoundingSet"] == ""
    assert settings["User"] == "helpdesk"
    assert settings["Restart"] == "always"
    assert settings["ExecReload"] == "/bin/kill -HUP $MAINPID", "the daemon reads everything again on that signal"
    for link in settings["Documentation"].split():
        assert (TOP / link.removeprefix("file:/usr/share/doc/helpdesk/")).is_file(), link
    assert int(settings["TimeoutStopSec"]) > 25 + 30 + 30, "the listener's grace, the worker, the sender"


def test_every_pin_is_exact_and_names_no_place():
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[\w.]+", pin) for pin in PINS)
    assert sorted(PINS, key=str.lower) == PINS


def test_everything_that_is_installed_is_pinned_at_that_version():
    """A version that nobody chose is one that nobody tested."""
    pinned = {name(pin.partition("==")[0]): pin.partition("==")[2] for pin in PINS}
    wanted = _needed("helpdesk")
    installed = {name(found.name): found.version for found in distributions() if name(found.name) in wanted}
    assert {key: pinned.get(key) for key in installed} == installed


def name(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _needed(root: str) -> set[str]:
    """The project's dependencies, with the development extras, and theirs."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [Requirement(line) for line in (*project["dependencies"], *project["optional-dependencies"]["dev"])]
    seen: set[tuple[str, str]] = {(name(root), "")}
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            key = (name(wanted.name), extra)
            if key in seen or not (wanted.marker is None or wanted.marker.evaluate({"extra": extra})):
                continue
            seen.add(key)
            theirs = (Requirement(line) for line in distribution(wanted.name).requires or [])
            waiting += [one for one in theirs if one.marker is None or one.marker.evaluate({"extra": extra})]
    return {found for found, _ in seen} - {name(root)}


def test_ci_is_executable_and_runs_the_two_commands_exactly():
    script = TOP / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[-2:] == ["make lint", "make test"]
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0


# --- compose files

COMPOSE = {name: yaml.safe_load((TOP / name).read_text()) for name in ("compose.yaml", "compose.postgresql.yaml")}
KEYS = tomllib.loads((TOP / "tests" / "compose_keys.toml").read_text())
NAMED = {"services", "volumes", "environment", "depends_on"}  # under these stand names of one's own


def settings(table: dict[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        place = f"{above}.{'*' if above.rpartition('.')[2] in NAMED else key}".lstrip(".")
        yield place, value
        if isinstance(value, dict):
            yield from settings(value, place)


def kind(value: object) -> str:
    if isinstance(value, list):
        return "strings" if all(isinstance(one, str) for one in value) else "list"
    kinds = {dict: "object", str: "string", bool: "boolean", int: "number", type(None): "null"}
    return kinds[type(value)]


@pytest.mark.parametrize("name", COMPOSE)
def test_every_key_of_a_compose_file_is_one_of_the_specification(name):
    wrong = [(place, value) for place, value in settings(COMPOSE[name]) if kind(value) not in KEYS.get(place, [])]
    assert wrong == []


def test_the_composed_desk_is_closed_to_others_and_writes_its_volume_only():
    desk = COMPOSE["compose.yaml"]["services"]["desk"]
    assert desk["read_only"] is True
    assert [volume.partition(":")[2] for volume in desk["volumes"]] == of("VOLUME")
    assert [port.rpartition(":")[0] for port in desk["ports"]] == ["127.0.0.1:8080", "127.0.0.1:2525"]
    assert {port.rpartition(":")[2] for port in desk["ports"]} == set(of("EXPOSE")[0].split())
    text = (TOP / "compose.yaml").read_text()
    assert len(re.findall(r'(?m)^ *# Mail.*"25:2525"$', text)) == 1, "the one line to change says how"
    over = COMPOSE["compose.postgresql.yaml"]["services"]
    assert set(over["desk"]) == {"environment", "depends_on"}, "it opens nothing"
    assert "ports" not in over["database"]
    for shipped in (text, DOCKERFILE, (TOP / "compose.postgresql.yaml").read_text()):
        assert not re.search(r"trusted_relays|\b(10|172|192\.168)\.\d", shipped)


@pytest.fixture(scope="module")
def manual(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("man") / "helpdesk.1"
    subprocess.run([sys.executable, TOP / "packaging" / "manpage.py", file], check=True)
    return file


def test_the_manual_page_has_every_command_with_every_option(manual: Path) -> None:
    page = manual.read_text(encoding="utf-8").replace("\\-", "-")
    for words, command in within(typer.main.get_command(app).commands):  # type: ignore[attr-defined]
        if not hasattr(command, "commands"):
            told = page.partition(f"\n.SS helpdesk {words} ")[2].partition("\n.SS")[0]
            options = {name for option in command.params for name in option.opts if name.startswith("--")}
            assert options <= set(re.findall(r"--[a-z-]+", told)), words


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_one_that_man_can_show(manual: Path) -> None:
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", manual], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "helpdesk case show HD-7" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)
