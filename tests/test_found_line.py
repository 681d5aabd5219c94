"""The line of a mail that a hit of the search shows."""

from __future__ import annotations

import pytest

from helpdesk.store.search_words import asked, words_of
from helpdesk.web import found_line as module
from helpdesk.web.found_line import found_line


@pytest.mark.parametrize("text", ["export " * 150_000, "export\n" * 150_000, "x" * 1_000_000, "\n" * 1_000_000])
def test_a_text_of_any_length_costs_what_a_mail_does(text, monkeypatch):
    looked_at = []
    monkeypatch.setattr(module, "words_of", lambda piece: looked_at.append(len(piece)) or words_of(piece))
    found = found_line(text, asked("export"))
    assert sum(looked_at) <= 32_000
    assert (("export", True) in found) == ("export" in text)
