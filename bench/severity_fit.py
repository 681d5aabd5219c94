"""Fit the severity classifier to several files at once, and measure it with one author left out.

    python bench/severity_fit.py fit FILE.jsonl...    write the weights of the cues and what words lean to
    python bench/severity_fit.py out FILE.jsonl...    each file by a model that was fitted to the others

Needs numpy and scipy, which the desk itself does not. A file is one author's.

Two voices are fitted. What words lean to: every word, phrase and piece of a word that two mails use, weighed by its
rarity, through a softmax with a weak pull to zero. The cues: the softmax of `severity.py` around its prior, which hears
the words' opinion as a feature. So that it does not trust that opinion more than it deserves, it is fitted with what
words fitted to the others say.
"""

from __future__ import annotations

import math
import os
import sys
import zlib
from array import array
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from severity import PRIOR, figures, load, observed, rank, shares_text, temperature_of

from helpdesk.severity.features import LEAST
from helpdesk.severity.phrase_model import FEW, OFFSET, RARITY, number_of, phrases_of, pieces_of, spelled

MODEL = Path(__file__).parents[1] / "helpdesk/severity/model.toml"
PHRASES = Path(__file__).parents[1] / "helpdesk/severity/phrase_model.bin"
STRENGTH = 8.0  # pull of the cues towards their prior
WORD_STRENGTH = 0.01  # pull of the words towards nothing
OFTEN_PHRASE, OFTEN_PIECE = 2, 3  # mails in which one must occur to be heard
PIECE = 0.8  # how far pieces are heard where phrases are heard 1
STEPS = 150  # of fitting the words; further ones only learn the mails by heart
CLIPPED = 0.9995  # the few leans that are longer than this share of all are cut, so that a byte tells the others well

Array = np.ndarray[Any, Any]


class Voice:
    """Phrases or pieces of all mails: a row a mail, of length 1 where the mail is long enough."""

    def __init__(self, mails: list[list[str]], often: int, factor: float) -> None:
        counts = [Counter(mail) for mail in mails]
        used = Counter(phrase for mail in counts for phrase in mail)
        self.phrases = sorted(phrase for phrase, times in used.items() if times >= often)
        columns = {phrase: column for column, phrase in enumerate(self.phrases)}
        self.rarities = [round(RARITY * (math.log((1 + len(mails)) / (1 + used[p])) + 1)) for p in self.phrases]
        self.factor = factor
        rows = [
            {
                columns[p]: self.rarities[columns[p]] / RARITY * (1 + math.log(n))
                for p, n in mail.items()
                if p in columns
            }
            for mail in counts
        ]
        norms = [math.sqrt(FEW + sum(value * value for value in row.values())) for row in rows]
        values = [value / norm * factor for row, norm in zip(rows, norms, strict=True) for value in row.values()]
        places = [column for row in rows for column in row]
        starts = np.cumsum([0, *(len(row) for row in rows)])
        self.rows = csr_matrix((values, places, starts), shape=(len(mails), len(self.phrases)))


class Authors:
    """The mails of some files as numbers."""

    def __init__(self, paths: list[str]) -> None:
        self.mails = [mail for path in paths for mail in load(path)]
        self.seen = [observed(mail) for mail in self.mails]
        self.groups = np.array([Path(path).stem for path in paths for _ in load(path)])
        self.ranks = np.array([rank(mail) for mail in self.mails])
        self.names = sorted({*PRIOR, *(name for seen in self.seen for name in seen.values)})
        self.prior = np.array([PRIOR.get(name, (0.0,) * 4) for name in self.names])
        self.cues = np.array([[seen.values.get(name, 0.0) for name in self.names] for seen in self.seen])
        self.heard = [self.names.index(f"words-{number}") for number in (1, 2, 3, 4)]
        words = [list(spelled(seen.segments)) for seen in self.seen]
        self.voices = (
            Voice([list(phrases_of(mail)) for mail in words], OFTEN_PHRASE, 1.0),
            Voice([[piece for word in mail for piece in pieces_of(word)] for mail in words], OFTEN_PIECE, PIECE),
        )
        self.words = hstack([voice.rows for voice in self.voices]).tocsr()
        self.written = np.array([bool(mail) for mail in words])

    def left_out(self) -> Array:
        """Every mail's probabilities by a model that was not fitted to its author."""
        return self.out_of(self.heard_from_others())

    def out_of(self, rows: Array, groups: list[str] | None = None) -> Array:
        """The same of given features; of some groups only where they are named."""
        guesses = np.full((len(self.mails), 4), 0.25)
        for group in groups or sorted(set(self.groups)):
            held = self.groups == group
            guesses[held] = shares(rows[held] @ self.weights(rows, ~held))
        return guesses

    def weights(self, rows: Array, kept: Array) -> Array:
        """The weights of the cues, fitted to some of the mails."""
        return fit_softmax(rows[kept], self.ranks[kept], STRENGTH, self.prior)

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
        return self.weights(self.heard_from_others(), everything), self.word_table(everything)

    def word_table(self, kept: Array) -> tuple[Array, Array]:
        """What every phrase and piece leans to, and the scores before the first."""
        used = kept & self.written
        rows = hstack([self.words[used], csr_matrix(np.ones((used.sum(), 1)))]).tocsr()
        weights = fit_softmax(rows, self.ranks[used], WORD_STRENGTH, np.zeros((rows.shape[1], 4)), STEPS)
        return weights[:-1], weights[-1]

    def hearing(self, which: Array, table: tuple[Array, Array]) -> Array:
        """The features of some mails, with the words' opinion as this table has it."""
        leans, bias = table
        rows = self.cues[which].copy()
        opinion = np.log(np.maximum(LEAST, shares(self.words[which] @ leans + bias)))
        rows[np.ix_(self.written[which], self.heard)] = opinion[self.written[which]]
        return rows


