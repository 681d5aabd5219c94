"""Numbers of things in words: `1 mail`, `2 mails`. English, as all that the desk tells its own people."""

from __future__ import annotations


def plural(amount: float, one: str, many: str = "") -> str:
    """`1 mail` and `2 mails`; `many` where that is not `one` with an s: `plural(n, "policy", "policies")`.

    A verb may be part of both: `plural(n, "mail waits", "mails wait")`.
    """
    number = f"{amount:g}" if isinstance(amount, float) else str(amount)
    return f"{number} {one}" if amount == 1 else f"{number} {many or f'{one}s'}"
