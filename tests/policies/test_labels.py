"""What a policy calls things in several languages: read, checked, and said to each customer in theirs."""

from __future__ import annotations

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import read_policy
from helpdesk.offering.files.lint import check_file
from helpdesk.offering.files.read import policy_file
from helpdesk.severity.stated import stated_degree
from helpdesk.shipped import shipped
from tests.desk import JO
from tests.policies.offices import customer, open_desk

NAMES = 'name = { en = "Critical", de = "Kritisch", fr = "Critique", es = "Crítica" }'
PLAIN = 'name = "Critical"'


def logik(folder, *changes, languages='["en"]'):
    folder.mkdir(exist_ok=True)
    text = (shipped("policies") / "logik.toml").read_text("utf-8").replace('["en"]', languages, 1)
    for was, now in changes:
        assert was in text
        text = text.replace(was, now, 1)
    path = folder / "logik.toml"
    path.write_text(text, "utf-8")
    return path


def test_agents_read_the_first_and_customers_their_own(tmp_path):
    policy = read_policy(policy_file(logik(tmp_path)))

    assert policy.level("critical").name == "Critical"
    assert [policy.said("Critical", code) for code in ("en", "de", "fr", "es", "it")] == [
        "Critical",
        "Kritisch",
        "Critique",
        "Crítica",
        "Critical",
    ]
    assert policy.said("e-mail", "es") == "correo electrónico"  # of every policy


@pytest.mark.parametrize("name", ["celigo", "cloudextend", "logik", "threekit"])
def test_a_severity_agrees_with_its_label_and_is_read_however_it_is_stated(name):
    policy = read_policy(policy_file(shipped("policies") / f"{name}.toml"))
    stated = {stated_degree(words, policy.severity) for words in ("Urgent", "urgente", "URGENT", "dringend")}

    assert policy.said(policy.level("urgent").name, "fr") == "Urgente"
    assert stated == {policy.severity.degree("urgent")}
    assert not [label for field in policy.intake if "Urgent," in (label := policy.said(field.label, "fr"))]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "vom Kunden oder von Dritten in dessen Auftrag verursacht"),
        ("fr", "causée par le client ou par des tiers qui agissent pour lui"),  # la demande
        ("es", "causada por el cliente o por terceros que actúan en su nombre"),  # la consulta
    ],
)
def test_a_reason_agrees_with_the_request_that_it_is_about(language, said):
    policy = read_policy(policy_file(shipped("policies") / "celigo.toml"))
    why = next(one.why for one in policy.exclusions if one.key == "customer-action")

    assert policy.said(why, language) == said


def test_a_file_with_plain_names_reads_as_before(tmp_path):
    policy = read_policy(policy_file(logik(tmp_path, (NAMES, PLAIN))))

    assert policy.level("critical").name == policy.said("Critical", "de") == "Critical"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("name = {}", "severities.critical.name: expected text, or a table such as"),
        ('name = { en = "Critical", xx = "?" }', "severities.critical.name: expected languages such as"),
        ('name = { en = "Critical", de = " " }', "severities.critical.name: expected words in de"),
        ('name = { en = "Critical", de = "Dringend" }', "expected 'Dringend' with one severity only"),
        ('name = { en = "Critical", de = 5 }', "severities.critical.name"),
        ('name = { en = "Steps to reproduce", de = "Kritisch" }', "as elsewhere"),
    ],
)
def test_what_is_wrong_with_a_label_is_said_with_its_key(tmp_path, name, said):
    with pytest.raises(ConfigurationError) as caught:
        read_policy(policy_file(logik(tmp_path, (NAMES, name))))

    assert any(said in problem for problem in caught.value.problems), caught.value.problems


def test_a_label_that_leaves_out_a_language_of_the_policy_is_a_warning(tmp_path):
    path = logik(tmp_path, (NAMES, 'name = { en = "Critical", fr = "Critique" }'), languages='["en", "de"]')

    said = [finding.text for finding in check_file(path) if finding.key == "severities.critical.name"]
    assert said == ["says nothing in de; customers read 'Critical' there"]


@pytest.mark.parametrize(
    ("language", "severity", "field", "answer"),
    [
        ("de", "Dringlichkeit: Dringend", "- Erwartetes Verhalten", "Priorität: Dringend"),
        ("fr", "Gravité : Urgent", "- Comportement attendu", "Priorité : Urgent"),
        ("es", "Gravedad: Urgente", "- Comportamiento esperado", "Prioridad: Urgente"),
    ],
)
def test_a_customer_reads_severities_and_fields_in_their_language_and_may_answer_in_it(
    tmp_path, language, severity, field, answer
):
    acme = customer("acme", "logik", language=language)
    desk = open_desk(tmp_path, policy="logik", customers=acme, start="2026-05-19 09:15")
    desk.mail(JO, "Storno", f"{answer}\n\nStorno", to="email@logik.example")

    said = " ".join(desk.last(JO, "ack").text.split())
    assert severity in said
    assert field in said
    desk.reply(JO, f"{field.removeprefix('- ')}: OK", to_kind="ack")
    assert dict(desk.case().intake)["expected"] == "OK"
