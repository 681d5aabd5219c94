"""How people thank, and how they say that it works: seven languages, one phrase a line.

`(a|b|)` is a choice, an empty one may be left out. Words stand as `helpdesk.core.thanks` reads them: lower case,
without accents and apostrophes. No phrase may hold a question, a refusal, a further request or the hope of more to
come ("thanks in advance", "so far"); a word that could stand in any of those is not here by itself.
"""
# ruff: noqa: E501  one phrase a line

from __future__ import annotations

from typing import Literal

Kind = Literal["thanks", "confirms", "assents", "filler", "closing"]

_ADVERB = "(now|again|fine|perfectly|perfect|great|well|nicely|correctly|properly|flawlessly|smoothly|as expected|as it should|like a charm|as before|for (me|us)|on (my|our) (end|side)|)"
_ADVERBS = f"{_ADVERB} {_ADVERB} {_ADVERB}"
_IT = "(it|it all|everything|all|this|that|the fix|the solution|the update|the patch|the workaround|your (fix|solution|suggestion|hint|tip|advice))"
_CASE = "(it|this|that|(the|this|my|our) (case|ticket|issue|request|incident|one))"
_TROUBLE = "(problem|issue|error|case|ticket|matter|question|request)"
_QUICK = "(very|really|super|)(quick|fast|prompt|great|excellent|kind|swift|good|wonderful|immediate|rapid|friendly|helpful|amazing|outstanding|speedy|)"

