"""Fit the severity classifier to several files at once, and measure it with a part left out.

    python bench/severity_fit.py fit FILE.jsonl...    write the weights of the cues and what words lean to
    python bench/severity_fit.py out FILE.jsonl...    each file by a model that was fitted to the others

Needs numpy and scipy, which the desk itself does not. A file is one author's; the mails of `severity_mails/field/`
that may be fitted to join them, and count more.

Three things are fitted. What words lean to: every word, phrase and piece of a word that two mails use, weighed by its
rarity, through a softmax with a weak pull to zero. The cues: the softmax of `severity.py` around its prior, which hears
the words' opinion as a feature. The findings: a softmax a finding over the same features. Mails of the field have
their findings labelled; of the others only the rank is known, so what they may mean is guessed by the rank table and
the weights so far, and fitted to, a few times over (expectation and maximisation). So that no weight trusts the words'
opinion more than it deserves, all is fitted with what words fitted to other mails say.
"""

from __future__ import annotations

import hashlib
import itertools
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
from severity_field import FIT, mails

from helpdesk.offering.findings import FINDINGS, TABLE, UNSAID
from helpdesk.severity.explain import shown_by
from helpdesk.severity.features import LEAST
from helpdesk.severity.model import HALF, LEAST_SHARE, TABLE_SHARE, WORDS_SHARE
from helpdesk.severity.phrase_model import (
    FEW,
    FULL,
    OFFSET,
    RARITY,
    concepts_of,
    number_of,
    phrases_of,
    pieces_of,
    spelled,
)

