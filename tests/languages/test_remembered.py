"""What is known of words: found out once, and never more of it kept than was said."""

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.languages.remembered import Remembered


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(2, 8))
def test_it_answers_what_the_function_does_and_keeps_no_more_than_it_may(keys, most):
    known = Remembered(lambda key: -key, most=most)
    assert [known[key] for key in keys] == [-key for key in keys]
    assert len(known) + len(known._before) <= most


def test_what_is_asked_for_again_and_again_is_found_out_once():
    asked = []
    known = Remembered(lambda key: asked.append(key) or key, most=10)
    for rare in range(100):
        assert known["often"] == "often"
        assert known[f"rare {rare}"]
    assert asked.count("often") == 1
