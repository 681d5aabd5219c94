"""How mail programs mark what is not new: the words and shapes, by language, that `quote` looks for.

Every pattern is applied to one line, or to a few short ones joined, cut to `MAX_LINE` characters: that keeps them
linear whatever comes (threat C05).
"""
# ruff: noqa: E501, RUF001  patterns read best with one language a line, and hold letters of many scripts

from __future__ import annotations

import re

MAX_LINE = 400
COLONS = (":", "：")

# Not `|` and not `SQL> `: people send tables and what their console said.
QUOTE = re.compile(r"^[ \t]{0,3}(?:>|&gt;)")

# "On Tue, Jan 5, 2021 at 10:00 AM Ann Berg <ann@desk.example> wrote:" and its kin: a line that ends in a verb of
# writing. The list is of what Gmail, Apple Mail, Thunderbird and Outlook write in the languages they are sold in.
_WROTE = (
    "wrote|writes|said|schrieb(?: am .{3,40})?|geschrieben|a (?:é|e)crit|ha scritto|escribi[óo]|escreveu|schreef|skrev|"
    "skrev följande|kirjoitti|napisał(?:\\(a\\))?|napisal(?:\\(a\\))?|napsal(?:\\(a\\))?|napísal(?:\\(a\\))?|написал(?:\\(а\\)|а)?|"
    "пишет|написа|написав(?:\\(ла\\))?|пише|a scris|írta|yazdı|şunları yazdı|έγραψε|ha escrit|va escriure|je napisao(?:/la)?|"
    "je napisao/napisala|rašė|rakstīja|kirjutas|hat geschrieben|写道|寫道|님이 작성|さんは書きました|のメール|kirjoitti näin|"
    "đã viết|menulis|เขียน|כתב|كتب|ha scritto"
)
ATTRIBUTION_END = re.compile(
    rf"(?:\b(?:{_WROTE})|(?:写道|寫道|のメッセージ|のメール|書きました|作成|작성))[^\w\n]{{0,8}}$",
    re.IGNORECASE,
)
WROTE_ENDINGS = (
    "wrote",
    "writes",
    "said",
    "schrieb",
    "schreef",
    "skrev",
    "kirjoitti",
    "scritto",
    "escribe",
    "escreveu",
)
WROTE = re.compile(rf"\b(?:{_WROTE})\b", re.IGNORECASE)
ATTRIBUTION_START = re.compile(
    r"^[\s*_>-]{0,6}(?:on|am|le|el|il|em|op|den|på|dne|dnia|w dniu|w|в|на|at(?= \d)|in|il giorno|el día|tor|fre|ons|tir|man|"
    r"mon|tue|wed|thu|fri|sat|sun|am|vom|pe|ti|ke|to|la|su|ma|\d{1,4}[-/.年])\b",
    re.IGNORECASE,
)
# It begins with the figure that each date has: so all that is none is passed over at once.
HAS_DATE = re.compile(
    r"[\d年](?:(?<=年)|(?<=\d)(?:\d?[:.h]\d{2}|(?:(?<=\b1)9|(?<=\b2)0)\d\d\b|\d{0,3}[-/.]\d{1,2}[-/.]\d{1,4}|"
    r"\d?\.? (?:\w{3,12})\.?,? \d{2,4}))",
)
HAS_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|<mailto:", re.IGNORECASE)
# Lotus Notes: "-----Ann Berg/ACME wrote: -----".
DASHED_PERSON = re.compile(rf"^-{{3,}}.{{3,200}}\b(?:{_WROTE})[:：]?\s*-{{3,}}\s*$", re.IGNORECASE)
# GroupWise: ">>> Ann Berg <ann@desk.example> 5/26/2026 9:12 AM >>>", and below it the mail as it was.
ARROWED_PERSON = re.compile(r"^>{3} .{3,160}\d.{0,20}>{3}\s*$")
# Old Gmail: "2012/5/3 Ann Berg <ann@desk.example>" alone above the quote.
DATED_PERSON = re.compile(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}.{0,120}<[^<>\s]{1,100}@[^<>\s]{1,100}>[:：]?\s*$")

