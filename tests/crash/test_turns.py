"""Turns: nobody who waits for the one writer is passed by (accepting mail must not wait for all work to be done)."""

from __future__ import annotations

import threading

import pytest

from helpdesk.store.turns import Turns
from tests.process import until


def test_turns_are_given_in_the_order_they_were_asked_for() -> None:
    turns, order, threads = Turns(), [], []

    def take(number: int) -> None:
        with turns:
            order.append(number)

    with turns:
        for number in range(20):
            threads.append(threading.Thread(target=take, args=(number,)))
            threads[-1].start()
            until(lambda n=number: len(turns._waiting) == n + 1, "it waits")
    for thread in threads:
        thread.join(120)
    assert order == list(range(20))


def test_a_thread_that_takes_turns_all_the_time_passes_nobody_by() -> None:
    """The worker commits batch after batch; who accepts mail comes between the first and the second."""
    turns, over = Turns(), threading.Event()
    batches = 0

    def accept() -> None:
        with turns:
            over.set()

    with turns:
        waiting = threading.Thread(target=accept)
        waiting.start()
        until(lambda: turns._waiting, "it waits")
    while not over.is_set():
        with turns:
            batches += 1
    waiting.join(120)
    assert batches <= 1


def test_one_at_a_time_and_none_is_lost() -> None:
    turns, inside, most, done = Turns(), [0], [0], [0]

    def work() -> None:
        for _ in range(500):
            with turns:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                done[0] += 1
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert (most[0], done[0]) == (1, 4000)


def test_an_error_hands_the_turn_on_and_a_turn_inside_a_turn_is_refused() -> None:
    turns = Turns()
    with pytest.raises(ValueError), turns:
        raise ValueError
    with turns, pytest.raises(RuntimeError, match="inside"), turns:
        pass
    with turns:
        pass