MODEL = Path(__file__).parents[1] / "helpdesk/severity/model.toml"
PHRASES = Path(__file__).parents[1] / "helpdesk/severity/phrase_model.bin"
STRENGTH = 8.0  # pull of the cues towards their prior
WORD_STRENGTH = 0.03  # pull of the words towards nothing
OFTEN_PHRASE, OFTEN_PIECE = 2, 3  # mails in which one must occur to be heard
PIECE = 0.8  # how far pieces are heard where phrases are heard 1
CONCEPT = 0.8  # and concepts
# What effects together show, before any mail was seen.
COMBINED = {
    ("effect", "looks"): ("cosmetic-only", "docs-only"),
    ("effect", "none"): ("asks-only",),
    ("effect", "degraded"): ("milder-only",),
    ("effect", "stopped"): ("stop-plain",),
    ("state", "over"): ("over", "only-was", "taken-back", "added-good"),
    ("place", "other"): ("non-production", "test-host"),
    ("extent", "one"): ("one-of-many",),
    ("extent", "part"): ("some-of-many",),
    ("way", "usable"): ("way-only", "works-otherwise"),
}
STEPS = 70  # of fitting the words; further ones only learn the mails by heart
FIELD = 3.0  # what a mail of the field counts where one written for the bench counts 1
COUNTS = {"field": FIELD, "courteous": 1 / 3}  # each sentence of `courteous` stands there three times, in other company
BLOCKS = 4  # into which the files, and the reports of the field, are dealt, to leave one out
FINDING_STRENGTH = 14.0  # pull of a finding's weights towards nothing
GUESSED = 0.15  # what a mail counts whose findings are guessed
SHOWS = 3.0  # what an effect adds, before any mail was seen, to the value of a finding that it shows
SILENT = 1.5  # and silence to what is unsaid
ROUNDS = 3  # of guessing and fitting
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
        field = mails(FIT)
        self.mails = [mail for path in paths for mail in load(path)] + field
        self.seen = [observed(mail) for mail in self.mails]
        self.files = np.array([Path(path).stem for path in paths for _ in load(path)] + ["field"] * len(field))
        order = {Path(path).stem: number for number, path in enumerate(paths)}
        self.groups = np.array(
            [
                order[file] % BLOCKS if file in order else _dealt(mail)
                for mail, file in zip(self.mails, self.files, strict=True)
            ]
        )
        self.counts = np.array([COUNTS.get(file, 1.0) for file in self.files])
        self.ranks = np.array([rank(mail) for mail in self.mails])
        self.names = sorted({*PRIOR, *(name for seen in self.seen for name in seen.values)})
        self.prior = np.array([PRIOR.get(name, (0.0,) * 4) for name in self.names])
        self.cues = np.array([[seen.values.get(name, 0.0) for name in self.names] for seen in self.seen])
        self.heard = [self.names.index(f"words-{number}") for number in (1, 2, 3, 4)]
        words = [list(spelled(seen.heard)) for seen in self.seen]
        self.voices = (
            Voice([list(phrases_of(mail)) for mail in words], OFTEN_PHRASE, 1.0),
            Voice([[piece for word in mail for piece in pieces_of(word)] for mail in words], OFTEN_PIECE, PIECE),
            Voice([list(concepts_of(seen.heard)) for seen in self.seen], OFTEN_PIECE, CONCEPT),
        )
        self.words = hstack([voice.rows for voice in self.voices]).tocsr()
        self.written = np.array([bool(mail) for mail in words])
        self.lengths = np.array([seen.length for seen in self.seen])
        self.begun = np.minimum(1.0, self.lengths / FULL)

    def left_out(self) -> Array:
        """Every mail's probabilities by a model that was not fitted to its author."""
        return self.out_of(self.heard_from_others())

    def out_of(self, rows: Array) -> Array:
        """The same of given features: what the cues say, and what the rank table makes of the findings."""
        guesses = np.full((len(self.mails), 4), 0.25)
        for group in sorted(set(self.groups)):
            held = self.groups == group
            by_cues = shares(rows[held] @ self.weights(rows, ~held))
            by_words = shares(rows[held][:, self.heard])
            found = by_table(rows[held], self.findings(rows, ~held))
            guesses[held] = mixed(by_words, by_cues, found, self.lengths[held, None])
        return guesses

    def weights(self, rows: Array, kept: Array) -> Array:
        """The weights of the cues, fitted to some of the mails."""
        return fit_softmax(rows[kept], one_of(self.ranks[kept] - 1, 4), self.counts[kept], STRENGTH, self.prior)

    def findings(self, rows: Array, kept: Array) -> dict[str, Array]:
        """The weights of the findings, fitted to some of the mails."""
        known, guessed = kept & (self.files == "field"), kept & (self.files != "field") & self.written
        named = [mail["findings"] for mail, wanted in zip(self.mails, known, strict=True) if wanted]
        told = {name: one_of([_said(findings, name) for findings in named], len(FINDINGS[name])) for name in FINDINGS}
        both = np.vstack([rows[known], rows[guessed]])
        counts = np.concatenate([np.full(known.sum(), FIELD), np.full(guessed.sum(), GUESSED)])
        start = {name: self.supposed(name) for name in FINDINGS}
        weights = {
            name: fit_softmax(
                self.read_for(name, rows[known]), told[name], np.ones(known.sum()), FINDING_STRENGTH, prior
            )
            for name, prior in start.items()
        }
        for _ in range(ROUNDS):
            meant = may_mean(rows[guessed], weights, self.ranks[guessed])
            weights = {
                name: fit_softmax(
                    self.read_for(name, both), np.vstack([told[name], meant[name]]), counts, FINDING_STRENGTH, prior, 80
                )
                for name, prior in start.items()
            }
        return weights

    def heard_from_others(self) -> Array:
        """The features of every mail, with the opinion of words that were fitted to the other authors."""
        rows = self.cues.copy()
        for group in sorted(set(self.groups)):
            held = self.groups == group
            rows[held] = self.hearing(held, self.word_table(~held))
        return rows

    def read_for(self, finding: str, rows: Array) -> Array:
        """The features that a finding is read from: words that lean to a rank know neither where nor when it is."""
        rows = rows.copy()
        if finding in {"place", "state"}:
            rows[:, self.heard] = 0.0
        return rows

    def supposed(self, finding: str) -> Array:
        """The weights of a finding before any mail was seen: what shows a value speaks for it."""
        prior = np.zeros((len(self.names), len(FINDINGS[finding])))
        for place, value in enumerate(FINDINGS[finding]):
            for cue in (*shown_by(finding, value), *COMBINED.get((finding, value), ())):
                if cue in self.names:
                    prior[self.names.index(cue), place] = SHOWS
        prior[self.names.index("bias"), 0] = SILENT
        return prior

    def fitted(self, rows: Array) -> tuple[Array, dict[str, Array], tuple[Array, Array]]:
        """The weights of the cues and of the findings, and the table of words, fitted to all mails."""
        everything = np.ones(len(self.mails), dtype=bool)
        return self.weights(rows, everything), self.findings(rows, everything), self.word_table(everything)

    def word_table(self, kept: Array) -> tuple[Array, Array]:
        """What every phrase and piece leans to, and the scores before the first, which fade where a mail is short."""
        used = kept & self.written
        rows = hstack([self.words[used], csr_matrix(self.begun[used, None])]).tocsr()
        truth = one_of(self.ranks[used] - 1, 4)
        weights = fit_softmax(rows, truth, self.counts[used], WORD_STRENGTH, np.zeros((rows.shape[1], 4)), STEPS)
        return weights[:-1], weights[-1]

    def hearing(self, which: Array, table: tuple[Array, Array]) -> Array:
        """The features of some mails, with the words' opinion as this table has it."""
        leans, bias = table
        rows = self.cues[which].copy()
        opinion = np.log(np.maximum(LEAST, shares(self.words[which] @ leans + np.outer(self.begun[which], bias))))
        rows[np.ix_(self.written[which], self.heard)] = opinion[self.written[which]]
        return rows