_ORIGINAL = (
    "original (?:message|e-?mail|appointment)|reply message|reply separator|message d'origine|message original|messaggio originale|"
    "mensaje original|mensagem original|urspr(?:ü|ue?)ngliche (?:nachricht|mail)|originalnachricht|original ?nachricht|"
    "oorspronkelijk bericht|oprindelig (?:meddelelse|besked)|ursprungligt meddelande|original(?:t)? meddelande|opprinnelig melding|"
    "alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original|"
    "исходное сообщение|оригинальное сообщение|orijinal mesaj|αρχικό μήνυμα|原始邮件|原始郵件|元のメッセージ|원본 메시지|"
    "original besked|antwort auf|missatge original|originele bericht|previous message"
)
ORIGINAL = re.compile(rf"^[\s>*]*(?:-{{2,}}|_{{2,}}|={{2,}}|—+|─+)[\s*]*(?:{_ORIGINAL})\b.{{0,40}}$", re.IGNORECASE)
_FORWARDED = (
    "forwarded (?:message|mail|by)|begin forwarded message|start of forwarded message|weitergeleitete (?:nachricht|mail)|"
    "anfang der weitergeleiteten|message (?:transf(?:é|e)r(?:é|e)|réexpédié)|début du message (?:transféré|réexpédié)|"
    "mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada|"
    "doorgestuurd bericht|begin doorgestuurd bericht|videresendt (?:meddelelse|besked|melding)|vidarebefordrat (?:meddelande|brev)|"
    "välitetty viesti|przekazana wiadomość|wiadomość przekazana|переслан(?:ное|ое) (?:сообщение|письмо)|пересылаемое сообщение|"
    "přeposlaná zpráva|továbbított üzenet|mesaj redirecționat|yönlendirilmiş|iletilmiş|转发的邮件|已转发|轉寄|転送|전달된 메시지"
)
FORWARDED = re.compile(
    rf"^[\s>*]*(?:(?:-{{2,}}|_{{2,}}|={{2,}}|—+)[\s*]*(?:{_FORWARDED}).{{0,60}}|(?:{_FORWARDED})[^\w\n]{{0,3}}[:：][\s*]*)$",
    re.IGNORECASE,
)
RULE = re.compile(
    r"^[\s>]*(?:_{5,}|-{5,}|={3,}|—{3,}|─{5,}|━{5,}|═{5,}|\*{5,}|~{5,}|＝{3,}|－{3,}|ー{5,}|＿{5,}|\+{5,}|・{5,})[\s]*$"
)
REPLY_MARKER = re.compile(
    r"^[\s#*=_-]*(?:please )?(?:reply|respond|type your (?:reply|response)|antworte[nt]?|bitte antworten)(?: \w+){0,3} (?:above|over|oberhalb|über)\b",
    re.IGNORECASE,
)