_THANKS_EN = f"""
(many|thousand|a thousand|big|huge|) thanks (again|once again|) (a lot|so much|very much|a million|a bunch|a ton|much|guys|)
(many thanks|thanks|thank you|thankyou) (and|) (again|) to (you|you all|all|everyone|the (whole|entire|) team)
(a big|a huge|) (thank you|thankyou) (all|both|guys|everyone|) (again|once again|once more|) (so much|very much|so very much|kindly|a lot|) (again|indeed|)
thx (a lot|again|)
thnx
tnx
ty
cheers (mate|guys|)
(its|that is|thats|) (very|) much appreciated
(i|we) (really|truly|very much|) appreciate (it|this|that|(your|the|all the|all your) {_QUICK} (help|support|assistance|response|reply|work|effort|efforts)) (very much|a lot|)
"""
_OBJECT_EN = f"""
for (that|this|it|everything|all|all of (this|that|it))
for (all|) (your|the|this) {_QUICK} (help|support|response|reply|answer|fix|assistance|work|service|explanation|clarification|info|information|update|feedback|effort|efforts|time|patience|hint|tip|solution|resolution|attention|turnaround|job|advice|reaction|handling) (with this|on this|in this matter|)
for (getting back|getting back to (me|us)|looking into (it|this|that)|fixing (it|this|that|the {_TROUBLE})|helping (me|us|) (out|)|taking care (of (it|this|that)|)|sorting (it|this|that) out|letting (me|us) know|(resolving|solving) (it|this|that|the {_TROUBLE})|clarifying|explaining|confirming|the confirmation) (so|) (quickly|fast|promptly|)
"""
_CONFIRMS_EN = f"""
{_IT} (now|) (works|worked|does work|is working|seems to work|seems to be working|appears to work|appears to be working) {_ADVERBS}
(its|thats|all is|everythings) (now|all|) (working|fixed|resolved|solved|sorted|back to normal|up and running|running) {_ADVERBS}
{_IT} (is|has been|got|was|seems|seems to be|appears to be) (now|all|) (fixed|resolved|solved|sorted|back to normal|up and running) {_ADVERBS}
(now|) (works|working) {_ADVERBS}
(all|now|) (fixed|resolved|solved|sorted) (now|)
(the|this|my|our|) {_TROUBLE} (is|has been|was|seems|seems to be|) (now|) (solved|resolved|fixed|sorted|gone|answered) (now|for (me|us)|)
({_IT}|which) (has|) (just|) (did it|did the trick|did the job|done the trick|helped|helped (me|us) (out|) (a lot|)|fixed (it|this|that|the {_TROUBLE}|my {_TROUBLE}|our {_TROUBLE})|solved (it|this|that|the {_TROUBLE}|my {_TROUBLE}|our {_TROUBLE})|resolved (it|this|that|the {_TROUBLE}|my {_TROUBLE}|our {_TROUBLE})|answers (my|our) question|answered (my|our) question) (now|for (me|us)|)
you (have|) (fixed|solved|resolved) (it|this|that|(the|my|our) {_TROUBLE})
(so|) (you|we) (can|may|could) (now|then|therefore|) (go ahead and|) close {_CASE} (now|)
(please|feel free to|go ahead and|happy for you to) close {_CASE} (now|)
{_CASE} (can|may) (now|) be closed (now|)
(i|we) (am|are) (all|) set (now|)
(im|were) (all|) set (now|)
(i have|we have|there are|) no (further|more|other) (questions|issues|problems|concerns) (at the moment|from (my|our) side|)
(there is|) nothing (else|more|further) (is|) (needed|required) (from you|from your side|)
(it|this|that) was (fixed|solved|resolved)
"""
_ASSENTS_EN = """
(ok|okay|great|perfect|super|excellent|awesome|wonderful|fantastic|brilliant|cool|amazing|lovely|marvellous|splendid|yes|yep|yeah)
(very|really|) (nice|good)
(understood|noted|alright|all right|fine|sure)
(i|we|) (got it|see)
(that|this|it) (is|) (sounds|looks|seems|) (all|) (good|great|fine|perfect|ok|okay|clear|excellent|awesome) (now|)
(thats|its|all is|everything is|everything looks|all|looks|sounds) (all|) (good|great|fine|perfect|ok|okay|clear|excellent|awesome) (now|)
(that|it) makes sense
(what|) (great|good) (news|to (hear|know)) (that|)
(im|i am|we are|were|) (very|so|) (glad|happy|pleased|good) to (hear|see) (that|this|it)
well done
(i|we) (can|hereby|) confirm (that|this|it|)
"""
_FILLER_EN = f"""
(hi|hello|hey|dear|good morning|good afternoon|good evening|good day) (there|all|everyone|team|folks|guys|both|again|support|sir|madam|sir or madam|mr|mrs|ms|support team|)
(and|so|now|just|team|everyone|all|guys|folks|support|you guys|once again|again|really|indeed|very much|a lot)
(a|) (great|good|nice|excellent|amazing|awesome|fantastic|wonderful|outstanding) (job|work|help|support|service) (as always|as usual|)
(as always|as usual)
(that|this|it) was ({_QUICK} (help|support|work|service)|(very|really|super|incredibly|) (quick|fast|helpful|kind|great)) (of you|)
(wow|) (very|really|super|) (quick|fast|prompt) (help|response|reply|support|work|service|)
(you are|youre|you re) (the best|awesome|great|amazing|a star|a lifesaver|very kind|too kind)
(have|wishing you|i wish you|wish you) (a|an) (very|) (nice|great|good|lovely|wonderful|pleasant|excellent|happy|fantastic) (day|weekend|week|evening|afternoon|one|rest of (the|your) (day|week)) (ahead|too|)
(you too|same to you|to you too|likewise|keep up the good work|happy (friday|holidays|new year|easter)|merry christmas|take care)
(i|we) (have|) (just|) (tested|tried|checked|verified) (it|this|that|the fix|) (again|just now|today|and|)
(i|we) (just|) (wanted|want) to (say|let you know|confirm) (that|)
"""
_CLOSING_EN = """
((with|) (kind|best|warm|many|kindest|warmest|friendly|) regards|regards|br|kr|best|best wishes|all the best|yours (sincerely|faithfully|)|sincerely (yours|)|thanks and (best|kind|) regards|rgds)
"""

_ADVERB_DE = "(jetzt|nun|wieder|alles|gut|super|prima|perfekt|bestens|einwandfrei|problemlos|tadellos|wunderbar|reibungslos|wie gewunscht|wie erwartet|wie gewohnt|wie es soll|bei (mir|uns)|auch|so|damit|)"
_ADVERBS_DE = f"{_ADVERB_DE} {_ADVERB_DE} {_ADVERB_DE}"
_CASE_DE = "((das|dieses|mein|unser) ticket|(den|diesen|meinen|unseren) (fall|vorgang|case)|(die|diese|meine|unsere) anfrage|es|ihn|sie|das)"
_QUICK_DE = "(sehr|wirklich|super|)(schnelle|rasche|prompte|tolle|gute|freundliche|umgehende|flotte|zugige|grossartige|kompetente|schnellen|raschen|guten|tollen|schnelles|tolles|)"
_TROUBLE_DE = "((das|mein|unser) (problem|ticket|thema)|(der|mein|unser) (fehler|fall|vorgang)|(die|meine|unsere) (sache|frage|storung|anfrage))"