def shares(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def fit_softmax(rows: Any, truth: Array, counts: Array, strength: float, prior: Array, steps: int = 300) -> Array:
    """Weights of a softmax near `prior`, for rows that may be sparse and truths that may be shares."""
    columns = rows.T.tocsr() if hasattr(rows, "tocsr") else rows.T

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(prior.shape)
        guess = shares(rows @ weights)
        pull = weights - prior
        surprise = -(counts[:, None] * truth * np.log(guess + 1e-12)).sum() + strength / 2 * (pull**2).sum()
        return surprise, (columns @ ((guess - truth) * counts[:, None]) + strength * pull).ravel()

    return minimize(loss, prior.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps}).x.reshape(prior.shape)


def one_of(places: Any, count: int) -> Array:
    return np.eye(count)[np.asarray(places, dtype=int)]


def _said(findings: dict[str, Any], name: str) -> int:
    return FINDINGS[name].index(findings[name]["is"] if name in findings else UNSAID)


def _dealt(mail: dict[str, Any]) -> int:
    """The block of a mail of the field: by the report that it was retold from."""
    return int(hashlib.md5(mail["id"].split(".")[0].encode(), usedforsecurity=False).hexdigest(), 16) % BLOCKS


# --- findings

CELLS = np.array(
    [
        next(
            line.rank
            for line in TABLE
            if all(values[list(FINDINGS).index(name)] in wanted for name, wanted in line.when.items())
        )
        for values in itertools.product(*FINDINGS.values())
    ]
).reshape([len(values) for values in FINDINGS.values()])
AT_ONCE = 400  # mails of which everything that they may mean is held in memory


def _meanings(rows: Array, weights: dict[str, Array]) -> Array:
    """How likely each combination of values is, a mail."""
    cells = np.ones((len(rows),))
    for name in FINDINGS:
        share = shares(rows @ weights[name])
        cells = cells[..., None] * share.reshape((len(rows),) + (1,) * (cells.ndim - 1) + (share.shape[1],))
    return cells


def by_table(rows: Array, weights: dict[str, Array]) -> Array:
    """What the rank table makes of the findings."""
    parts = [_meanings(rows[start : start + AT_ONCE], weights) for start in range(0, len(rows), AT_ONCE)]
    return np.vstack(
        [
            np.stack([(part * (rank == CELLS)).reshape(len(part), -1).sum(1) for rank in (1, 2, 3, 4)], 1)
            for part in parts
        ]
    )


