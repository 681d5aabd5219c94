"""Templates: the words of every mail, checked against what it is given, written as subject, text and HTML."""

from helpdesk.templates.render import Rendered, Templates
from helpdesk.templates.snippets import Snippets, SnippetWords

__all__ = ["Rendered", "SnippetWords", "Snippets", "Templates"]