_THANKS_DE = """
(vielen|besten|herzlichen|lieben|tausend|schonen|ganz herzlichen|recht herzlichen|) (lieben|) dank (nochmals|nochmal|noch mal|noch einmal|auch|ihnen|euch|dir|an (alle|euch|sie|das (ganze|) team)|)
(ich|wir|) (danke|danken) (ihnen|euch|dir|) (allen|) (sehr|vielmals|herzlich|ganz herzlich|recht herzlich|schon|nochmals|nochmal|) (noch mal|)
(dankeschon|dankesehr|danke schon|danke sehr)
(ich|wir) (bedanke mich|bedanken uns) (sehr|herzlich|recht herzlich|nochmals|) (bei (ihnen|euch|dir)|)
"""
_OBJECT_DE = f"""
fur (die|ihre|eure|deine|diese|das|ihr|euer|dein|den|ihren|euren|deinen) {_QUICK_DE} (hilfe|unterstutzung|antwort|ruckmeldung|losung|info|information|informationen|bearbeitung|reaktion|auskunft|erklarung|muhe|bemuhungen|tipp|hinweis|support|arbeit|aufwand|engagement|einsatz|geduld|behebung|umsetzung|feedback|service)
fur alles
"""
_CONFIRMS_DE = f"""
(es|das|alles|dies|ihre losung|die losung|ihr tipp|der tipp|das update) (funktioniert|klappt|geht|lauft|hat (so|) (funktioniert|geklappt|geholfen)) {_ADVERBS_DE}
(jetzt|nun|damit|so|) (funktioniert|klappt|geht|lauft) (es|das|alles|) {_ADVERBS_DE}
(das|es|ihr tipp|der tipp|ihre losung|die losung|) hat (sehr|super|prima|wunderbar|) (funktioniert|geklappt|geholfen)
({_TROUBLE_DE}|es|das|alles) (ist|hat sich|wurde|konnte) (jetzt|nun|damit|somit|) (gelost|behoben|erledigt|geklart|beantwortet|gelost werden) (jetzt|)
(damit|somit|nun|) (hat sich|ist) (das|es|die sache|{_TROUBLE_DE}) (jetzt|nun|) (erledigt|gelost|behoben|geklart)
(problem|fehler|alles|) (ist|) (behoben|gelost|erledigt)
(sie|ihr|du) (konnen|konnt|kannst|durfen) (gerne|gern|jetzt|nun|) {_CASE_DE} (gerne|gern|jetzt|nun|damit|somit|) (schliessen|zumachen|abschliessen)
((das|mein|unser|dieses) ticket|(der|dieser|mein|unser) (fall|vorgang|case)|(die|diese|meine|unsere) anfrage|ticket|fall) kann (gerne|gern|jetzt|nun|somit|damit|) geschlossen werden
bitte (gerne|) {_CASE_DE} schliessen
(ich habe|wir haben|es gibt|) keine (weiteren|) fragen mehr
(ich habe|wir haben|) keine weiteren fragen
"""
_ASSENTS_DE = """
(perfekt|super|prima|toll|klasse|ausgezeichnet|wunderbar|bestens|hervorragend|genial|spitze|topp|top|grossartig|fantastisch|cool|mega|ja|jawohl|genau|jo)
(sehr|) (gut|schon|nett|freundlich)
(alles klar|verstanden|passt|(das|es) passt (so|)|in ordnung|alles (gut|bestens|super|prima|in ordnung)|geht klar|einverstanden)
(das|es) ist (super|toll|prima|perfekt|klasse|gut|sehr gut|in ordnung|ok)
(das|) freut (mich|uns) (sehr|)
(hiermit|) (bestatige ich|ich bestatige|wir bestatigen) (das|)
"""
_FILLER_DE = """
(hallo|hi|moin|moin moin|servus|gruss gott|gruezi|guten (tag|morgen|abend)|liebes|lieber|liebe|sehr geehrte|sehr geehrter) (zusammen|an alle|team|frau|herr|herrn|damen und herren|kollegen|kolleginnen und kollegen|support|supportteam|support team|)
(und|team|zusammen|nochmals|noch mal|noch einmal|sehr|vielmals|auch|jetzt|nun|ihr lieben)
(ich|wir) (wunsche|wunschen) (ihnen|euch|dir|) (noch|) (einen|ein|eine) (schonen|schones|schone|angenehmen|guten|gute) (tag|wochenende|woche|feierabend|abend|arbeitstag) (noch|)
(einen|ein|eine|) (schonen|schones|schone|angenehmen|guten) (tag|wochenende|woche|feierabend|abend|restlichen tag) (noch|)
(ihnen|euch|dir) (auch|ebenso|ebenfalls) (noch|) (einen|ein|) (schonen|schones) (tag|wochenende|feierabend|abend)
(ihnen auch|euch auch|gleichfalls|ebenfalls|ebenso|frohe weihnachten|schone feiertage)
(das ging|ging) ja (schnell|fix|flott)
(das|) (war|ging) (sehr|ja|super|wirklich|) (schnell|hilfreich|nett|fix)
(sehr|) (schnelle|tolle|super|prima|gute) (hilfe|arbeit|unterstutzung|reaktion)
(ich habe|wir haben|) (es|das|) (gerade|soeben|eben|) (getestet|gepruft|ausprobiert|probiert)
"""
_CLOSING_DE = """
((mit|) (freundlichen|freundlichem|besten|vielen|lieben|herzlichen|schonen|bestem) (grussen|gruss|gruessen)|(viele|beste|liebe|schone|freundliche|herzliche|) (grusse|gruesse|gruss)|(freundlicher|lieber|bester|schoner) gruss|mfg|lg|vg|bg|(danke|vielen dank) und (viele|beste|liebe|schone|) (grusse|gruesse|gruss))
"""

