"""A helpdesk that lives in e-mail: mail becomes cases, promises become clocks, clocks become mail."""

import zoneinfo

# Time zones come from the pinned `tzdata` package, never from the host: a stale host would shift promises.
zoneinfo.reset_tzpath(to=[])
