"""Which language somebody writes in: one table and one decision for the whole program, below all that reads text."""

from helpdesk.languages.detect import LanguageFound, function_words, language_of, languages

__all__ = ["LanguageFound", "function_words", "language_of", "languages"]