def may_mean(rows: Array, weights: dict[str, Array], ranks: Array) -> dict[str, Array]:
    """How likely each value of each finding is, given the rank that a mail is labelled with."""
    found: dict[str, list[Array]] = {name: [] for name in FINDINGS}
    for start in range(0, len(rows), AT_ONCE):
        wanted = ranks[start : start + AT_ONCE]
        cells = _meanings(rows[start : start + AT_ONCE], weights) * (
            CELLS[None] == wanted.reshape((-1,) + (1,) * CELLS.ndim)
        )
        cells /= cells.reshape(len(cells), -1).sum(1).reshape((-1,) + (1,) * CELLS.ndim) + 1e-12
        for place, name in enumerate(FINDINGS):
            found[name].append(cells.sum(axis=tuple(axis + 1 for axis in range(CELLS.ndim) if axis != place)))
    return {name: np.vstack(parts) for name, parts in found.items()}


def mixed(by_words: Array, by_cues: Array, found: Array, lengths: Array) -> Array:
    """The three opinions on mails of so many words as one, as `severity.model` mixes them."""
    words = WORDS_SHARE * lengths / (lengths + HALF)
    voices = ((words, by_words), (1 - words - TABLE_SHARE, by_cues), (TABLE_SHARE, found))
    return shares(sum(share * np.log(voice + LEAST_SHARE) for share, voice in voices))


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


def write_model(
    names: list[str], weights: Array, findings: dict[str, Array], temperature: float, scale: tuple[float, Array]
) -> None:
    """Write the weights of the cues and of the findings, and the scale of the phrases."""
    unit, bias = scale
    scores = ", ".join(f"{value:.4f}" for value in bias)
    lines = [
        "# The shipped model. Written by `bench/severity_fit.py fit`; not to be edited by hand.",
        f"\ntemperature = {temperature:.3f}",
        "\n# What one step of a lean in `phrase_model.bin` weighs, and the scores of a mail before its first word.",
        f"[phrases]\nunit = {unit:.6f}\nbias = [{scores}]",
        "\n# What each cue adds to the scores of rank 1 to 4.\n[weights]",
    ]
    lines += _rows(names, weights)
    for finding, values in FINDINGS.items():
        lines.append(f"\n# What each cue adds to {', '.join(values)}.\n[findings.{finding}]")
        lines += _rows(names, findings[finding])
    MODEL.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _rows(names: list[str], weights: Array) -> list[str]:
    return [
        f"{name} = [{', '.join(f'{value:.3f}' for value in row)}]"
        for name, row in sorted(zip(names, weights, strict=True))
    ]


def command_fit(paths: list[str]) -> None:
    authors = Authors(paths)
    rows = authors.heard_from_others()
    guesses = authors.out_of(rows)
    field = authors.files == "field"  # what strangers write is what confidence is about
    temperature = temperature_of([tuple(guess) for guess in guesses[field]], list(authors.ranks[field]))
    weights, findings, table = authors.fitted(rows)
    write_model(authors.names, weights, findings, temperature, write_phrases(authors, table))
    _report(authors, guesses)
    print(f"{len(authors.mails)} mails, {temperature=}")


def _report(authors: Authors, guesses: Array) -> None:
    for name in dict.fromkeys(authors.files):
        held = authors.files == name
        found = figures([tuple(guess) for guess in guesses[held]], list(authors.ranks[held]))
        print(f"{name:16} {held.sum():4} {shares_text(found)}")


def command_out(paths: list[str]) -> None:
    authors = Authors(paths)
    guesses = authors.left_out()
    if os.environ.get("SAVE"):
        np.savez(os.environ["SAVE"], guesses=guesses, ranks=authors.ranks, files=authors.files)
    _report(authors, guesses)


def main() -> None:
    commands = {"fit": command_fit, "out": command_out}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
