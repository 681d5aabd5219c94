"""structlog as a daemon needs it: without coloured tracebacks, and without threads that are none.

Where it finds rich, it loads it with pygments and their tables of languages: 5 MiB for what is never printed here.
Where it finds greenlet, it loads that with the C++ library: 2 MiB for contexts of a kind that the desk has not.
Commands that draw tables and bars load rich for themselves.
"""

from __future__ import annotations

import sys

_ABSENT = ("rich", "greenlet")
_there = {name: sys.modules[name] for name in _ABSENT if name in sys.modules}
# An import of them fails meanwhile, as if they were not installed.
sys.modules.update(dict.fromkeys(_ABSENT))  # type: ignore[arg-type]
try:
    import structlog
finally:
    for _name in _ABSENT:
        del sys.modules[_name]
    sys.modules.update(_there)

__all__ = ["structlog"]