def shares(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def fit_softmax(rows: Any, ranks: Array, strength: float, prior: Array, steps: int = 300) -> Array:
    """Weights of a softmax near `prior`, for rows that may be sparse."""
    truth, count, columns = (
        np.eye(4)[ranks - 1],
        np.arange(rows.shape[0]),
        rows.T.tocsr() if hasattr(rows, "tocsr") else rows.T,
    )

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(prior.shape)
        guess = shares(rows @ weights)
        pull = weights - prior
        surprise = -np.log(guess[count, ranks - 1] + 1e-12).sum() + strength / 2 * (pull**2).sum()
        return surprise, (columns @ (guess - truth) + strength * pull).ravel()

    return minimize(loss, prior.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps}).x.reshape(prior.shape)


def write_phrases(authors: Authors, table: tuple[Array, Array]) -> tuple[float, Array]:
    """Write what words lean to; returns what one step of a lean weighs, and the scores before the first word."""
    leans, bias = table
    leans = leans - leans.mean(1, keepdims=True)
    phrases = [phrase for voice in authors.voices for phrase in voice.phrases]
    rarities = [rarity for voice in authors.voices for rarity in voice.rarities]
    factors = np.concatenate([np.full(len(voice.phrases), voice.factor) for voice in authors.voices])
    leans *= factors[:, None]
    unit = float(np.quantile(np.abs(leans), CLIPPED)) / (OFFSET - 1)
    rows = (np.clip(np.round(leans / unit), 1 - OFFSET, OFFSET - 1) + OFFSET).astype(np.uint8)
    order = sorted(range(len(phrases)), key=lambda place: number_of(phrases[place]))
    numbers = array("I", (number_of(phrases[place]) for place in order))
    if sys.byteorder == "big":
        numbers.byteswap()
    packed = numbers.tobytes() + bytes(rarities[place] for place in order) + rows[order].tobytes()
    PHRASES.write_bytes(zlib.compress(packed, 9))
    return unit, bias - bias.mean()


def write_model(weights: dict[str, list[float]], temperature: float, unit: float, bias: Array) -> None:
    """Write the weights of the cues and the scale of the phrases."""
    scores = ", ".join(f"{value:.4f}" for value in bias)
    lines = [
        "# The shipped model. Written by `bench/severity_fit.py fit`; not to be edited by hand.",
        f"\ntemperature = {temperature:.3f}",
        "\n# What one step of a lean in `phrase_model.bin` weighs, and the scores of a mail before its first word.",
        f"[phrases]\nunit = {unit:.6f}\nbias = [{scores}]",
        "\n# What each cue adds to the scores of rank 1 to 4.\n[weights]",
    ]
    lines += [f"{name} = [{', '.join(f'{value:.3f}' for value in weights[name])}]" for name in sorted(weights)]
    MODEL.write_text("\n".join([*lines, ""]), encoding="utf-8")


def command_fit(paths: list[str]) -> None:
    authors = Authors(paths)
    guesses = authors.left_out()
    temperature = temperature_of([tuple(guess) for guess in guesses], list(authors.ranks))
    weights, table = authors.fitted()
    named = {name: list(row) for name, row in zip(authors.names, weights, strict=True)}
    write_model(named, temperature, *write_phrases(authors, table))
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
        held = authors.groups == name
        found = figures([tuple(guess) for guess in guesses[held]], list(authors.ranks[held]))
        print(f"{name:16} {held.sum():4} {shares_text(found)}")


def main() -> None:
    commands = {"fit": command_fit, "out": command_out}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
