"""structlog as a daemon needs it: without coloured tracebacks.

Where it finds rich, it loads it with pygments and their tables of languages: 5 MiB for what is never printed here.
Commands that draw tables and bars load rich for themselves.
"""

from __future__ import annotations

import sys

_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment] # an import of it fails meanwhile, as if it were not installed
try:
    import structlog
finally:
    if _rich is None:
        del sys.modules["rich"]
    else:
        sys.modules["rich"] = _rich

__all__ = ["structlog"]
