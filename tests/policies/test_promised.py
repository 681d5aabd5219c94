"""What is said of `[promises.KEY]` that could never be kept, and how a policy shows its promises."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.offering.files.lint import check_file
from tests.stories.test_whose_turn import FIRST, POLICY

UPDATE = {
    "starts": '"first_answer"',
    "met_by": '["answer"]',
    "renews": "true",
    "ends": '["#workaround"]',
    "remind": '["75%"]',
}
AMOUNTS = '[targets.standard.update]\nurgent = "1h"\nnormal = "8h"\n'


@pytest.fixture
def policy(tmp_path):
    """A policy file with this promise, and these amounts."""

    def write(key="update", amounts=AMOUNTS, more="", **changed):
        table = {name: value for name, value in {**UPDATE, **changed}.items() if value}
        lines = "".join(f"{name} = {value}\n" for name, value in table.items())
        text = POLICY.format(targets=f"{FIRST}{amounts}{more}[promises.{key}]\n{lines}", lifecycle="", top="", plan="")
        path = tmp_path / "logik.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_promise_that_can_be_kept_is_no_finding(policy):
    assert [finding for finding in check_file(policy()) if "update" in finding.key] == []


@pytest.mark.parametrize(
    ("changed", "level", "key", "text"),
    [
        ({"starts": '"first_word"'}, "error", "promises.update.starts", "expected"),
        ({"starts": ""}, "error", "promises.update.starts", "expected one of received, opened, severity_set"),
        ({"met_by": ""}, "error", "promises.update.met_by", "expected what renews it"),
        ({"met_by": '["reply"]'}, "error", "promises.update.met_by", "expected one of answer, word"),
        ({"ends": '["#mitigated"]'}, "error", "promises.update.ends", "expected one of answer, word"),
        ({"ends": '["answer"]'}, "error", "promises.update.ends", "what is met never ends by it"),
        ({"met_by": '["resolved"]'}, "error", "promises.update.renews", "nothing begins anew after resolved"),
        ({"pauses": '["partner"]'}, "error", "promises.update.pauses.1", "expected"),
        ({"remind": '["soon"]'}, "error", "promises.update.remind.1", "expected a share"),
        ({"remind": '["1bd before"]'}, "error", "promises.update.remind.1", "expected minutes or hours"),
        ({"remind": '["75%", "1h before"]'}, "warning", "promises.update.remind.2", "as soon as it begins, for Urgent"),
        ({"said": '"perhaps"'}, "error", "promises.update.said", "expected"),
        ({"untill": '"noon"'}, "error", "promises.update.untill", ""),
        ({"amounts": ""}, "warning", "promises.update", "it is made to nobody"),
        ({"key": "first_response"}, "error", "promises.first_response.starts", "its meaning in every policy"),
        ({"key": "progress"}, "error", "targets.standard.update", "expected one of"),
        (
            {"more": '[[ladder]]\nat = "due"\nsend = "breach"\nto = ["lead"]\nof = ["updates"]\n'},
            "error",
            "ladder.1.of",
            "expected one of",
        ),
    ],
)
def test_what_could_never_be_kept_is_said(policy, changed, level, key, text):
    found = check_file(policy(**changed))
    assert any((one.level, one.key) == (level, key) and text in one.text for one in found), [str(one) for one in found]


def test_a_promise_is_shown_and_computed(policy):
    path = str(policy(said='"aim"', pauses='["customer"]'))
    shown = CliRunner().invoke(app, ["policy", "show", path]).output
    assert (
        "update: from the first answer until an answer, and again each time, paused while waiting for the customer, "
        "over for good with #workaround, its agent is reminded: 75%, an aim" in " ".join(shown.split())
    )
    asked = ["policy", "due", path, "--severity", "urgent", "--at", "2026-05-26T16:30:00+02:00", "--target", "update"]
    due = CliRunner().invoke(app, asked).output
    assert "Mill Standard, Urgent, update: 1 hour" in due
    assert "due Wed 27 May 2026, 09:30 CEST" in due
    assert json.loads(CliRunner().invoke(app, [*asked, "--json"]).output)["target"] == "update"
