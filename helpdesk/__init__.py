"""A helpdesk that lives in e-mail: mail becomes cases, promises become clocks, clocks become mail."""

import zoneinfo
from importlib.metadata import version

__version__ = version("helpdesk")

# Time zones come from the pinned `tzdata` package, never from the host: a stale host would shift promises.
zoneinfo.reset_tzpath(to=[])
