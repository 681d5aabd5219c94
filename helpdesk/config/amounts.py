"""Sizes, spans and ages as operators write them."""

from __future__ import annotations

import re
from datetime import timedelta

_SIZE = re.compile(r"(\d+)\s*(B|KiB|MiB|GiB|kB|MB|GB)?")
_FACTOR = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "kB": 10**3, "MB": 10**6, "GB": 10**9, None: 1}
_SPAN = re.compile(r"(\d+)\s*(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_AGE = re.compile(r"(\d{1,5})\s*(d|w)", re.ASCII)
_DAYS = {"d": 1, "w": 7}
_LEAST_KEEP = timedelta(days=30)


def read_size(text: str) -> int:
    """Bytes, from "25 MiB". Raises ValueError that says what was expected."""
    found = _SIZE.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise ValueError(f'expected a size such as "25 MiB", not {text!r}')
    return int(found[1]) * _FACTOR[found[2]]


def read_span(text: str) -> timedelta:
    """A span of time, from "60s", "5m" or "1h". Raises ValueError that says what was expected."""
    found = _SPAN.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise ValueError(f'expected a span such as "60s" or "5m", not {text!r}')
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def read_apart(text: str) -> timedelta:
    """A span that may be none at all."""
    return timedelta() if text.strip() in {"0s", "0m", "0h"} else read_span(text)


def read_age(text: str) -> timedelta:
    """How old something is, from "400d" or "60w". Raises ValueError that says what was expected."""
    found = _AGE.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise ValueError(f'expected an age such as "400d" or "60w", not {text!r}')
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def read_keep(text: str) -> timedelta:
    """What runs by itself and cannot be undone has a least."""
    age = read_age(text)
    if age < _LEAST_KEEP:
        raise ValueError(f"expected {_LEAST_KEEP.days}d or more, not {text!r}: replies and credit claims still come")
    return age
