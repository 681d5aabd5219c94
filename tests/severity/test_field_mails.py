"""The labelled mails of the field genre are as their conventions say."""

import importlib.util
import json
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"[\w.+-]+@([\w.-]+\w)|https?://([\w.-]+\w)")
TOLD = ("example", "localhost")


def loaded():
    spec = importlib.util.spec_from_file_location("bench_severity_field", ROOT / "bench" / "severity_field.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


field = loaded()
MAILS = field.mails()
SECOND = [json.loads(line) for line in (field.FOLDER / "second.ndjson").read_text("utf-8").splitlines()]


def wrong(fails):
    return [mail["id"] for mail in MAILS if fails(mail)]


def test_each_mail_has_its_own_id_and_text():
    assert len({mail["id"] for mail in MAILS}) == len(MAILS)
    assert len({mail["body"] for mail in MAILS}) == len(MAILS)


def test_each_label_and_kind_is_one_of_those_that_there_are():
    assert not wrong(lambda mail: mail["label"] not in {f"S{rank}" for rank in field.RANKS})
    assert not wrong(lambda mail: mail["kind"] not in field.KINDS)


def test_each_finding_is_one_of_those_that_there_are():
    assert not wrong(lambda mail: "effect" not in mail["findings"])
    for mail in MAILS:
        for name, found in mail["findings"].items():
            assert found["is"] in field.VALUES[name], mail["id"]
            assert found["quotes"], mail["id"]


def test_each_quote_stands_in_the_mail():
    missing = [
        (mail["id"], quote)
        for mail in MAILS
        for found in mail["findings"].values()
        for quote in found["quotes"]
        if not quote.strip() or (quote not in mail["body"] and quote not in mail["subject"])
    ]
    assert not missing


def test_each_label_follows_from_the_findings():
    assert not wrong(lambda mail: mail["label"] != f"S{field.rank_of(mail['findings'])}")


def test_each_second_label_follows_from_its_findings():
    for read in SECOND:
        findings = {name: {"is": value} for name, value in read["findings"].items()}
        assert read["label"] == f"S{field.rank_of(findings)}", read["id"]


def test_a_second_reading_is_of_a_mail_that_is_there_and_near_its_label():
    ranks = {mail["id"]: int(mail["label"][1]) for mail in MAILS}
    assert len({read["id"] for read in SECOND}) == len(SECOND) == LEAST["read twice"]
    assert not [read["id"] for read in SECOND if abs(ranks[read["id"]] - int(read["label"][1])) > 1]
    assert sum(ranks[read["id"]] == int(read["label"][1]) for read in SECOND) >= 0.98 * len(SECOND)


def test_each_split_is_what_the_id_says():
    assert not wrong(lambda mail: mail["split"] != field.split_of(mail["id"]))


def test_hosts_are_invented():
    hosts = [(mail["id"], found[1] or found[2]) for mail in MAILS for found in ADDRESS.finditer(mail["body"])]
    assert not [host for host in hosts if host[1].rsplit(".", 1)[-1] not in TOLD]


def test_there_are_enough_of_each_sort():
    ranks = Counter(mail["label"] for mail in MAILS)
    splits = Counter(mail["split"] for mail in MAILS)
    assert len(MAILS) >= LEAST["mails"]
    assert min(ranks.values()) >= LEAST["a rank"]
    assert sum(mail["lang"] != "en" for mail in MAILS) >= LEAST["other languages"]
    assert 0.25 <= splits[field.KEPT] / len(MAILS) <= 0.42


LEAST = {"mails": 903, "a rank": 196, "other languages": 233, "read twice": 737}


@pytest.mark.parametrize("part", [field.FIT, field.KEPT])
def test_either_split_has_all_ranks(part):
    assert {mail["label"] for mail in field.mails(part)} == {"S1", "S2", "S3", "S4"}
