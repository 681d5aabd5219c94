"""Half-open intervals of instants or seconds: joined, cut, clipped."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T", int, datetime)


def union(intervals: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """What any of them covers, in order; those that overlap or touch are one."""
    merged: list[tuple[T, T]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        elif start < end:
            merged.append((start, end))
    return merged


def minus(intervals: Iterable[tuple[T, T]], cuts: Sequence[tuple[T, T]]) -> Iterator[tuple[T, T]]:
    """What is left of intervals in order, each apart from the next, without the cuts, which are so, too."""
    first = 0
    for start, end in intervals:
        while first < len(cuts) and cuts[first][1] <= start:
            first += 1
        left = start
        for cut_start, cut_end in islice(cuts, first, None):
            if cut_start >= end:
                break
            if left < cut_start:
                yield left, cut_start
            left = cut_end
        if left < end:
            yield left, end


def clip(intervals: Iterable[tuple[T, T]], since: T, until: T) -> Iterator[tuple[T, T]]:
    """What of them lies in [since, until)."""
    for start, end in intervals:
        if start < until and since < end:
            yield max(start, since), min(end, until)
