"""A sign of life for somebody outside, who notices when it does not come: the desk or its mail may be dead."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

_PATIENCE = 10  # seconds


def beat(url: str) -> str:
    """Fetch the URL; returns why that did not succeed, "" where it did. The words hold nothing of the URL's secrets."""
    request = urllib.request.Request(url, headers={"User-Agent": "helpdesk"})  # noqa: S310 - the configuration is checked
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE):  # noqa: S310
            return ""
    except urllib.error.HTTPError as refused:
        with refused:
            return f"answered {refused.code}"
    except urllib.error.URLError as failed:
        return str(getattr(failed.reason, "strerror", None) or type(failed.reason).__name__)
    except (OSError, ValueError, http.client.HTTPException) as failed:
        return getattr(failed, "strerror", None) or type(failed).__name__
