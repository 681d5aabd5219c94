"""The tables are indexed; whatever the index spares, it never spares an entry that the words say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.severity.lexicon import FEWEST, GAP, Lexicon, Shelf

WORDS = ("down", "downtime", "shutdown", "page")  # few, so that entries and words often meet
PARTS = (*WORDS, "down*", "*down")
OF_ONE_ENTRY = st.lists(st.sampled_from(PARTS), min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([parts, [parts[0], GAP, *parts[1:]]] if len(parts) > 1 else [parts])
)


def says(part, word):
    """One part of an entry as the notation says it, whatever the index."""
    stem = part.strip("*")
    if part.startswith("*"):
        return word.endswith(stem) and len(stem) >= FEWEST
    return word.startswith(stem) if part.endswith("*") else word == part


def reach(parts, words):
    """How many words at the beginning of `words` an entry covers; 0 for none."""
    covered, at_most = 0, 0
    for part in parts:
        if part == GAP:
            at_most = 2
            continue
        place = next(
            (n for n in range(covered, covered + at_most + 1) if n < len(words) and says(part, words[n])), None
        )
        if place is None:
            return 0
        covered, at_most = place + 1, 0
    return covered


@given(
    entries=st.lists(
        OF_ONE_ENTRY.filter(lambda parts: not any(part[0] == "*" for part in parts[1:])), min_size=4, max_size=12
    ),
    words=st.lists(st.sampled_from(WORDS), min_size=3, max_size=6),
)
def test_the_index_finds_what_trying_every_entry_finds(entries, words):
    written = sorted({"_".join(parts) for parts in entries})
    tables = {f"concept {number}": [entry] for number, entry in enumerate(written)}
    shelf = Shelf([Lexicon(tables, "en")])
    for place in range(len(words)):
        tried = {(f"concept {n}", reach(entry.split("_"), words[place:])) for n, entry in enumerate(written)}
        begun = shelf.begun_by(words[place])
        assert set(begun.at(words, place) if begun else ()) == {
            (concept, length) for concept, length in tried if length
        }
