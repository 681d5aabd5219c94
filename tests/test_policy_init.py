"""`policy init` writes a file that runs, from what is said, asked or usual, and overwrites nothing."""

from __future__ import annotations

import io
import json
import sys
from datetime import date

import pytest

from helpdesk.cli import main, policy_init
from helpdesk.lab.policy_check import check_whole
from helpdesk.offering.files import policy_file, read_policy
from helpdesk.starter.policy import Outline, PlannedSeverity, key_of, new_policy


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run it in an empty folder; gives (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(policy_init, "machine_zone", lambda: "Europe/Vienna")

    def command(*words, answers=None):
        monkeypatch.setattr(sys, "argv", ["helpdesk", "policy", "init", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO("") if answers is None else Terminal(answers))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: answers is not None, raising=False)
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return command


OFFERINGS = [
    [],
    ["--company", "Acme"],
    [
        "--plan",
        "Basic",
        "--plan",
        "Gold",
        "--severity",
        "down=2h/30m",
        "--severity",
        "slow=8h",
        "--severity",
        "ask=2bd/1bd",
    ],
    ["--hours", "24x7", "--zone", "Australia/Lord_Howe", "--country", "none", "--severity", "all=1h"],
    [
        "--company",
        'S\u00f6hne & Co "q"',
        "--hours",
        "sun-thu 08:00-16:00",
        "--zone",
        "Asia/Jerusalem",
        "--severity",
        "a b=45m,c=1bd",
    ],
    [
        "--company",
        "\u6771\u4eac",
        "--plan",
        "\u677e",
        "--plan",
        "\u7af9",
        "--severity",
        "\u9ad8=1h",
        "--severity",
        "\u4f4e=1bd",
    ],
    ["--zone", "America/New_York", "--hours", "mon-fri 09:00-12:00, 13:00-17:00"],
    ["--zone", "Asia/Kathmandu", "--hours", "sat 10:00-14:00"],
]


@pytest.mark.parametrize("words", OFFERINGS, ids=lambda words: " ".join(words) or "nothing")
def test_what_it_writes_passes_the_check_without_a_remark(run, tmp_path, words):
    code, out, _ = run(*words, "--json")
    assert code == 0
    path = tmp_path / json.loads(out)["file"]
    assert [str(finding) for finding in check_whole(path)] == []
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60
    assert "# TO BE CONFIRMED" in text
    examples = read_policy(policy_file(path)).examples
    assert examples
    assert all(example.why.startswith("to be confirmed: ") for example in examples)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--hours", "nine to five"], "Opening hours: hours 'nine to five'"),
        (["--zone", "Mars/Base"], "Time zone: expected a zone of the IANA database"),
        (["--country", "XX"], "that has public holidays, not 'XX'"),
        (["--severity", "urgent"], "expected minutes, hours or business days"),
        (["--severity", "urgent=1d"], "not '1d'"),
        (["--severity", "a=1h,b=1h,c=1h,d=1h,e=1h"], "expected one to 4 severities"),
        (["--severity", "a=1h,A=2h"], "expected different names"),
        (["--plan", "Gold", "--plan", "gold"], "expected different names"),
        (["--language", "xx"], "languages that letters are shipped in (en, de, fr, es)"),
        (["--company", "?!"], "expected a name"),
        (["mine.txt"], "ends in .toml"),
    ],
)
def test_what_makes_no_policy_is_told_and_nothing_is_written(run, tmp_path, words, said):
    code, _, problem = run(*words)
    assert code == 2
    assert said in " ".join(problem.split())
    assert list(tmp_path.iterdir()) == []


def test_it_overwrites_nothing(run, tmp_path):
    (tmp_path / "mine.toml").write_text("mine", encoding="utf-8")
    code, _, problem = run("mine.toml")
    assert (code, (tmp_path / "mine.toml").read_text(encoding="utf-8")) == (2, "mine")
    assert "mine.toml: expected no file here yet" in problem


def test_a_terminal_is_asked_for_what_no_option_says_and_again_after_a_mistake(run, tmp_path):
    code, out, _ = run(
        "--hours", "mon-fri 10:00-16:00", answers="Blue Mill\n\nEurope/Wien\nEurope/Vienna\n\nbad=2h\nde, xx\nDE, fr\n"
    )
    assert code == 0
    assert "Public holidays of (country, or none) [AT]" in out
    assert "Opening hours" not in out
    policy = read_policy(policy_file(tmp_path / "blue-mill.toml"))
    assert (policy.name, [plan.name for plan in policy.plans]) == ("Blue Mill", ["Standard"])
    assert [level.key for level in policy.severity.levels] == ["bad"]
    assert policy.languages == ("de", "fr")
    assert policy.calendars["office"].timezone == "Europe/Vienna"


@pytest.mark.parametrize(
    ("words", "languages"),
    [
        ([], ("de", "en")),  # of the country whose time this machine keeps
        (["--country", "none"], ("en",)),
        (["--country", "FR"], ("fr", "en")),
        (["--country", "NO"], ("en",)),
        (["--country", "DE", "--language", "en", "--language", "es"], ("en", "es")),
    ],
)
def test_customers_are_written_to_in_the_country_s_language_unless_it_is_said(run, tmp_path, words, languages):
    assert run("mine.toml", *words)[0] == 0
    assert read_policy(policy_file(tmp_path / "mine.toml")).languages == languages


def test_customers_read_the_usual_severities_in_their_language(run, tmp_path):
    run("mine.toml", "--language", "fr", "--language", "en", "--severity", "urgent=1h,odd=8h")
    policy = read_policy(policy_file(tmp_path / "mine.toml"))
    assert [policy.said(level.name, "fr") for level in policy.severity.levels] == ["Urgent", "Odd"]
    assert run("yours.toml", "--language", "de", "--severity", "high=1h,low=8h")[0] == 0
    policy = read_policy(policy_file(tmp_path / "yours.toml"))
    assert [policy.said(level.name, "de") for level in policy.severity.levels] == ["Hoch", "Niedrig"]
    assert [level.name for level in policy.severity.levels] == ["High", "Low"]


def test_the_name_of_the_file_is_the_key(run, tmp_path):
    assert run("policies/east-wing.toml")[0] == 0
    policy = read_policy(policy_file(tmp_path / "policies" / "east-wing.toml"))
    assert (policy.key, policy.name) == ("east-wing", "East Wing")


@pytest.mark.parametrize(
    ("name", "key"), [("Blue Mill & S\u00f6hne", "blue-mill-sohne"), (" A  B ", "a-b"), ("\u677e", ""), ("--", "")]
)
def test_a_name_as_a_key(name, key):
    assert key_of(name) == key


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 2, 28), date(2026, 6, 30), date(2027, 12, 31)], ids=str)
def test_examples_are_found_from_any_day_on(tmp_path, today):
    outline = Outline(
        "mill",
        "Mill",
        ("One",),
        "mon-thu 08:00-18:00, fri 08:00-15:00",
        "Europe/Rome",
        "IT",
        (PlannedSeverity("Bad", ("2h",)),),
    )
    path = tmp_path / "mill.toml"
    path.write_text(new_policy(outline, today), encoding="utf-8")
    assert [str(finding) for finding in check_whole(path)] == []