_HEADER_NAMES = {
    "from": "from|von|de|da|van|fra|från|lähettäjä|od|от|кому|от кого|feladó|kimden|gönderen|από|expéditeur|remitente|"
    "差出人|发件人|寄件者|寄件人|보낸 사람|送信者|di|mittente|afzender|avsändare|absender|saatja|din|nadawca|sender",
    "date": "date|sent|message du|datum|gesendet|gesendet am|envoyé|envoyé le|fecha|enviado|enviado el|enviada em|enviada|data|inviato|"
    "verzonden|verzonden op|sendt|skickat|lähetetty|päivämäärä|pvm|wysłano|data wysłania|odesláno|odoslané|отправлено|дата|"
    "elküldve|küldve|dátum|gönderildi|tarih|gönderme tarihi|trimis|ημερομηνία|στάλθηκε|dato|日時|送信日時|发送时间|日期|寄件日期|"
    "보낸 날짜|送信|date sent|enviat|data d'enviament|poslano|date d'envoi",
    "to": "to|an|à|a|aan|para|til|till|vastaanottaja|kenelle|do|komu|кому|címzett|kime|προς|către|destinataire|destinatario|"
    "宛先|收件人|收件者|받는 사람|mottagare|empfänger|odbiorca|per a|za|catre",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|předmět|predmet|тема|tárgy|konu|"
    "θέμα|subiect|件名|主题|主旨|제목|sujet|re|assumpte|naslov",
    "cc": "cc|cc:|kopie|copie|kopi|kopia|copia|kopio|másolat|копия|cc to|c\\.c\\.|bilgi|cópia|抄送|副本|참조",
    "other": "reply-to|importance|priority|attachments?|anlagen?|antwort an|wichtigkeit|bijlagen?|organization|organisation|"
    "message-id|newsgroups|mailing-list|x-[a-z-]{2,20}|resent-[a-z]{2,8}|répondre à|pièces? jointes?|prioridad|responder a",
}
_HEADER_KIND = {
    name: kind for kind, names in reversed(_HEADER_NAMES.items()) for name in names.replace("\\", "").split("|")
}
_HEADER_LINE = re.compile(r"^[\s>|*_]{0,8}([^\W\d_][\w .'’-]{0,24}?)[*_\s]{0,4}[:：][*_]{0,2}(?:\s|$|(?=\S))")


def header_kind(line: str) -> str:
    """`from`, `date`, `to`, `subject`, `cc` or `other` for a line of a quoted header block; `""` for any other line."""
    found = _HEADER_LINE.match(line[:MAX_LINE])
    return _HEADER_KIND.get(found[1].strip().lower(), "") if found else ""


SIGNATURE = re.compile(r"^\s{0,2}(?:--|—|––|__|-- ?\*?)[ \t\u00a0]*$")
_DEVICE = (
    "iphone|ipad|ipod|android|blackberry|mobile|phone|handy|smartphone|samsung|galaxy|htc|nokia|windows|outlook|yahoo|gmail|"
    "mail|tablet|sony|xperia|huawei|nexus|pixel|motorola|device|sparrow|palm|telekom|verizon|bell|rogers|at&t|t-mobile|o2|"
    "vodafone|orange|proton|tutanota|spark|airmail|mailbox|newton|edison|aol|zoho|hey|smart|treo|lg|oneplus|xiaomi|redmi|web\\.de|gmx"
)
SENT_FROM = re.compile(
    rf"^[\s*_~<(\[•-]{{0,4}}(?:"
    rf"(?:sent|written|typed|posted) (?:from|via|with|by|using|on)\b[^,;:?!\n]{{0,20}}(?:{_DEVICE})[^,;?!\n]{{0,60}}|"
    rf"sent from (?:my )?(?:\w+ ?){{1,3}}|"
    rf"sent (?:via|with|using) (?!e-?mails?\b|mail\b|post\b|fax\b|sms\b|dhl\b|ups\b|fedex\b)\w{{3,20}}\.?|"
    rf"(?:von|vom) mein\w{{0,2}} .{{1,50}}gesendet|gesendet (?:von|mit|über|vom) .{{1,60}}|diese nachricht wurde von mein.{{1,60}}|"
    rf"envoyé (?:de(?:puis)?|à partir de|par|avec) .{{1,60}}|enviado (?:desde|de|do|via|a partir do|con) .{{1,60}}|"
    rf"inviato (?:da|dal|con|tramite) .{{1,60}}|verzonden (?:vanaf|met|van|via) .{{1,60}}|verstuurd vanaf .{{1,60}}|"
    rf"sendt (?:fra|med) .{{1,60}}|skickat från .{{1,60}}|från min .{{1,30}}|lähetetty .{{1,60}}|"
    rf"(?:wysłano|wysłane) (?:z|ze) .{{1,60}}|odesláno z .{{1,60}}|отправлено (?:с|из) .{{1,60}}|"
    rf"(?:get|download|holen sie sich|obtenir|télécharger|obtén|obtener|hent|skaffa|hanki|scarica|ottieni|pobierz) outlook .{{1,60}}|"
    rf"outlook (?:for|für|pour|para|til|voor) (?:ios|android).{{0,60}}|"
    rf"(?:iphone|ipad)(?:から送信|에서 보냄)|从我的 ?(?:iphone|ipad).{{0,20}}|发自我的.{{1,30}}|via (?:mobile|iphone|android)|"
    rf"my (?:mobile|iphone|phone).{{0,60}}typos.{{0,30}}|"
    rf"excuse (?:my )?(?:brevity|typos|the brevity).{{0,60}}|(?:please )?(?:excuse|forgive|pardon) .{{0,40}}(?:brevity|typos|terse).{{0,60}}"
    rf")[\s*_~>)\].]{{0,4}}$",
    re.IGNORECASE,
)