_THANKS_FR = """
(un|) (grand|tres grand|) merci (beaucoup|infiniment|bien|encore|mille fois|enormement|) (a (vous|toi|tous|toute lequipe|lequipe)|) (beaucoup|encore|)
(mille|) mercis
(je|nous) (vous|te) (en|) (remercie|remercions) (beaucoup|infiniment|vivement|sincerement|encore|)
(avec|) tous mes remerciements
"""
_OBJECT_FR = """
pour (votre|ton|la|le|cette|ce|vos|tout|) (tres|) (rapide|bonne|excellente|precieuse|super|) (aide|laide|reponse|retour|support|rapidite|reactivite|intervention|assistance|solution|resolution|information|explication|explications|efforts|travail|patience|service|reponse rapide|tout|professionnalisme) (rapide|precieuse|si rapide|tres rapide|)
(davoir|de mavoir|de nous avoir) (regle|resolu|corrige|aide) (le probleme|ce probleme|cela|ca|) (si|aussi|) (vite|rapidement|)
"""
_CONFIRMS_FR = """
(ca|cela|tout|le tout|) (marche|fonctionne|remarche|refonctionne|a (marche|fonctionne)) (bien|tres bien|parfaitement|nickel|correctement|a merveille|) (maintenant|de nouveau|a nouveau|desormais|) (bien|parfaitement|chez (moi|nous)|)
(maintenant|) (ca|cela|tout) (marche|fonctionne) (bien|parfaitement|)
(cest|tout est|cela est) (maintenant|bien|desormais|) (regle|resolu|repare|corrige|rentre dans lordre|retabli) (maintenant|)
(le|mon|notre|ce|) (probleme|souci|incident|bug) (est|a ete|semble|) (maintenant|bien|desormais|) (resolu|regle|corrige)
vous pouvez (donc|maintenant|desormais|) (fermer|cloturer|clore) (le|ce|cette|la|mon|notre) (ticket|demande|dossier|incident|cas)
(le|ce|la|cette) (ticket|dossier|demande) peut (etre|donc etre) (ferme|cloture|fermee|cloturee)
(je nai|nous navons|) (plus|pas) dautres questions
"""
_ASSENTS_FR = """
(parfait|super|genial|excellent|nickel|daccord|oui|impeccable|top|entendu|formidable|bravo|magnifique|merveilleux)
(tres|) bien
(cest|tout est) (parfait|super|bon|genial|note|clair|ok|nickel|excellent) (pour (moi|nous)|maintenant|)
(bien recu|bien note|ca marche pour (moi|nous))
(je|nous) (confirme|confirmons) (que|)
"""
_FILLER_FR = """
(bonjour|bonsoir|salut|cher|chere|coucou|re bonjour|rebonjour) (a tous|madame|monsieur|lequipe|toute lequipe|)
(et|maintenant|encore|beaucoup|lequipe|a toute lequipe|a tous|vraiment)
(je|nous) (vous|te) (souhaite|souhaitons) (une|un) (tres|) (bonne|bon|excellente|excellent|agreable) (journee|soiree|fin de journee|week end|weekend|semaine|continuation)
(une|un|) (tres|) (bonne|bon|excellente|excellent|belle|agreable) (journee|soiree|fin de journee|continuation|semaine|week end|weekend) (a vous|a toi|a tous|)
(a (vous|toi) aussi|de meme|egalement|a (vous|toi) egalement)
(cetait|) (tres|vraiment|) (rapide|efficace)
(je viens de|nous venons de) (tester|verifier) (et|)
"""
_CLOSING_FR = """
((bien|tres|) cordialement|bien a (vous|toi)|(sinceres|meilleures|cordiales|) salutations|cdlt|cdt|amicalement|sincerement|a bientot)
"""

