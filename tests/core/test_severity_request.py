"""A severity asked for in a sentence: what asks for one of the case's, and what only holds the same words."""

from __future__ import annotations

import pytest

from helpdesk.core.receive.severity_request import asked_for
from helpdesk.offering.severities import Level
from tests.effort import at_most

LEVELS = (
    Level("sev1", 1, "Severity 1", aliases=("critical", "kritisch", "critique", "crítica")),
    Level("urgent", 2, "Urgent"),
    Level("low", 4, "Low"),
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Please raise this to Severity 1: the service is down.", "Severity 1"),
        ("Hello,\nraise this case to severity 1 please", "severity 1"),
        ("Can you raise the priority to Critical?", "Critical"),
        ("please escalate to P1", "P1"),
        ("We need this raised to urgent", "urgent"),
        ("It got worse. Please treat this as critical!", "critical"),
        ('Kindly upgrade the ticket to "Urgent".', "Urgent"),
        ("Could you please set the severity to Severity 1?", "Severity 1"),
        ("This should be treated as urgent.", "urgent"),
        ("Please change the priority from low to urgent", "urgent"),
        ("Please lower it to low, there is a way round.", "low"),
        ("Please escalate this to priority critical", "critical"),
        ("Please raise this P3 to P1", "P1"),
        ("Please change it from severity 3 to P2.", "P2"),
        ("If it was down, it is again. Please raise the outage to P1, if possible.", "P1"),
        ("Nobody can log in, please raise this to P1!", "P1"),
        ("No rule fires when we save, please raise this to P1.", "P1"),
        ("All shops are down please raise this to P1", "P1"),
        ("Please raise this to P1. If you need more, call me.", "P1"),
        ("Please raise this to P1\nIf you need more, call me.", "P1"),
        ("It never stops - can you raise this to P1?", "P1"),
        ("All our shops are down and nobody can pay. Please set it to P1.", "P1"),
        ("Bitte auf Kritisch hochstufen.", "Kritisch"),
        ("Können Sie das Ticket bitte auf Kritisch setzen?", "Kritisch"),
        ("Merci de passer le ticket en critique.", "critique"),
        ("Por favor, suban la prioridad a crítica.", "crítica"),
    ],
)
def test_a_request_states_a_severity(text, named):
    assert asked_for(text, LEVELS) == named


@pytest.mark.parametrize(
    "text",
    [
        "",
        "This is critical for us.",
        "Please don't raise this to critical.",
        "Please do not mark it as urgent.",
        "There is no need to raise this to urgent.",
        "We raised it to urgent yesterday.",
        "Please raise this to 3 of your engineers.",
        "Please raise this with your manager.",
        "Please set the log level to low.",
        "Please set the field to low values",
        "Please move the rule to Urgent orders",
        "The log says: set to critical",
        "Should I set the level to critical?",
        "Bitte nicht auf Kritisch setzen",
        "Please escalate.",
        "Could you please move the backup to S3?",
        "We need to move this to S3, since the disk is full.",
        "Please change the printer to P2.",
        "Nobody should set this to P1",
        "Our rule: any outage must be set to P1",
        "If it is down again, please raise this to P1.",
        "Please raise this to P1, if it fails again",
        "Wenn es wieder ausfällt, bitte auf Kritisch setzen",
    ],
)
def test_the_same_words_about_something_else_state_none(text):
    assert asked_for(text, LEVELS) == ""


@pytest.mark.parametrize(
    "piece", ["please raise ", "please the ", "raise to a ", "\n", " ", ". ", "bitte a ", "merci de passer le "]
)
def test_a_long_text_costs_no_more_than_its_length(piece):
    with at_most(0.5):
        asked_for(piece * 3_000, LEVELS)
