"""Which mail a template file is of: `ack.txt` in English, or in a language of its folder, `de/ack.txt`."""

from __future__ import annotations

import re

from helpdesk.core.words import desk_mail  # noqa: F401 - its mails are among the CONTENTS
from helpdesk.core.words.desk_mail import MaintenanceMail
from helpdesk.core.words.drafts import CONTENTS, ToCustomer

_FILE = re.compile(r"(?:(?P<language>[a-z]{2,3}(?:-[A-Za-z]+)?)/)?(?P<template>[^/]+)\.txt")


def mail_of(file: str) -> str:
    """The template that a file is, "" where no mail is ever written by it: agents are written to in English."""
    found = _FILE.fullmatch(file)
    content = CONTENTS.get(found["template"]) if found else None
    if found is None or content is None:
        return ""
    english = found["language"] in {None, "en"}
    return found["template"] if english or issubclass(content, (ToCustomer, MaintenanceMail)) else ""
