"""The recipes of docs/moving.md make of other desks' exports what `import-cases` reads; the exports are invented."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpdesk.importing.cases import OtherCase
from helpdesk.toml_reader import fill

_DOC = Path(__file__).parents[1] / "docs" / "moving.md"
_RECIPE = re.compile(r"^\*\*(\w+)\*\*(?:.(?!^\*\*|^## ))*?^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AT = "2025-05-01T10:00:00Z"

EXPORTS = {
    "Zendesk": {
        "tickets.json": {
            "tickets": [
                {
                    "id": 5,
                    "subject": None,
                    "tags": ["a"],
                    "status": "hold",
                    "priority": None,
                    "requester_id": 1,
                    "assignee_id": 9,
                }
            ],
            "users": [{"id": 1, "email": "jo@x.example", "name": "Jo", "role": "end-user"}],
        },
        "comments/5.json": {
            "comments": [
                {"created_at": AT, "author_id": 1, "public": True, "body": "Help", "plain_body": "Help"},
                {"created_at": AT, "author_id": 2, "public": False, "body": "Ask Ann"},
            ]
        },
    },
    "Freshdesk": {
        "tickets.json": [
            {
                "id": 5,
                "subject": "x",
                "tags": [],
                "status": 4,
                "priority": 3,
                "responder_id": 7,
                "created_at": AT,
                "description_text": "Help",
                "requester": {"email": "jo@x.example", "name": None},
            }
        ],
        "conversations/5.json": [
            {"created_at": AT, "private": True, "incoming": False, "user_id": 7, "body_text": "Ask Ann"}
        ],
        "agents.json": [{"id": 7, "contact": {"email": "ann@desk.example"}}],
    },
    "Zammad": {
        "tickets.json": [
            {
                "id": 1,
                "number": "42001",
                "title": "x",
                "state": "pending reminder",
                "customer": "jo@x.example",
                "owner": "-",
                "priority": "3 high",
            }
        ],
        "articles/1.json": [
            {
                "created_at": AT,
                "from": "Jo Kern <jo@x.example>",
                "content_type": "text/html",
                "body": "<b>Help</b>",
                "sender": "Customer",
                "internal": False,
                "message_id": None,
            }
        ],
    },
    "osTicket": {
        "rows.json": [
            {
                "number": "100",
                "subject": "x",
                "state": "archived",
                "email": "jo@x.example",
                "name": "Jo",
                "staff": None,
                "type": kind,
                "created": "2025-05-01 10:00:00",
                "poster": "P",
                "writer": None,
                "body": "Help",
                "format": "html",
                "mid": "<1@x.example>",
            }
            for kind in "MRN"
        ]
    },
}


@pytest.mark.parametrize(
    ("desk", "status", "roles"),
    [
        ("Zendesk", "waiting", ["customer", "agent"]),
        ("Freshdesk", "resolved", ["customer", "agent"]),
        ("Zammad", "waiting", ["customer"]),
        ("osTicket", "closed", ["customer", "agent", "agent"]),
    ],
)
def test_a_recipe_makes_what_import_cases_reads(desk, status, roles, tmp_path):
    for name, content in EXPORTS[desk].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content))
    recipe = dict(_RECIPE.findall(_DOC.read_text(encoding="utf-8")))[desk]
    made = subprocess.run(
        [sys.executable, "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    (line,) = made.stdout.splitlines()
    data = json.loads(line)
    case = fill(OtherCase, {**data, "id": str(data["id"])}, desk)
    assert (case.status, case.requester.email) == (status, "jo@x.example")
    assert [one.role for one in case.messages] == roles
    assert all(one.at.tzinfo for one in case.messages)
