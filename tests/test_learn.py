"""Labelled mails are read line by line, and a line that is none is named."""

from __future__ import annotations

import json

import pytest

from helpdesk.desk.learn import evaluate_file
from helpdesk.errors import HelpdeskError
from helpdesk.severity import DEFAULT


@pytest.mark.parametrize(
    ("label", "read"),
    [("S1", True), ("s4", True), (1, True), ("4", True), ("S0", False), (5, False), ("high", False), (None, False)],
)
def test_a_label_is_one_of_four(tmp_path, label, read):
    file = tmp_path / "mails.jsonl"
    file.write_text("\n" + json.dumps({"subject": "Rules", "body": "No rule fires.", "label": label}), "utf-8")
    if read:
        assert evaluate_file(DEFAULT, file)["mails"] == 1
    else:
        with pytest.raises(HelpdeskError, match="jsonl:2: expected"):
            evaluate_file(DEFAULT, file)