_GRATEFUL = "(?:many |much )?thanks(?: again| a lot| in advance)?|thank you(?: very much| so much)?(?: in advance)?|danke|vielen dank|besten dank|grazie(?: mille)?|merci|gracias|muchas gracias|obrigad[oa]|bedankt|tack|tak|takk|dziękuję|kiitos"
CLOSING = re.compile(
    rf"^[\s*_]{{0,3}}(?:(?:{_GRATEFUL})(?:,| and| und| e| et| y| en| och| og| i| ja| &| \+) )?"
    r"(?:(?:lg|vg|mfg|kr|br|rgds|regards|saludos|mvg|mvh|gruß|grüße|gruss)\s+[^\W\d_]\w{1,20}(?: [^\W\d_][\w.]{0,20})?|"
    r"best|all the best|cheers|take care|warmly|"
    r"(?:(?:many )?thank(?:s| you)(?:,| and| &| \+)? )?(?:with |my |many |very )?(?:(?:kind(?:est)?|best|warm(?:est)?|with|sincere|friendly|good) )*(?:regards|wishes)(?: from .{2,30})?|"
    r"(?:yours|very) (?:sincerely|truly|faithfully)|sincerely(?: yours)?|respectfully(?: yours)?|cordially|kr|br|rgds|"
    r"(?:mit |viele |liebe |beste |freundliche |freundlichem |bestem |lieber |lieben |herzliche |schöne |besten |vielen |freundlichen |herzlichen |lieben |und |mfg )*gr(?:ü|ue?|u)(?:ß|ss)(?:e|en)?"
    r"(?: (?:aus|von) .{2,30})?|hochachtungsvoll|m\.?f\.?g\.?|lg|vg|"
    r"(?:bien )?cordialement|salutations(?: distinguées)?|bien à vous|sincères salutations|cdlt|amicalement|"
    r"(?:un |muchos |cordiales )?saludos?(?: cordiales)?|atentamente|un cordial saludo|atenciosamente|att\.?|abraços?|cumprimentos|"
    r"(?:cordiali |distinti )?saluti|(?:met )?vriendelijke groet(?:en)?|groeten|mvg|"
    r"(?:med )?(?:venlig|vennlig|vänlig|vänliga|bästa|med|de bedste|bedste|mange|beste) ?(?:hilsen|hilsener|hälsning|hälsningar|hilsner)|"
    r"hilsen|hälsningar|mvh|vh|kh|ystävällisin terveisin|terveisin|t\.|"
    r"(?:z )?(?:poważaniem|powazaniem)|pozdrawiam|pozdrowienia|s pozdravem|с уважением|с наилучшими пожеланиями|"
    r"(?:üdvözlettel|tisztelettel)|saygılar(?:ımla|ımızla)?|cu stim[aă]|よろしくお願い(?:いた|致)?します|以上"
    r")(?:,\s+[^\W\d]\w*(?: \w+\.?){0,2})?[\s*_,.!;-]{0,5}$",
    re.IGNORECASE,
)
THANKS = re.compile(
    r"^[\s*_]{0,3}(?:(?:many |much |with )?thanks(?: (?:again|a lot|so much|in advance|and (?:best |kind )?regards))?|thank you(?: (?:again|"
    r"very much|so much|in advance))?|thx|cheers|best|(?:vielen |besten |herzlichen )?dank(?:e)?(?: im voraus)?|danke(?: und .{2,30})?|"
    r"merci(?: (?:d'avance|beaucoup))?|(?:muchas )?gracias(?: de antemano)?|bedankt|tack|tak|takk|kiitos|dziękuję|спасибо|grazie|"
    r"obrigad[oa])[\s*_,.!;\u2600-\U0001faff-]{0,6}$",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"\+?\(?\d[\d ()./-]{6,}\d|https?://|\bwww\.|[\w.+-]{1,64}@[\w-]{1,63}\.\w|^\W{0,3}(?:tel|phone|mobile?|fax|cell|direct|m|t|f)\b\.?[:.]|"
    r" \| |\b(?:gmbh|inc|ltd|llc|ag|s\.?a\.?r?\.?l|b\.v|corp)\b",
    re.IGNORECASE,
)
# The first line of a visiting card: two to four words that begin with capitals.
PERSON_NAME = re.compile(
    r"^\s{0,3}(?:\[[^\[\]\n]{1,40}\]\s{0,4})?\*?[^\W\d_a-z][\w.'-]{1,20}(?: [^\W\d_a-z][\w.'-]{0,20}){1,3}\*?(?:,.{1,40})?\s*$"
)
STAMPED = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d\d:\d\d:\d\d\b")  # a line of a log
PHONE = re.compile(r"\+?\(?\d[\d ()./-]{6,}\d")
LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
INITIAL = re.compile(r"^\s{0,3}/{1,2}[^\W\d_][\w.]{0,15}(?: [^\W\d_][\w.]{0,15})?\s*$")  # "/Mikko"
# "My answers in red": they stand in what was answered to.
ANSWERS_INSIDE = re.compile(
    r"\b(?:comments?|answers?|repl(?:y|ies)|responses?|remarks?|notes?)\b.{0,40}\b(?:below|inline|in ?line|in (?:red|blue|green|bold|the text))\b|"
    r"\b(?:see|answered|replied|commented)\b.{0,30}\b(?:inline|in ?line|in (?:red|blue|green|bold))\b|"
    r"\b(?:antworten|kommentare|anmerkungen)\b.{0,40}\b(?:unten|im text|in (?:rot|blau|grün)|farbig)\b|"
    r"\b(?:réponses|commentaires|remarques)\b.{0,40}(?:ci-dessous|dans le (?:texte|corps)|en (?:rouge|bleu|vert))|"
    r"\b(?:respuestas|comentarios)\b.{0,40}(?:abajo|en (?:rojo|azul|verde))|\b(?:risposte|commenti)\b.{0,40}(?:sotto|in (?:rosso|blu|verde))|"
    r"\b(?:antwoorden|opmerkingen)\b.{0,40}(?:hieronder|in (?:het rood|rood|blauw))|\b(?:respostas)\b.{0,40}(?:abaixo|em vermelho)",
    re.IGNORECASE,
)
# A subject that says "passed on": of the mail itself, not of one that is answered to.
PASSED_ON = re.compile(
    r"^\s*(?:\[[^\[\]]{1,30}\]\s*)*(?:fwd?|wg|tr|rv|enc|vl|vb|pd|doorst|továbbítás|ilt|i̇lt|转发|轉寄|転送)\s?[:：]",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(
    r"^\W{0,3}(?:(?:p\.? ?s\.?|n\.b\.|nachtrag|edit|update)\s?[:.,-]?\s|\[\d{1,3}\]\W)", re.IGNORECASE
)
GREETING = re.compile(r"^\W{0,3}(?:hello|hi|hey|dear|hallo|guten tag|sehr geehrte|bonjour|hola|ciao)\b", re.IGNORECASE)
HEADING = re.compile(
    r"^\W*(?:disclaimer|confidentiality(?: notice)?|legal notice|important notice|haftungsausschluss)\W*$",
    re.IGNORECASE,
)

DISCLAIMER = re.compile(
    r"(?:this|the(?: information| contents?)?(?: contained)?(?: in)?(?: this)?|any) (?:e-?mail|message|communication|transmission)"
    r".{0,120}(?:confidential|privileged|intended|virus|disclaim|legally)|"
    r"intended (?:only |solely |exclusively )?(?:for|recipient)|if you (?:are|have) (?:not the|received this)|"
    r"confidentiality (?:notice|note)|^\W*(?:disclaimer|confidential(?:ity)?|legal notice|privileged)\b.{0,60}[:\n]|"
    r"(?:please )?consider the environment|think (?:of|about) the environment|save (?:a tree|paper)|before printing|"
    r"diese (?:e-?mail|nachricht|mail).{0,80}(?:vertraulich|bestimmt)|vertrauliche (?:und|oder|informationen)|"
    r"ce (?:message|courriel|mail).{0,80}(?:confidentiel|destin)|este (?:mensaje|correo).{0,80}(?:confidencial|dirigid)|"
    r"(?:virus[- ]free|checked by avg|scanned (?:by|for)|checked for viruses|avast).{0,60}|"
    r"(?:questo messaggio|dit bericht|deze e-?mail|denne e-?mail|esta mensagem).{0,80}(?:confiden|riservat|vertrouwelijk|fortrolig)|"
    r"(?:i|we) work flexibl[ey]|outside (?:of )?(?:your|my) (?:own |normal )?(?:working|office) hours|"
    r"registered (?:office|in england)|(?:amtsgericht|handelsregister|geschäftsführer|ust-?id)",
    re.IGNORECASE,
)
BANNER = re.compile(
    r"^\W*(?:caution|warning|external|\[?external (?:e-?mail|sender|message)\]?|achtung|vorsicht|attention|sicherheitshinweis)\b.{0,200}"
    r"(?:originat|outside|external|sender|links?|außerhalb|extern|extérieur|organi[sz]ation)|"
    r"^\W*(?:this (?:e-?mail|message) (?:originated|came|is) from (?:an? )?(?:outside|external)|you don't often get e-?mail from|"
    r"sie erhalten nicht (?:oft|häufig) e-?mails? von|diese e-?mail stammt von einem externen)|"
    r"^\W*\[ext(?:ern(?:al)?)?(?: (?:e-?mail|sender|message))?\]\W*$",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(
    r"mailing list|mailman/(?:listinfo|options)|list(?:info|serv)\b|unsubscribe|to unsubscribe|you received this (?:message|e-?mail|mail) because|"
    r"you are receiving this|google groups|abbestellen|abmelden|se désinscrire|désabonner|yahoo! groups|lists\.|sourceforge\.net",
    re.IGNORECASE,
)
# All that the pattern can find holds one of these; it is tried at every letter of a line.
_IN_LIST_FOOTER = (
    "list", "mailman/", "unsubscribe", "you received this", "you are receiving this", " groups", "abbestellen", "abmelden",
    "désinscrire", "désabonner", "sourceforge",
)  # fmt: skip


def is_list_footer(line: str) -> bool:
    """Whether a line is what mailing lists put below a mail."""
    small = in_small_letters(line)
    return any(sign in small for sign in _IN_LIST_FOOTER) and _LIST_FOOTER.search(line) is not None


def in_small_letters(text: str) -> str:
    """A text as patterns that ignore case compare it: to them, a long s is an s, and an i without its dot is an i."""
    if not text.isascii():
        text = text.replace("\u017f", "s").replace("\u0131", "i").replace("\u0130", "i")
    return text.lower()
