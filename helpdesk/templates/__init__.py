"""Templates: the words of every mail, checked against what it is given, written as subject, text and HTML."""

from helpdesk.templates.render import Rendered, Templates

__all__ = ["Rendered", "Templates"]