_THANKS_ES = """
(muchas|muchisimas|mil|infinitas|) gracias (a (ti|usted|ustedes|vosotros|todos|todo el equipo|el equipo)|) (de nuevo|otra vez|nuevamente|)
(te|le|les|os|se) (lo|) (agradezco|agradecemos) (mucho|muchisimo|de nuevo|)
(muy|) (agradecido|agradecida|agradecidos)
"""
_OBJECT_ES = """
por (la|el|su|tu|vuestra|vuestro|toda la|todo el|toda su|vuestra) (rapida|excelente|gran|pronta|buena|) (ayuda|respuesta|apoyo|soporte|atencion|solucion|gestion|asistencia|servicio|trabajo|informacion|aclaracion|rapidez) (rapida|prestada|)
por (todo|todo esto|ayudar|ayudarme|ayudarnos|responder|la rapidez)
"""
_CONFIRMS_ES = """
(ya|ahora|todo|ya todo|ahora todo|esto|eso|ahora si|ahora ya|) (ya|) (me|nos|) (funciona|funciono|funcionan|sirvio|esta (resuelto|solucionado|arreglado|funcionando)|quedo (resuelto|solucionado|arreglado)) (todo|) (bien|muy bien|perfectamente|correctamente|perfecto|sin problemas|de maravilla|) (ahora|de nuevo|otra vez|) (todo|)
(el|mi|nuestro|este|) (problema|error|inconveniente) (ya|) (esta|ha sido|fue|quedo|se (ha|)|) (ya|) (resuelto|solucionado|arreglado|resolvio|soluciono)
(pueden|puede|puedes|podeis|podemos) (ya|) cerrar (el|este|mi) (caso|ticket|incidente)
(pueden|puede|puedes|podeis|podemos) (ya|) cerrar (la|esta) (incidencia|consulta|solicitud)
(pueden|puede|puedes|podeis|) (ya|) cerrarlo
(no tengo|no tenemos|sin) (mas|otras) (preguntas|dudas)
"""
_ASSENTS_ES = """
(perfecto|genial|excelente|vale|si|estupendo|fantastico|buenisimo|listo|entendido|enterado|bien|claro|correcto|fenomenal|maravilloso)
(muy|) (bien|bueno|amable|amables)
(de acuerdo|todo (bien|en orden|correcto|perfecto|ok))
(esta|queda) (perfecto|bien|claro)
(le|les|os|te|) (confirmo|confirmamos) (que|)
"""
_FILLER_ES = """
(hola|buenos dias|buen dia|buenas tardes|buenas noches|buenas|estimado|estimada|estimados|estimadas|querido|querida) (a todos|equipo|senor|senora|senores|)
(y|equipo|a todos|ahora|de nuevo|otra vez|mucho|muchisimo)
que (tenga|tengan|tengas|tengais|pase|pasen|pases) (un|una|) (muy|) (buen|buena|excelente|feliz|lindo) (dia|semana|fin de semana|tarde|noche)
(feliz|buen|buena) (dia|semana|fin de semana|tarde|finde)
(igualmente|para usted tambien|para ti tambien)
(muy|) (rapido|rapida|eficiente)
(acabo de|acabamos de) (probar|comprobar|verificar) (y|lo|)
"""
_CLOSING_ES = """
((un|muchos|) (cordial|) (saludo|saludos) (cordiales|)|saludos cordiales|atentamente|atte|cordialmente|un abrazo|abrazos)
"""

