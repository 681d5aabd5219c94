"""How often `languages` is right, unsure and wrong, and what it costs: `bench/languages.md`.

    python bench/languages.py

Sentences of `languages.toml`, its neighbours, and the labelled mails of `severity_mails/`, by what is expected there.
"""

from __future__ import annotations

import json
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from helpdesk.languages import language_of
from helpdesk.severity.text import own_subject, own_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.languages import LanguageFound

HERE = Path(__file__).parent
EXPECTED = (("en",), ("de", "en"), ("es",))
Sample = list[tuple[tuple[str, ...], str]]  # what may be told of a text; the text

HEAD = """# Languages, measured

Written by `python bench/languages.py`. A text is *right* where its language is told as sure, *unsure* where none is
(the customer then gets what was expected), *wrong* where another is told as sure. Expected are the languages of the
policy and of the customer. `sentences` and `neighbours` lie in `languages.toml` and were written to measure this; no
word of the table was taken from them. Of half the neighbours nobody can be sure (one word, names, two languages,
languages that are not listed): there unsure is right. `mails` are those of `severity_mails/`, labelled before there was
this table.
"""


def sentences() -> Sample:
    """One line each, by language."""
    table = tomllib.loads((HERE / "languages.toml").read_text("utf-8"))["sentences"]
    return [((code,), line) for code, lines in table.items() for line in lines.strip().splitlines()]


def neighbours() -> Sample:
    """What else comes: dialects, capitals, logs, names, two languages, languages that are not listed."""
    table = tomllib.loads((HERE / "languages.toml").read_text("utf-8"))["neighbour"]
    return [(tuple(entry["sure"]), entry["text"]) for entry in table]


def mails() -> Sample:
    """The labelled mails, as the classifier reads them."""
    files = sorted((HERE / "severity_mails").rglob("*.jsonl"))
    found = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [((mail["lang"],), f"{own_subject(mail['subject'])}\n{own_words(mail['body'])}") for mail in found]


def counted(sample: Iterable[tuple[tuple[str, ...], str]], expected: tuple[str, ...]) -> Counter[str]:
    """How many are right, unsure and wrong."""
    return Counter(_outcome(truth, language_of(text, expected=expected)) for truth, text in sample)


def _outcome(truth: tuple[str, ...], found: LanguageFound) -> str:
    if found.sure:
        return "right" if found.code in truth else "wrong"
    return "unsure" if truth else "right"


def _table(samples: dict[str, Sample]) -> Iterator[str]:
    yield "| sample | expected | texts | right | unsure | wrong |\n|---|---|---|---|---|---|"
    for name, sample in samples.items():
        for expected in EXPECTED:
            of = counted(sample, expected)
            yield f"| {name} | {', '.join(expected)} | {len(sample)} | {of['right']} | {of['unsure']} | {of['wrong']} |"


def _by_language(sample: Sample) -> Iterator[str]:
    yield "| language | sentences | right | unsure | wrong |\n|---|---|---|---|---|"
    for code in dict.fromkeys(truth[0] for truth, _ in sample):
        own = [one for one in sample if one[0] == (code,)]
        of = counted(own, ("en",))
        yield f"| {code} | {len(own)} | {of['right']} | {of['unsure']} | {of['wrong']} |"


def _cost(sample: Sample) -> Iterator[str]:
    texts = [text for _, text in sample]
    for text in texts:
        language_of(text)
    begun = time.process_time()
    for text in texts:
        language_of(text)
    a_mail = (time.process_time() - begun) / len(texts) * 1e6
    longest = " ".join(texts)[:4_000]
    begun = time.process_time()
    for _ in range(100):
        language_of(longest)
    yield f"| a labelled mail ({sum(map(len, texts)) // len(texts)} characters) | {a_mail:.0f} µs |"
    yield f"| 4,000 characters, the most that are read | {(time.process_time() - begun) * 1e4:.0f} µs |"


def main() -> None:
    """Measure, print and write."""
    samples = {"sentences": sentences(), "neighbours": neighbours(), "mails": mails()}
    parts = (
        HEAD,
        *_table(samples),
        "\nThe sentences where English is expected:\n",
        *_by_language(samples["sentences"]),
        "\n| processor time of one decision | |\n|---|---|",
        *_cost(samples["mails"]),
    )
    text = "\n".join(parts) + "\n"
    print(text)
    (HERE / "languages.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
