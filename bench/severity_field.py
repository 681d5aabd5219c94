"""The labelled mails of `severity_mails/field/`, and what its CONVENTIONS.md says about them as code.

from severity_field import FIT, KEPT, mails, rank_of
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("severity_mails") / "field"
FIT, KEPT = "fit", "kept"
RANKS = (1, 2, 3, 4)
KINDS = ("defect", "question", "enhancement", "maintenance")
VALUES = {
    "effect": ("stopped", "lost", "exposed", "degraded", "wrong", "flawed", "looks", "none"),
    "work": ("core", "background", "side"),
    "state": ("ongoing", "over", "ahead"),
    "place": ("production", "other"),
    "extent": ("all", "part", "one"),
    "way": ("none", "costly", "usable"),
    "since": ("today", "days", "long"),
    "ask": ("fix", "answer", "wish", "account", "report", "nothing"),
}


def mails(*splits: str) -> list[dict[str, Any]]:
    """All mails, or those of some splits."""
    files = sorted(FOLDER.glob("*.jsonl"))
    found = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [mail for mail in found if not splits or mail["split"] in splits]


def split_of(mail_id: str) -> str:
    """By the report that a mail was retold from: what stands before the dot of its id."""
    digest = hashlib.sha256(mail_id.split(".", maxsplit=1)[0].encode()).hexdigest()
    return FIT if int(digest, 16) % 3 else KEPT


def rank_of(findings: dict[str, dict[str, Any]]) -> int:
    """The seven lines of "From findings to the rank"."""

    def says(name: str, *values: str) -> bool:
        return name in findings and findings[name]["is"] in values

    if says("place", "other") or says("state", "over", "ahead") or says("effect", "looks", "none"):
        return 4
    if says("effect", "exposed"):
        return 2
    if says("way", "usable") or says("extent", "one") or says("work", "side") or says("effect", "flawed"):
        return 3
    if says("effect", "degraded", "wrong") or says("work", "background") or says("extent", "part"):
        return 2
    if says("way", "costly") or (says("effect", "lost") and not says("extent", "all")):
        return 2
    return 1
