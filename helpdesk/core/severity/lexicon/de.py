"""German words for the concepts. See `lexicon/__init__.py` for the notation."""

WORDS: dict[str, str] = {
    "not": "nicht nie niemals kaum ohne weder nix noch_nicht nicht_mehr keinesfalls keineswegs",
    "neutral": "nicht_nur nicht_sicher keine_ahnung kein_problem keine_sorge nicht_wahr nicht_zuletzt kein_thema nicht_panik ob_nicht bis_jetzt_nicht ohne_weiteres bei_allen_anderen alle_anderen keine_fehlermeldung keine_fehlermeldungen ohne_fehlermeldung als_gelöst_gemeldet als_gelöst nichts_kaputt wie_lange_~_dauert wie_lange_~_dauern wie_lange_noch gibt_es_~_prognose gibt_es_schon gibt_es_neuigkeiten gibt_es_probleme gibt_es_gerade gibt_es_aktuell geht_jetzt_seit geht_seit geht_schon_seit geht_das_schon geht_~_so steht_in steht_im steht_auf steht_am steht_als steht_dort steht_da steht_drin steht_nur steht_kein steht_bei steht_unter steht_zur steht_ein steht_eine steht_dass steht_das steht_noch stehen_in stehen_im stehen_auf stehen_dort es_geht_um zur_sicherheit mit_sicherheit für_die_hilfe für_ihre_hilfe für_eure_hilfe schnelle_hilfe mit_hilfe um_hilfe",
    "none": "kein keine keinen keinem keiner keinerlei keines nichts null kein_einziger keine_einzige kein_einziges nicht_ein_einziger nicht_eine_einzige gar_nichts",
    "nobody": "niemand niemanden niemandem keiner_von keiner_der keiner_unserer keiner_kann kein_mensch kein_anwender kein_benutzer kein_kunde kein_mitarbeiter keiner_mehr keinem_unserer keines_unserer auf_keinem an_keinem bei_keinem in_keiner keiner_von_uns",
    "can": "kann können könnte könnten konnte konnten lässt lassen möglich schaffen gelingt erlaubt darf dürfen",
    "cannot": (
        "unmöglich ausgeschlossen verhindert unfähig ausgesperrt ausserstande keinen_zugriff kein_zugriff keinen_zugang kein_zugang "
        "unbenutzbar unbrauchbar nicht_nutzbar nicht_mehr_nutzbar handlungsunfähig arbeitsunfähig nicht_imstande nicht_in_der_lage "
        "nicht_bedienbar nicht_benutzbar nicht_einsatzfähig nicht_arbeitsfähig keine_möglichkeit zugriff_verloren"
    ),
    "contrast": "aber jedoch allerdings obwohl trotzdem während dagegen leider sondern doch hingegen",
    "if": "wenn falls würde würden sollte sollten ob angenommen geplant planen beabsichtigen werden_wir nächsten_monat nächstes_jahr nächstes_quartal künftig demnächst bevor_wir vorhaben",
    "firm_if": "falls angenommen theoretisch was_passiert gesetzt_den_fall was_geschieht",
    "future": "nächsten_monat nächstes_jahr nächstes_quartal geplant geplante geplanten künftig demnächst kommende kommenden zukünftige zukünftigen künftige künftigen wird_~_nicht_erreichbar_sein werden_~_nicht_verfügbar_sein wird_abgeschaltet geplanter_ausfall wegen_wartung wegen_wartungsarbeiten geplante_wartung wartungsankündigung wird_~_aktualisiert künftig",
    "down": (
        "offline ausgefallen ausfall totalausfall unerreichbar nicht_erreichbar nicht_verfügbar tot down abgestürzt "
        "zusammengebrochen lahmgelegt ausser_betrieb nicht_mehr_erreichbar nicht_aufrufbar antwortet_nicht reagiert_nicht "
        "gar_nicht_mehr nichts_geht_mehr geht_nichts rein_gar_nichts hinüber fällt_aus fallen_aus systemausfall serverausfall "
        "betriebsausfall weg_vom_fenster komplettausfall nicht_ansprechbar liegt_flach liegt_am_boden liegen_am_boden stromlos störung grossstörung "
        "nicht_mehr_verfügbar nicht_mehr_aufrufbar startet_nicht startet_gar_nicht 503 502 weisse_seite weisser_bildschirm bleibt_weiss leere_seite nicht_erreibar nicht_ereichbar lädt_nicht öffnet_nicht geht_nicht_auf gehen_nicht_auf lässt_sich_nicht_öffnen lassen_sich_nicht_öffnen funktioniert_nichts läuft_nichts nichts_läuft nichts_funktioniert"
    ),
    "halt": (
        "steht stehen stillstand steht_still stehen_still gestoppt stoppt angehalten blockiert blockieren hängt hängen gesperrt "
        "lahm lahmgelegt eingefroren unterbrochen stockt stecken steckt bleibt_stehen eingestellt ruht liegen_geblieben stau "
        "staut stauen angestaut zum_erliegen stillgelegt blockade"
    ),
    "fail": (
        "fehler* fehlgeschlagen fehlschlagen schlägt_fehl schlägt_~_fehl scheitert scheitern gescheitert kaputt defekt defekte störung* "
        "problem probleme problemen "
        "bricht_ab brechen_ab bricht_~_ab abbruch abbrüche abgebrochen absturz abstürze abgestürzt stürzt_ab stürzt_~_ab stürzen_ab "
        "abgelehnt ablehnt lehnt_ab lehnt_~_ab lehnen_ab verweigert verweigern friert hängt hängt_sich aufgehängt leer leere leeren "
        "weisse_seite bleibt_weiss fehlermeldung* exception timeout "
        "funktionsstörung bug bugs versagt versagen geht_nicht läuft_nicht zurückgewiesen weist_zurück ungültig verschwindet "
        "dreht_sich ladekreis sanduhr wirft meckert spinnt streikt klemmt hakt bockt zickt fliegt_raus rausgeworfen abgewiesen 500 404 403 401 "
        "unbekannt ausgegraut rausgeflogen fliegen_raus wirft_~_fehler zurückgeworfen abgemeldet ausgeloggt getrennt funktionsunfähig deaktiviert"
    ),
    "wrong": (
        "falsch falsche falschen falscher falsches fehlt fehlen fehlend* doppelt doppelte inkorrekt unvollständig veraltet veraltete "
        "verschwunden unstimmig abweichend abweichung* vertauscht stimmt_nicht stimmen_nicht nicht_korrekt nicht_richtig "
        "nicht_aktualisiert ungenau unplausibel verkehrt verrutscht abgeschnitten zu_hoch zu_niedrig"
    ),
    "slow": (
        "langsam langsamer langsame extrem_langsam verlangsamt träge zäh verzögert verzögerung* verzögern dauert dauern ewig "
        "minutenlang performance* ladezeit* antwortzeit* wartezeit* ruckelt ruckeln lahmt schneckentempo überlastet rückstand zeitüberschreitung timeout timeouts "
        "minuten_pro sekunden_pro durchsatz bremst kriecht schleppend sekunden_zum_laden "
        "minuten_zum bis_zu_zwei_minuten braucht_~_minuten braucht_~_sekunden hinterher stunden_zu_spät halbe_minute minuten_für minuten_bis"
    ),
    "intermittent": (
        "manchmal sporadisch* gelegentlich* zeitweise zeitweilig immer_wieder ab_und_zu hin_und_wieder teilweise vereinzelt unregelmässig "
        "zufällig unzuverlässig instabil wiederholt mehrmals öfter öfters mal_~_mal jede_dritte jeder_dritte jede_vierte jeder_vierte jede_fünfte jeder_fünfte jede_zweite jeder_zweite "
        "jedes_dritte jedes_zweite beim_zweiten_versuch zweiten_anlauf nach_mehreren_versuchen phasenweise von_zeit_zu_zeit stellenweise häufig "
        "wackelig in_unregelmässigen sporadische "
        "alle_~_minuten alle_~_stunden mal_pro_stunde mal_am_tag verbindungsabbrüche mehrmals_am"
    ),
    "work": (
        "funktioniert funktionieren geht gehen läuft laufen lädt laden öffnet öffnen startet starten reagiert antwortet verarbeitet "
        "verarbeiten ankommen kommt kommen ankommt an anmelden einloggen anmeldung anmeldungen login zugreifen zugriff zugang speichern "
        "gespeichert senden versenden versendet gesendet verschickt übertragen übermittelt synchronisiert abschliessen abgeschlossen bestellen "
        "bestellt aufrufen aufrufbar anlegen erstellen erfassen verkaufen verkauft liefern geliefert ausliefern versand zahlen bezahlen bezahlt "
        "buchen gebucht drucken gedruckt nutzen benutzen nutzbar arbeiten rein reinkommen weiter durch raus hoch anzeigen angezeigt zeigt erreichbar verbinden "
        "verfügbar schreiben hochladen herunterladen importieren exportieren generiert erzeugt abrufen empfangen empfängt abgeschickt aktualisiert "
        "ausgeführt ausführen eingehen ein einsehen sehen fortfahren weiterarbeiten abwickeln produzieren fertigen kommissionieren rechnet berechnet erscheint erscheinen"
    ),
    "ok": (
        "in_ordnung normal einwandfrei problemlos stabil ok okay korrekt richtig fehlerfrei gut reibungslos nicht_betroffen "
        "wie_gewohnt wie_erwartet unauffällig vollständig sauber grün stimmen laufen_weiter läuft_weiter erfolgreich"
    ),
    "else": "sonst ansonsten andere anderen anderer übrige übrigen restliche rest ausser abgesehen alles_andere bei_allen_anderen alle_anderen übrigen",
    "still": "weiterhin noch immerhin trotzdem nach_wie_vor zumindest",
    "core": (
        "bestellung* auftrag* aufträge* kasse kassen warenkorb zahlung* bezahlung* login anmeldung* angebot* verkauf* verkäufe* versand* "
        "lieferung* auslieferung* rechnungsstellung fakturierung lohnlauf gehaltslauf gehaltsabrechnung lohnabrechnung buchung* transaktion* nachricht* "
        "fertigung* produktionslinie* montage* band bänder werk werke lager lagerbestand* umsatz umsätze geschäft geschäftsbetrieb "
        "betrieb schnittstelle* datenaustausch datenübertragung abwicklung kommissionierung checkout kartenzahlung* "
        "lieferschein* lieferscheine lkw warenausgang wareneingang übertragung* verarbeitung disposition vertrieb zugriff"
    ),
    "system": (
        "system *system seite seiten webseite website shop *shop onlineshop webshop portal *portal plattform *plattform anwendung *anwendung app mandant *mandant server "
        "*server dienst dienste datenbank cluster hub gateway schnittstelle api konfigurator umgebung alles software tool produktivsystem "
        "startseite oberfläche instanz kundenportal händlerportal applikation programm systeme filiale laden backend frontend lösung netzwerk"
    ),
    "peripheral": (
        "bewertung* bewertungsstern* bericht* auswertung* report* export* pdf filter* sortierung sortieren spalte* feld felder logo bild bilder vorschau* symbol* "
        "schaltfläche button newsletter benachrichtigung* etikett* übersetzung* tippfehler kopfzeile fusszeile diagramm* grafik* statistik* "
        "dashboard liste listen listenansicht formatierung schriftart farbe farben kommentar* archiv kalender druckansicht vorlage* "
        "menü excel csv zähler anzeige* tooltip* hinweistext datumsfeld dropdown icon profilbild avatar tastenkürzel suchfilter lesezeichen ansicht text "
        "ausdruck zeile zeilen"
    ),
    "instead": "statt anstatt anstelle",
    "account": "login einloggen anmelden anmeldung passwort passwörter konto account zurücksetzen registrieren benutzerkonto profil",
    "no_way": "gibt_es_nicht_mehr nicht_machbar nicht_zu_schaffen kein_anderer_weg keine_andere geht_nur_über nur_darüber ausgeschlossen einzige_möglichkeit einzige_weg einziger_weg keinen_anderen kein_plan_b",
    "polite": "bitte_nachsehen bitte_prüfen bitte_ansehen bitte_anschauen bitte_helfen können_sie_bitte könnten_sie_bitte könnt_ihr_bitte nachsehen nachschauen jemand_kümmern können_sie_helfen können_sie_das_prüfen",
    "internal": "backoffice intern interne internen praktikant verwaltung",
    "all": (
        "alle allen aller alles jede jeder jedes jeden sämtliche sämtlicher gesamt gesamte gesamten ganze ganzen komplett komplette kompletten vollständig vollkommen "
        "total weltweit unternehmensweit konzernweit überall durchgehend immer gänzlich ausnahmslos völlig"
    ),
    "users": (
        "benutzer benutzern anwender anwendern nutzer nutzern kollegen kolleginnen kunden kundinnen mitarbeiter mitarbeitern mitarbeitende mitarbeitenden team "
        "händler händlern verkäufer verkäufern aussendienst standort standorte standorten filiale filialen niederlassung* abteilung* firma unternehmen belegschaft "
        "leute lieferanten partner länder ländern team disponenten sachbearbeiter vertrieb bereich besucher personen"
    ),
    "we": "wir uns",
    "many": "viele vielen mehrere mehreren zahlreiche hunderte tausende dutzende hälfte meisten massenhaft grossteil massiv erheblich zweidrittel zwei_drittel",
    "partial": "einige einigen einzelne einzelnen teilweise teil bestimmte bestimmten nur_in nur_bei nur_für region ein_standort eine_filiale ausgewählte drittel viertel prozent eingeschränkt bestimmter",
    "one": (
        "ein_~_kunde eine_~_kundin ein_~_kollege eine_~_kollegin einem_~_kunden einem_~_lieferanten ein_~_lieferant ein_~_händler ein_~_benutzer ein_~_mitarbeiter ein_~_artikel ein_benutzer ein_anwender ein_kunde eine_kundin ein_kollege eine_kollegin nur_ich nur_bei_mir bei_mir mein_konto mein_account meinem_rechner mein_passwort "
        "einem_kollegen einer_kollegin einem_kunden einer_kundin einem_benutzer ein_mitarbeiter eine_mitarbeiterin einzelner_benutzer einziger_benutzer ein_artikel ein_datensatz ein_browser "
        "einem_mitarbeiter einer_mitarbeiterin ein_einzelner einzelnen_kunden nur_eine_person mein_login zwei_kollegen praktikant praktikantin ein_feld nur_eine nur_ein "
        "nur_einen nur_einem nur_bei_frau nur_bei_herrn nur_bei_einem nur_bei_einer zwei_benutzer zwei_mitarbeiter zwei_kunden einer_unserer_kunden eine_unserer_kundinnen eine_unserer_kolleginnen einer_unserer_mitarbeiter einer_unserer_kollegen einer_meiner_kollegen eine_meiner_kolleginnen"
    ),
    "prod": (
        "produktiv* produktion prod live livesystem live_system live_shop liveshop livebetrieb echtbetrieb echtsystem wirkbetrieb "
        "produktivsystem produktivumgebung produktionssystem produktionsumgebung"
    ),
    "not_prod_word": "go_live golive produktionslinie* produktionshalle produktionsplanung livegang live_gang produktionsleiter produktivität* produktion_im_werk produktionsband produktivsetzung unsere_produktion in_unserer_produktion",
    "nonprod": (
        "testsystem* testumgebung* testmandant* testinstanz* test_system test_umgebung entwicklungssystem* entwicklungsumgebung* sandbox staging "
        "abnahmesystem* abnahmeumgebung* integrationssystem* integrationsumgebung* qs_system qs_umgebung schulungssystem* schulungsumgebung* schulungsmandant* "
        "demosystem* demoumgebung* im_test uat qa dev vorproduktion* preprod pilotumgebung referenzsystem* testshop* auf_test testserver* spielwiese probesystem "
        "konsolidierungssystem* testlandschaft demomandant* in_der_entwicklung integrationstest testfälle noch_nicht_live inbetriebnahme abnahmetest"
    ),
    "workaround": (
        "workaround umgehung* umgehungslösung stattdessen von_hand händisch manuell ausweichen ausweichlösung übergangsweise vorläufig behelfen "
        "behelfslösung vorerst derweil einstweilen in_der_zwischenzeit zwischenzeitlich alternativ alternative notlösung notbehelf solange umgehen telefonisch per_telefon auf_papier "
        "in_excel über_excel anderer_browser anderen_browser mit_chrome mit_firefox mit_edge funktioniert_mit geht_mit hilft_~_neu nachtragen nachträglich eintragen umweg "
        "lässt_sich_umgehen provisorisch ersatzweise ausweichend behelfsmässig neu_laden neuladen cache_leeren umgangen neustart_hilft nochmal_speichern neu_installieren druckt_für tippen_~_ab umweg_über"
    ),
    "way": "workaround umgehung* umgehungslösung alternative alternativen ausweichlösung ausweichmöglichkeit* ausweichsystem ersatz* notfallsystem notbetrieb papier plan_b anderen_weg anderer_weg fallback möglichkeit notlösung handbetrieb",
    "costly": "überstunden aufwändig aufwendig mühsam zeitaufwändig keine_dauerlösung kommen_nicht_hinterher kommen_nicht_nach nur_ein_drittel nur_die_hälfte kostet_uns_stunden fehleranfällig erst_mittags stundenlang",
    "security": (
        "sicherheit* datenschutz* datenleck datenpanne unbefugt* unberechtigt* sicherheitslücke* schwachstelle* gehackt hacker* angriff* phishing kompromittiert "
        "ausgespäht offengelegt einsehbar fremde_daten fremde_fälle fremden_daten fremder_kunden daten_anderer vertraulich* personenbezogen* dsgvo schadsoftware "
        "ransomware trojaner erpress* keine_berechtigung ohne_berechtigung berechtigung* klartext verdächtig* missbrauch ausgeschieden* ehemalige*_mitarbeiter öffentlich_zugänglich ohne_anmeldung passwörter_im rechte daten_eines_anderen daten_von_anderen daten_einer_anderen eines_anderen_kunden einer_anderen_firma eines_anderen_patienten fremde_rechnung* fremde_person* fremden_namen virus angreifer einbruch ohne_passwort"
    ),
    "security_paper": "fragebogen zertifizierung lieferantenbewertung auditbericht penetrationstest iso avv auftragsverarbeitung* datenschutzvereinbarung",
    "dataloss": "datenverlust gelöscht verloren verschwunden überschrieben unwiederbringlich datenbank_verlust teilweiser_~_verlust fehlende_daten daten_fehlen alles_weg sind_weg plötzlich_weg einfach_weg spurlos daten_weg",
    "cost": "umsatz* umsatzausfall umsatzverlust kosten kostet verlust* verlieren geld strafe* vertragsstrafe* pönale brechen_~_ab springen_ab abwandern stornieren schaden pro_stunde beschwer* reklam* jede_minute",
    "idle": (
        "untätig sitzen_herum tatenlos nach_hause warten_vor schlange lkw stehen_auf_dem können_nicht_arbeiten nicht_arbeiten nicht_weiterarbeiten nicht_ausliefern nicht_verkaufen "
        "geschäft_steht betrieb_steht band_steht bänder_stehen produktion_steht werk_steht alles_steht handlungsunfähig kurzarbeit arbeitsstillstand stehen_still "
        "däumchen nichts_mehr_erfassen türen_geschlossen kunden_weg nichts_mehr_zu_tun schicken_~_weg laden_zu umsatz_null produktion_ruht bänder_stehen stehen_leer heimgeschickt nach_hause_geschickt stehen_die_leute schlange_stehen lager_steht ohne_arbeit keine_arbeit stehen_auf_rot lkw_leer kunden_warten patienten_warten däumchen schlange_bis schlange_an nach_hause_geschickt nach_hause_schicken laden_zu laden_dicht müssen_schliessen wartezimmer kann_niemand_arbeiten"
    ),
    "deadline": "frist heute_noch bis_heute deadline stichtag fristende bis_mittag bis_zum_abend",
    "downstream": "nachtverarbeitung nachtlauf batch* hintergrund* job jobs zeitgesteuert* warteschlange mailversand e-mail-versand indexierung stapelverarbeitung überfällig erinnerungsmail* nachtjob ausstehend abgleich* bestandsabgleich synchronis* übertragungsjob* schnittstellenjob* import importe warteschlangen planer cronjob*",
    "since": "seit derzeit momentan aktuell zurzeit gerade heute jetzt heute_morgen heute_früh seit_heute nach_dem_update seit_dem_update im_moment augenblicklich",
    "past": "gestern vorgestern vergangene vergangenen vergangener damals letzte_woche letzte_nacht letzten_monat letztes_jahr letzten_montag letzten_dienstag letzten_mittwoch letzten_donnerstag letzten_freitag letzter_woche letztes_mal letzte_mal",
    "solved": (
        "behoben gelöst erledigt wiederhergestellt läuft_wieder laufen_wieder funktioniert_wieder funktionieren_wieder geht_wieder wieder_online wieder_erreichbar wieder_da "
        "wieder_normal seitdem_läuft seitdem_stabil wieder_verfügbar wieder_in_ordnung von_selbst_erholt hat_sich_erledigt alles_wieder beseitigt "
        "alles_gut alles_ok jetzt_wieder geht_jetzt alles_in_ordnung mein_fehler geht_wieder war_mein längst_behoben seither_nicht inzwischen_erledigt"
    ),
    "closing": "kann_geschlossen schliessen_sie bitte_schliessen können_schliessen ticket_schliessen hat_sich_erledigt danke_trotzdem",
    "place": "deutschland österreich schweiz frankreich belgien luxemburg niederlande italien spanien portugal polen ungarn rumänien griechenland schweden norwegen dänemark finnland irland grossbritannien england usa kanada mexiko brasilien china japan indien australien türkei afrika europa asien österreichische* schweizer deutsche* französische* italienische* südtirol wien berlin hamburg münchen köln frankfurt stuttgart zürich basel bern linz graz leipzig dresden bremen hannover nürnberg iphone ipad android tablet safari firefox chrome edge handy handys smartphone desktop filiale_in standort_in niederlassung_in zweigstelle_in",
    "figures": "preis* betrag beträge menge mengen bestand bestände rechnung rechnungen steuer mehrwertsteuer adresse adressen gehalt gehälter saldo summe* rabatt* kosten gebühr* werte zahlen kennzahlen währung einheit einheiten gewicht verfügbarkeit ausverkauft beträge *rechnungen *beträge",
    "again": "wieder erneut schon_wieder nochmals wiederholt abermals zum_dritten_mal zum_zweiten_mal täglich jeden_tag tritt_wieder",
    "question": (
        "wie_kann wie_können wie_lässt wie_geht wie_funktioniert wie_mache wie_lege wie_stelle wie_richte wie_ändere wie_viele wie_viel wie_lange wie_oft wo_finde wo_kann wo_stelle wo_ist "
        "wo_sehe was_ist was_bedeutet was_passiert welche welcher welches wozu ist_es_möglich ist_das_möglich besteht_die_möglichkeit "
        "können_sie_mir_sagen können_sie_erklären könnten_sie_erklären frage fragen rückfrage anleitung empfehlung empfehlen erklären bitte_um_auskunft auskunft "
        "unterstützen_sie bieten_sie wann_wird wann_kommt darf_ich kann_man könnte_man muss_ich müssen_wir handbuch_nichts best_practice vorgehen_sie hätte_gerne_gewusst interessieren würde_mich "
        "wissen_ob gerne_wissen gern_wissen wissen_möchte möchte_wissen möchten_wissen wissen_wie wie_bekomme wie_exportier* wie_importier* wie_füge wie_lösche wie_erstell* wie_trage wie_muss wo_trage wo_stellt wo_sieht wo_findet wie_stellt wie_macht wie_legt wie_ändert gibt_es_eine gibt_es_einen gibt_es_ein gibt_es_dafür gibt_es_dazu gibt_es_hierzu gibt_es_hierfür gibt_es_auch gibt_es_für gibt_es_die gibt_es_irgendwo gibt_es_da"
    ),
    "wish": (
        "wünschenswert wunsch wünsche wünschen verbesserungsvorschlag vorschlag vorschläge anregung erweiterung erweiterungswunsch neue_funktion feature wäre_schön wäre_toll wäre_hilfreich "
        "wäre_es_möglich wäre_super wäre_gut wäre_nett wäre_praktisch würden_uns_freuen könnten_sie_hinzufügen bitte_ergänzen ergänzt_werden zusätzliche_option roadmap "
        "änderungswunsch hätten_gern hätten_gerne würden_gerne fehlende_funktion idee ideen optimierung in_zukunft künftige_version wäre_wünschenswert verbesserung* schön_wäre toll_wäre hilfreich_wäre praktisch_wäre super_wäre gut_wäre würde_mich_freuen fände_es einbauen"
    ),
    "admin": (
        "rechnung rechnung_* rechnungskopie vertrag* lizenz* kündigung verlängerung angebot_für bestellnummer schulung* termin neuer_benutzer neuen_benutzer benutzer_anlegen benutzer_löschen anlegen_bitte "
        "zusenden zuschicken senden_sie_uns schicken_sie korrigierte_kopie ansprechpartner ursachenbericht bericht_zur_ursache kurzen_bericht abschlussbericht fragebogen adressänderung nachweis "
        "bescheinigung kontodaten bankverbindung umsatzsteuer* freischalten freischaltung aktivieren_sie stammdaten für_unsere_akten einrichten_bitte stellungnahme rückerstattung erstattung kündigen stornierung kaufen lizenzschlüssel konto_löschen account_löschen löschen_lassen"
    ),
    "maintenance": "wartung wartungsfenster wartungsarbeiten geplante_abschaltung umstellung migration feldzuordnung mapping_anpassen zeitplan_ändern bitte_ändern bitte_anpassen zertifikat_erneuern läuft_ab läuft_am ablauf_des auffrischung",
    "docs": "dokumentation handbuch hilfeseite release_notes versionshinweise anleitung onlinehilfe doku",
    "fyi": "zur_information zur_info zur_kenntnis nur_zur keine_aktion kein_handlungsbedarf bitte_beachten ankündigung informieren abwesend abwesenheit* automatische_antwort im_urlaub ausser_haus nicht_im_büro hinweis geplante_wartung geplanter_ausfall bitte_bewerten nicht_überwacht nicht_antworten wir_schliessen geschlossen_vom ist_geschlossen betriebsferien müssen_nichts_tun nichts_tun wartungsankündigung",
    "thanks": "vielen_dank_für_die_schnelle super_arbeit lob danke_für_die_schnelle gute_arbeit grosses_lob tolle_arbeit klasse_arbeit weiter_so kompliment glückwunsch gut_gemacht toll_gemacht",
    "cosmetic": "tippfehler rechtschreib* kosmetisch* schönheitsfehler optisch* schriftart farbe farben abstand ausrichtung überlappt überlappen pixel layout unschön schrift ",
    "lowkey": (
        "eilt_nicht nicht_dringend nicht_eilig keine_eile hat_zeit bei_gelegenheit gelegenheit kleinigkeit klein kleiner kleine kleines geringfügig unkritisch nicht_kritisch nicht_schlimm "
        "nicht_wichtig niedrige_priorität lästig nervig unschön ärgerlich stört irgendwann nächstes_release nächsten_release keine_auswirkung unwichtig nebensächlich kosmetisch selten nice_to_have "
        "kein_drama halb_so_wild muss_nicht_sofort wenn_sie_zeit etwas_umständlich kleiner_fehler kein_stress keine_panik wenn_ihr_zeit wenn_zeit_ist nicht_tragisch kann_warten mehr_nicht eines_tages"
    ),
    "urgent": "dringend dringende dringender eilig eilt sofort umgehend schnellstmöglich notfall kritisch höchste_priorität unverzüglich schnellstens asap katastrophe hilfe rufen_sie alarm brandeilig eskalieren eskalation",
    "me": "ich mir mich mein meine meinem meinen",
    "in_vain": "nichts_gebracht nichts_genützt ohne_erfolg erfolglos kein_unterschied keine_besserung hilft_nicht hilft_nichts half_nicht gleiche_ergebnis gleiches_ergebnis nichts_geholfen bringt_nichts keine_änderung vergeblich",
    "lacking": "ohne",
    "zero": "kein_einziger keine_einzige kein_einziges keinen_einzigen nicht_ein_einziger nicht_eine_einzige null gar_nichts überhaupt_nichts nichts_geht nichts_kommt nichts_läuft lässt_sich_nichts kommt_nichts nichts_mehr_bestellen gar_keine umsatz_~_null",
    "affects": "betrifft betroffen betreffen egal_welcher egal_welches egal_bei bei_allen gilt_für unabhängig_vom",
    "mailing": "mail mails e_mail e_mails emails bestätigungsmail* bestellbestätigung* benachrichtigung* erinnerungsmail* mailversand push push_nachrichten push_benachrichtigungen sms",
    "foreign": "jemand_anderem jemand_anders fremde fremden fremder anderer_kunden andere_kunden anderen_kunden anderer_firmen andere_firma anderen_firma anderer_mandanten anderen_mandanten anderer_patienten anderer_leute anderer_nutzer nicht_meine nicht_unsere alle_gehalter",
    "server_error": "500 interner_serverfehler internal_server_error server_error serverfehler interner_fehler",
    "by_the_by": "nur_zur_info zur_info zur_information nur_damit_ihr nur_damit_sie damit_sie_bescheid damit_ihr_bescheid wollte_nur_bescheid falls_ihr_es falls_sie_es",
    "after_it": "woran_liegt was_ist_los was_ist_da ist_etwas_bekannt ist_das_bekannt ist_ihnen_bekannt ist_euch_bekannt liegt_es_an liegt_das_an nur_bei_mir nur_bei_uns noch_jemand sonst_noch_jemand wann_geht wann_ist wann_lauft wieder_online wieder_da wieder_erreichbar wissen_sie_schon wisst_ihr gibt_es_eine_storung gibt_es_ein_problem was_konnen_wir_tun was_soll_ich wie_lange_dauert wie_lange_noch arbeiten_sie_daran arbeitet_ihr_daran schon_bekannt",
}  # fmt: skip
