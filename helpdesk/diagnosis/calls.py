"""Where calls go beside the mail: whether there is a way to each, as far as that is known without calling anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.credentials import notify_faults
from helpdesk.diagnosis.examined import Examined
from helpdesk.errors import Unavailable
from helpdesk.wires.notify import service_of

if TYPE_CHECKING:
    from helpdesk.config import Configuration


def beyond_mail(configuration: Configuration) -> Examined:
    """Look each host up. Raises Unavailable that names what nothing will get through to."""
    found = notify_faults(configuration)
    if found:
        raise Unavailable("\n".join(f"{one.name}: {fault.why}" for one, fault in found))
    table, urls = configuration.file, configuration.notify_urls
    linked = table.desk.public_url and table.web.listen
    warnings = () if linked else ("calls beyond mail: no link acknowledges them: set desk.public_url and [web] listen",)
    return Examined(", ".join(f"{one.name} by {service_of(one.url).name}" for one in urls), warnings)
