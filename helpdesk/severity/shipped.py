"""The model that is shipped: the data files beside this module, which `bench/severity_fit.py fit` writes."""

from __future__ import annotations

import sys
import zlib
from array import array
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from helpdesk.data_file import data_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RANKS = 4
NUMBER = 4  # bytes of a phrase's number, the lowest first
WIDTH = NUMBER + 1 + RANKS  # bytes of a phrase: its number, its rarity and a lean to each rank

Row = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each cue adds to scores of ranks and of findings, the temperature of the fit, the scale of the phrases."""

    temperature: float
    of_cues: Mapping[str, Row]
    of_findings: Mapping[str, Mapping[str, tuple[float, ...]]]  # a finding, then a cue
    unit: float
    bias: Row


@dataclass(frozen=True, slots=True)
class Phrases:
    """The numbers of the phrases in order, one byte a rarity, and `RANKS` bytes a row of leans."""

    numbers: array[int]
    rarities: bytes
    rows: bytes


@cache
def weights() -> Weights:
    """The weights of `model.toml`."""
    stored = data_file(__package__, "model.toml")
    of_cues = {name: row_of(values) for name, values in stored["weights"].items()}
    of_findings = {
        finding: {cue: tuple(values) for cue, values in rows.items()}
        for finding, rows in stored.get("findings", {}).items()
    }
    scale = stored["phrases"]
    return Weights(stored["temperature"], of_cues, of_findings, scale["unit"], row_of(scale["bias"]))


def phrases() -> Phrases:
    """The phrases of `phrase_model.bin`; half a megabyte, unpacked to one."""
    packed = zlib.decompress(files(__package__).joinpath("phrase_model.bin").read_bytes())
    size = len(packed) // WIDTH
    numbers = array("I")
    numbers.frombytes(packed[: NUMBER * size])
    if sys.byteorder == "big":
        numbers.byteswap()
    return Phrases(numbers, packed[NUMBER * size : (NUMBER + 1) * size], packed[(NUMBER + 1) * size :])


def row_of(values: Iterable[float]) -> Row:
    """Numbers as they are stored: one a rank."""
    one, two, three, four = (float(value) for value in values)
    return one, two, three, four
