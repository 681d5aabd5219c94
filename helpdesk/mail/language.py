"""Which of the desk's languages a text is written in, by its commonest words. English where there is no telling."""

from __future__ import annotations

import re

_WORDS = {
    "en": """the and to of you is that it for on are with this have not be we can your please our was but from will
        if when which there been hello regards thanks would has any how what an as at do does hi dear they were""",
    "de": """der die und das ist nicht wir ich sie mit den zu auf für ein eine bitte dass sich des von dem haben wird
        bei noch aber auch nach grüße freundlichen sehr geehrte hallo danke kann unsere wenn seit keine im es vielen
        oder uns ihnen können werden wurde einen einem mehr schon zum zur""",
    "fr": """le la les et des est pas que nous vous une un pour dans je il sur avec plus ce qui au du votre bonjour
        merci cordialement mais sont notre être depuis avons cette ne en ont fait tout bien avez aussi même ou été
        sans peut suis elle comme""",
    "es": """el la los las y que no en un una por con para es se del nosotros usted hola gracias saludos pero su está
        como más lo al muy cuando desde tenemos este esta nuestro favor son fue hay sin ya también puede hemos tiene
        han sobre todo me si""",
}
LANGUAGES = tuple(_WORDS)
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 4_000  # characters: enough to know, bounded for long mails
_LISTS: dict[str, tuple[str, ...]] = {}
for _language, _list in _WORDS.items():
    for _one in _list.split():
        _LISTS[_one] = (*_LISTS.get(_one, ()), _language)


def language_of(text: str) -> str:
    """The ISO 639-1 code of the likeliest of en, de, fr and es."""
    scores = dict.fromkeys(_WORDS, 0.0)
    for word in _WORD.findall(text[:_LOOKED_AT].lower()):
        languages = _LISTS.get(word, ())
        for language in languages:
            scores[language] += 1 / len(languages)
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > scores["en"] else "en"