_THANKS_OTHER = """
(molte|mille|tante|) grazie (mille|tante|infinite|ancora|di nuovo|a (tutti|voi|te|lei)|di tutto|) (ancora|)
(vi|ti|la|le) ringrazio (molto|tanto|ancora|)
(hartelijk|heel erg|erg|heel|super|nogmaals|) (bedankt|dank) (hoor|allemaal|nogmaals|)
(dank (je|u) (wel|)|dankjewel|dankuwel|danku) (nogmaals|)
(muito|muitissimo|) (obrigado|obrigada|obrigados) (a todos|mais uma vez|novamente|)
"""
_OBJECT_OTHER = """
per (il|la|laiuto|lassistenza|il supporto|la risposta|la risposta rapida|il vostro aiuto|la rapidita|la disponibilita|tutto)
voor (de|je|uw|jullie|alle) (snelle|goede|fijne|) (hulp|reactie|antwoord|oplossing|ondersteuning|service|moeite)
(pela|pelo|por) (sua|seu|tua|teu|vossa|) (rapida|otima|excelente|) (ajuda|apoio|suporte|resposta|atencao|solucao|tudo) (rapida|)
"""
_CONFIRMS_OTHER = """
(ora|adesso|tutto|ora tutto|adesso tutto|) (funziona|ha funzionato) (tutto|) (bene|perfettamente|correttamente|benissimo|) (ora|adesso|di nuovo|)
(il|) problema (e|e stato|) (stato|) (risolto|sistemato)
(e|) (tutto|) risolto
(potete|puo|puoi) chiudere (il|questo) (caso|ticket)
(het|alles|dit) werkt (nu|weer|allemaal|) (weer|goed|prima|perfect|uitstekend|helemaal|) (nu|)
(nu|) werkt (het|alles) (weer|nu|) (goed|prima|perfect|)
(het|) (probleem|is|) (is|) opgelost
(je|u|jullie) (kan|kunt|kunnen) (het|dit|de) (ticket|zaak|melding|verzoek|) (nu|) sluiten
(agora|ja|tudo|agora ja|) (esta|) (funciona|funcionou|funcionando|resolvido|a funcionar) (bem|perfeitamente|corretamente|normalmente|) (agora|novamente|)
(o|) problema (foi|esta|) (resolvido|solucionado)
(pode|podem) (fechar|encerrar) (o|este) (caso|chamado|ticket)
"""
_ASSENTS_OTHER = """
(perfetto|ottimo|benissimo|fantastico|eccellente|va bene|daccordo|si|chiaro|grande)
(prima|mooi|fijn|goed|uitstekend|geweldig|helemaal goed|in orde|akkoord|ja)
(perfeito|otimo|excelente|maravilha|certo|sim|tudo bem|tudo certo|muito bom)
"""
_FILLER_OTHER = """
(ciao|salve|buongiorno|buonasera|gentile|gentili) (a tutti|signori|signora|signore|)
(buona (giornata|serata|settimana)|buon (weekend|fine settimana|lavoro|pomeriggio)) (a (tutti|voi|lei)|)
(goedemorgen|goedemiddag|goedenavond|goedendag|beste|hoi|dag|allen)
(een|) (fijne|prettige) (dag|avond|week|weekend) (nog|verder|)
(fijn|prettig|goed) weekend
(ola|oi|bom dia|boa tarde|boa noite|prezado|prezada|prezados|caro|cara|caros)
(tenha|tenham|) (um|uma|) (otimo|otima|bom|boa|excelente) (dia|semana|fim de semana|tarde)
(en|e|um|ancora|nogmaals)
"""
_CLOSING_OTHER = """
((cordiali|distinti|cari|) saluti|un saluto|a presto)
((met|) (vriendelijke|hartelijke) (groet|groeten)|groet|groeten|groetjes|mvg)
(atenciosamente|att|(os melhores|melhores|) cumprimentos|abraco|abracos|um abraco)
"""

PHRASES: tuple[tuple[Kind, str], ...] = (
    *(("thanks", lines) for lines in (_THANKS_EN, _THANKS_DE, _THANKS_FR, _THANKS_ES, _THANKS_OTHER)),
    *(("filler", lines) for lines in (_OBJECT_EN, _OBJECT_DE, _OBJECT_FR, _OBJECT_ES, _OBJECT_OTHER)),
    *(("confirms", lines) for lines in (_CONFIRMS_EN, _CONFIRMS_DE, _CONFIRMS_FR, _CONFIRMS_ES, _CONFIRMS_OTHER)),
    *(("assents", lines) for lines in (_ASSENTS_EN, _ASSENTS_DE, _ASSENTS_FR, _ASSENTS_ES, _ASSENTS_OTHER)),
    *(("filler", lines) for lines in (_FILLER_EN, _FILLER_DE, _FILLER_FR, _FILLER_ES, _FILLER_OTHER)),
    *(("closing", lines) for lines in (_CLOSING_EN, _CLOSING_DE, _CLOSING_FR, _CLOSING_ES, _CLOSING_OTHER)),
)
