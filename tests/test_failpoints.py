"""Failpoints: every named place is in the code, nothing in the code is unnamed, and each action does what it says."""

from __future__ import annotations

import ast
import importlib
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpdesk import failpoints

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(failpoints.__file__).parent


@pytest.fixture
def arm(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Read the variable anew, as a process does when it starts."""

    def armed(setting: str) -> None:
        monkeypatch.setenv("HELPDESK_FAILPOINTS", setting)
        importlib.reload(failpoints)

    yield armed
    monkeypatch.delenv("HELPDESK_FAILPOINTS", raising=False)
    importlib.reload(failpoints)


def called() -> Iterator[str | None]:
    """The argument of every call of `failpoint` in the package; None where it is no plain text."""
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "failpoint":
                [argument] = node.args
                yield argument.value if isinstance(argument, ast.Constant) else None


def test_every_place_is_called_and_every_call_names_a_place() -> None:
    """The crash matrix goes through PLACES, so a place that is not there would be believed and never tried."""
    assert set(called()) == set(failpoints.PLACES)
    assert set(Counter(failpoints.PLACES).values()) == {1}
    more_than_once = {place for place, times in Counter(called()).items() if times > 1}
    assert more_than_once == {"out.pre_data", "out.post_dot", "out.post_250"}, "two couriers, nothing else"


def test_a_place_that_is_not_armed_does_nothing(arm) -> None:
    arm("out.claimed=raise")
    failpoints.failpoint("out.pre_data")


def test_a_place_raises_once_at_the_time_that_was_asked_for(arm) -> None:
    arm("out.claimed=raise@3,out.pre_data=raise")
    failpoints.failpoint("out.claimed")
    failpoints.failpoint("out.claimed")
    with pytest.raises(failpoints.InjectedFault, match=r"out\.claimed"):
        failpoints.failpoint("out.claimed")
    failpoints.failpoint("out.claimed")
    with pytest.raises(failpoints.InjectedFault, match=r"out\.pre_data"):
        failpoints.failpoint("out.pre_data")


@pytest.mark.parametrize("setting", ["nowhere=kill", "out.claimed", "out.claimed=explode", "out.claimed=kill@soon"])
def test_a_setting_that_means_nothing_is_refused(arm, setting: str) -> None:
    """A test with a misspelt place would prove nothing."""
    with pytest.raises(ValueError):
        arm(setting)


def test_kill_leaves_no_time_to_tidy_up() -> None:
    program = "import atexit; from helpdesk.failpoints import failpoint; atexit.register(print, 'tidy')\n"
    run = subprocess.run(
        [sys.executable, "-c", f"{program}failpoint('out.claimed')"],
        env={"HELPDESK_FAILPOINTS": "out.claimed=kill", "PYTHONPATH": str(ROOT.parent)},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (-signal.SIGKILL, b"")
