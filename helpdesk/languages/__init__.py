"""Which language somebody writes in: one table and one decision for the whole program, below all that reads text."""

from typing import Final

from helpdesk.languages.detect import LanguageFound, language_of, languages
from helpdesk.languages.scripts import SCRIPTS, script_language

WRITTEN: Final = ("en", "de", "fr", "es")  # in which customers are written to with the letters that are shipped

__all__ = ["SCRIPTS", "WRITTEN", "LanguageFound", "language_of", "languages", "script_language"]
