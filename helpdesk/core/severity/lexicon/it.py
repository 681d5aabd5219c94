"""Italian words for the concepts. See `lexicon/__init__.py` for the notation."""

WORDS: dict[str, str] = {
    "not": "non mai né neanche nemmeno neppure senza non_più appena smesso_di",
    "neutral": "non_solo non_so non_sono_sicuro nessun_problema nessuna_idea non_importa senza_dubbio non_appena se_non tutti_gli_altri tutte_le_altre nessun_errore perché_no non_vi_preoccupate per_sicurezza copia_di_sicurezza per_l_aiuto",
    "none": "nessun nessuna niente nulla zero neanche_un nemmeno_un neanche_una nemmeno_una alcun alcuna",
    "nobody": "nessuno nessun_utente nessun_cliente nessun_collega nessun_dipendente nessuno_di nessuna_persona",
    "can": "può possono possiamo posso poteva potevano possibile riesce riescono riusciamo riesco permette permettono consente consentono lascia poter potere",
    "cannot": "impossibile impossibilità impossibilitati impossibilitato incapace impedisce impediscono inutilizzabile inutilizzabili senza_accesso nessun_accesso perso_l_accesso chiusi_fuori inservibile inagibile",
    "contrast": "ma però tuttavia sebbene mentre nonostante purtroppo invece eccetto",
    "if": "se sarebbe sarebbero potrebbe potrebbero eventuale eventualmente ipotesi in_caso_di prevediamo previsto il_mese_prossimo prossimo_mese prossimo_anno prossimo_trimestre prima_di futuro",
    "firm_if": "in_caso_di nel_caso ipotesi supponiamo in_teoria cosa_succede_se che_succede_se cosa_succederebbe",
    "future": "prossimo_mese mese_prossimo anno_prossimo prossimo_anno prossimo_trimestre previsto prevista previsti pianificato pianificata programmato programmata programmati futuro futura future futuri prossimamente sarà_indisponibile non_sarà_disponibile saranno_indisponibili per_manutenzione manutenzione_programmata fermo_programmato",
    "down": (
        "fuori_servizio fuori_uso offline irraggiungibile irraggiungibili inaccessibile inaccessibili indisponibile indisponibili non_disponibile non_raggiungibile non_risponde non_rispondono giù caduto caduta caduti blackout interruzione "
        "morto morta ko down non_si_apre non_si_aprono non_parte non_partono non_si_avvia non_carica non_si_carica schermata_bianca pagina_bianca schermo_bianco schermo_nero disservizio saltato saltata 502 503 504"
    ),
    "halt": "fermo ferma fermi ferme bloccato bloccata bloccati bloccate blocca bloccano blocco paralizzato paralizzata paralizzati congelato congelata interrotto interrotta interrotti sospeso sospesa sospesi arenato incastrato incagliato in_attesa accumulano accumula stallo impallato impallata piantato piantata",
    "fail": (
        "errore errori fallisce falliscono fallito fallita falliti fallimento guasto guasta guasti rotto rotta rotti rotte rompe problema problemi rifiuta rifiutano rifiutato rifiutata rifiutati respinge respinto respinta respinti scartato scartata scartati scartate difetto difettoso anomalia anomalie malfunzionamento malfunzionamenti "
        "crash crasha crashano crashato va_in_crash va_in_errore dà_errore danno_errore si_chiude si_chiudono si_pianta si_blocca si_bloccano si_impalla vuoto vuota vuoti vuote bianco bianca non_funziona non_funzionano non_va non_vanno bug invalido non_valido non_valida eccezione annullato "
        "rotellina clessidra gira_a_vuoto disconnette disconnessi disconnesso buttato_fuori buttati_fuori sbattuti_fuori negato negata disabilitato disabilitata sconosciuto non_trovato 500 404 403 401 errata autenticazione_fallita timeout"
    ),
    "wrong": "sbagliato sbagliata sbagliati sbagliate errato errata errati errate scorretto scorretta incorretto manca mancano mancante mancanti doppio doppia doppi doppie duplicato duplicata duplicati duplicate due_volte incompleto incompleta obsoleto scomparso scomparsa spariti sparito sparita sparite non_corrisponde non_corrispondono non_torna non_tornano non_quadra non_quadrano non_si_aggiorna troncato troncata inesatto",
    "slow": "lento lenta lenti lente lentezza lentissimo lentissima lentissimi rallentato rallentata rallentamento rallentamenti ritardo ritardi latenza degradato degrado prestazioni ci_mette ci_mettono ci_vogliono impiega impiegano tempi_di_risposta tempi_di_attesa minuti_per secondi_per mezzo_minuto timeout eterno interminabile minuti_prima sovraccarico",
    "intermittent": "a_volte ogni_tanto saltuariamente saltuario saltuari saltuaria intermittente intermittenti a_intermittenza a_tratti sporadico sporadici sporadicamente casuale casualmente occasionale occasionalmente di_tanto_in_tanto instabile instabili uno_su una_su uno_ogni una_ogni talvolta spesso ripetutamente ogni_~_minuti ogni_~_ore volte_al_giorno volte_all_ora al_secondo_tentativo a_singhiozzo",
    "work": (
        "funziona funzionano funzionare va vanno carica caricano caricare apre aprono aprire avvia avviano avviare parte partono partire risponde rispondono elabora elaborano arriva arrivano arrivare entra entrano entrare passa passano passare accedere accede accesso collegarsi collegarci collegare collega connettersi connettere connessione "
        "salva salvare salvato invia inviare inviato inviati spedire spedito consegnare vendere comprare pagare ordinare fatturare stampare stampa usare utilizzare lavorare lavora scaricare importare esportare generare genera riceve ricevono riceviamo ricevere mostra vedere visualizzare creare inserire registrare prenotare operare completare concludere "
        "aggiornare aggiorna sincronizza incassare emettere timbrare caricato raggiungibile raggiungibili accessibile accessibili disponibile disponibili appare appaiono compare compaiono"
    ),
    "ok": "normale normali normalmente bene corretto corretta corretti corrette correttamente regolare regolari regolarmente stabile ok a_posto perfetto perfettamente senza_problemi senza_intoppi tutto_bene va_bene operativo operativi",
    "else": "altro altra altri altre resto rimanente altrimenti tranne salvo a_parte tutto_il_resto tutti_gli_altri",
    "still": "ancora tuttora almeno continua continuano comunque rimane",
    "core": (
        "ordine ordini pagamento pagamenti cassa casse carrello accesso accessi autenticazione login preventivo preventivi offerta offerte vendita vendite consegna consegne spedizione spedizioni fatturazione paghe cedolini stipendi transazione transazioni messaggio messaggi prenotazione prenotazioni "
        "linea_di_produzione stabilimento magazzino magazzini fabbrica fatturato attività operatività flusso flussi interfaccia interfacce scontrino scontrini ddt bolle produzione commesse incassi pos camion"
    ),
    "system": "sito web pagina pagine negozio negozio_online portale piattaforma sistema sistemi applicazione applicativo app istanza server servizio servizi database base_dati cluster hub gateway api ambiente tutto software gestionale strumento programma soluzione rete configuratore ecommerce",
    "peripheral": (
        "report rapporto esportazione export pdf filtro filtri ordinamento colonna colonne campo campi logo immagine immagini foto anteprima icona icone pulsante pulsanti bottone bottoni newsletter notifica notifiche etichetta etichette traduzione traduzioni intestazione grafico grafici statistica statistiche cruscotto dashboard elenco elenchi lista "
        "formato formattazione carattere colore colori commento commenti archivio calendario modello menu excel csv contatore testo titolo casella riga righe stampante margini avatar"
    ),
    "instead": "invece_di al_posto_di anziché",
    "account": "accedere login password account reimpostare registrarmi registrazione profilo credenziali utenza il_mio_utente entrare_nel_mio",
    "no_way": "unico_modo unica_via unico_mezzo solo_tramite non_c_è_altro non_c_è_modo nessun_altro_modo nessuna_alternativa non_abbiamo_altro non_abbiamo_alternative nessun_piano_b",
    "polite": "potete_verificare potete_controllare potete_aiutarci potete_aiutarmi potreste_verificare potreste_controllare ci_aiutate potete_guardare potete_intervenire potrebbe_verificare",
    "internal": "interno interni interna stagista amministrazione",
    "all": "tutto tutta tutti tutte completamente totalmente intero intera interamente ogni totale ovunque dappertutto sempre qualsiasi qualunque ognuno chiunque",
    "users": "utente utenti cliente clienti collega colleghi colleghe squadra team venditore venditori rivenditori dipendente dipendenti personale ufficio uffici negozi filiale filiali sede sedi azienda ditta società reparto reparti paesi fornitori gente visitatori operatori agenti pazienti studenti soci addetti persone studio",
    "we": "noi ci nostro nostra nostri abbiamo possiamo riusciamo siamo",
    "many": "molti molte parecchi parecchie numerosi numerose diversi diverse centinaia migliaia decine maggioranza metà massiccio vari varie tanti tante gran_parte maggior_parte",
    "partial": "alcuni alcune qualche certi certe parziale parzialmente soltanto solamente solo_in solo_per solo_da solo_con una_regione un_paese una_sede una_filiale un_negozio un_terzo un_quarto percento",
    "one": "un_~_cliente una_~_cliente un_~_utente un_utente un_cliente un_collega una_collega un_solo una_sola mio_account mia_password mio_computer mio_pc mio_utente a_me solo_a_me solo_io una_persona un_dipendente un_prodotto un_articolo un_ordine una_fattura due_utenti due_colleghi un_browser un_fornitore una_nostra un_nostro da_me mia_utenza",
    "prod": "produzione prod in_produzione ambiente_di_produzione sistema_di_produzione live ambiente_reale",
    "not_prod_word": "linea_di_produzione linee_di_produzione messa_in_produzione passaggio_in_produzione mettere_in_produzione andare_in_produzione responsabile_di_produzione reparto_produzione piano_di_produzione andare_live",
    "nonprod": "ambiente_di_test ambiente_di_collaudo ambiente_di_prova ambiente_di_sviluppo ambiente_di_formazione ambiente_demo collaudo sandbox staging preproduzione pre-produzione sviluppo uat qa demo in_test server_di_test server_di_prova istanza_di_test sistema_di_test in_collaudo",
    "workaround": "soluzione_alternativa soluzione_temporanea soluzione_provvisoria aggirare aggirato a_mano manualmente nel_frattempo provvisoriamente provvisorio temporaneamente al_telefono per_telefono su_carta con_excel altro_browser per_ora per_il_momento intanto funziona_con funziona_da con_chrome con_firefox ci_arrangiamo ricaricando ricaricare svuotare_la_cache riavviando reinstallando ripiego",
    "way": "alternativa alternative soluzione_alternativa piano_b riserva altro_modo altra_via altro_sistema altro_mezzo carta procedura_manuale ripiego modo",
    "costly": "straordinari straordinario faticoso insostenibile oneroso laborioso dispendioso non_stiamo_dietro a_malapena",
    "security": (
        "sicurezza vulnerabilità violazione violazioni fuga falla non_autorizzato non_autorizzata non_autorizzati hackerato hackerata hacker intrusione intrusioni sospetto sospetta sospetti sospette phishing compromesso compromessa riservato riservati riservata riservatezza dati_personali gdpr esposto esposti esposta "
        "dati_di_altri dati_di_un_altro di_un_altro_cliente di_altri_clienti ex_dipendente ex_collega password_in_chiaro ransomware malware virus furto attacco senza_autorizzazione privacy autorizzazioni permessi di_un_altro_paziente quello_di_un_altro quella_di_un_altra dati_di_un fatture_di_un_altro dati_~_altro dati_altrui senza_password senza_login senza_autenticazione"
    ),
    "security_paper": "questionario certificazione iso valutazione_fornitori audit_annuale penetration_test",
    "dataloss": "perdita_di_dati perso persi persa perse cancellato cancellati cancellata cancellate eliminato eliminati sovrascritto spariti sparito sparite scomparsi dati_persi",
    "cost": "ricavi perdite perdiamo perdendo denaro soldi penale penali multa multe costa reclami lamentano lamentele abbandonano all_ora ogni_minuto ogni_ora danno_economico mancato_incasso",
    "idle": "braccia_conserte mani_in_mano non_possiamo_lavorare non_riusciamo_a_lavorare non_possono_lavorare non_possiamo_vendere non_possiamo_fatturare non_possiamo_spedire non_si_lavora camion aspettano in_coda mandare_a_casa mandati_a_casa azienda_ferma produzione_ferma attività_ferma tutto_fermo tutti_fermi siamo_fermi fermi_con fermi_da senza_lavorare stiamo_fermi negozio_chiuso clienti_se_ne_vanno impossibilitati_a",
    "deadline": "scadenza entro_oggi entro_stasera entro_mezzogiorno entro_domani termine_ultimo entro_le chiusura_mensile entro_sera",
    "downstream": "elaborazione_notturna batch background attività_pianificata coda invio_delle_mail indicizzazione promemoria solleciti sincronizzazione pianificatore importazione importazioni webhook webhooks processi_notturni",
    "since": "da_stamattina da_questa_mattina stamattina stamane adesso ora attualmente oggi da_oggi in_questo_momento dalle da_ieri da_ore dopo_l_aggiornamento stanotte improvvisamente da_mezz_ora da_un_ora da_lunedì da_martedì da_mercoledì da_giovedì da_venerdì",
    "past": "ieri l_altro_ieri settimana_scorsa scorsa_settimana mese_scorso lunedì_scorso martedì_scorso mercoledì_scorso giovedì_scorso venerdì_scorso",
    "solved": "risolto risolta risolti sistemato sistemata sistemati corretto_il ripristinato ripristinata rientrato riparato funziona_di_nuovo funziona_nuovamente riprende_a_funzionare ripreso_a_funzionare ora_funziona adesso_funziona tutto_a_posto è_tornato tornato_normale tornata_normale di_nuovo_online di_nuovo_raggiungibile tutto_funziona",
    "closing": "chiudere_il_ticket potete_chiudere chiudere_la_segnalazione può_chiudere chiudete_pure",
    "again": "di_nuovo nuovamente ancora_una_volta ogni_giorno tutti_i_giorni terza_volta seconda_volta ennesima ricorrente si_ripete si_ripresenta",
    "question": (
        "come_posso come_si come_possiamo come_faccio come_fare dove_posso dove_si dove_trovo dov_è qual_è quali_sono quanti quante quanto che_cos cosa_significa cosa_vuol è_possibile sarebbe_possibile posso_fare c_è_un_modo esiste_un esiste_una domanda domande dubbio informazione informazioni "
        "sapere spiegare spiegarmi potreste_indicarmi potete_indicarmi potete_dirmi vorrei_sapere volevo_sapere consiglio consigliate istruzioni supportate offrite quando_sarà chiarimento chiarimenti curiosità chiedere_se"
    ),
    "wish": "suggerimento suggerimenti suggerire suggerisco miglioramento miglioramenti ci_piacerebbe mi_piacerebbe sarebbe_bello sarebbe_utile sarebbe_comodo sarebbe_ideale nuova_funzionalità nuova_funzione funzionalità potreste_aggiungere potete_aggiungere aggiungere_un aggiungere_una idea proposta roadmap desiderio prossima_versione richiesta_di_funzionalità",
    "admin": "fattura fatture contratto licenza licenze rinnovo preventivo_per questionario formazione corso riunione appuntamento nuovo_utente nuovi_utenti creare_un_utente creare_un_account inviarci una_copia copia certificato_di cambio_di cambio_indirizzo disdetta disdire recesso abbonamento iban attivare_la rimborso cancellare_il_mio eliminare_il_mio referente intestazione_del voltura",
    "maintenance": "manutenzione manutenzione_programmata migrazione mappatura cambiare_la_configurazione certificato_scade scade rinnovare_il_certificato finestra_di_manutenzione",
    "docs": "documentazione guida note_di_rilascio pagina_di_aiuto tutorial manuale_utente il_manuale nel_manuale sul_manuale del_manuale",
    "fyi": "per_conoscenza per_informazione a_titolo_informativo nessuna_azione solo_per_informare vi_informo vi_informiamo si_comunica comunichiamo risposta_automatica fuori_ufficio in_ferie assente avviso",
    "thanks": "grazie_per_la_rapidità grazie_per_la_velocità complimenti ottimo_lavoro bravi congratulazioni",
    "cosmetic": "refuso refusi estetico estetica errore_di_battitura ortografia colore colori carattere allineamento disallineato pixel icona sovrappone sovrappongono grafica",
    "lowkey": "non_urgente non_è_urgente nessuna_fretta senza_fretta non_c_è_fretta nessuna_urgenza quando_potete quando_avete_tempo con_calma minore piccolo piccola piccolezza fastidioso fastidio non_critico non_è_grave non_bloccante bassa_priorità senza_impatto di_poco_conto raramente prima_o_poi dettaglio niente_di_grave questione_di_un_minuto",
    "urgent": "urgente urgenti urgenza urgentemente immediatamente immediato critico critica emergenza al_più_presto il_prima_possibile subito sollecito massima_priorità disastro catastrofe aiuto chiamatemi chiamateci tempestivo",
    "me": "io mi mio mia miei mie me",
    "in_vain": "senza_successo non_aiuta non_serve invano senza_risultato stesso_risultato nessun_cambiamento non_cambia nulla_da_fare niente_da_fare inutilmente stesso_errore",
    "lacking": "senza",
    "zero": "neanche_un nemmeno_un neanche_una nemmeno_una neppure_un neppure_una zero non_arriva_nulla non_arriva_niente non_funziona_niente non_funziona_nulla non_entra_nulla non_parte_niente",
    "affects": "riguarda interessa interessati coinvolti coinvolge colpisce succede_a capita_a indipendentemente",
    "place": "italia germania austria svizzera francia spagna portogallo belgio olanda grecia polonia inghilterra europa asia africa america cina giappone india roma milano torino napoli bologna firenze genova venezia verona padova bari palermo catania ancona trieste iphone ipad android tablet safari firefox chrome edge cellulare cellulari sede_di filiale_di",
    "figures": "prezzo prezzi importo importi quantità giacenza giacenze scorte inventario fattura fatture imposta iva indirizzo indirizzi stipendio stipendi saldo saldi totale totali sconto sconti cifre valori valuta unità peso esaurito provvigioni",
    "mailing": "mail email e_mail notifica notifiche conferma conferme promemoria solleciti newsletter",
    "foreign": "un_altro_cliente altri_clienti altra_azienda altre_aziende un_altra_persona altri_pazienti altri_utenti non_sono_miei non_sono_nostri tutti_gli_stipendi",
    "server_error": "500 errore_del_server errore_server errore_interno internal_server_error",
    "by_the_by": "per_conoscenza per_informazione solo_per_segnalare solo_per_informarvi giusto_per_segnalare",
    "after_it": "cosa_succede che_succede cosa_sta_succedendo qualche_idea novita e_noto problema_noto lo_sapevate siete_al_corrente sono_io siamo_noi solo_io solo_noi capita_ad_altri anche_ad_altri quando_torna quando_sara c_e_un_guasto c_e_un_problema cosa_possiamo_fare cosa_devo_fare riguarda_tutti",
}  # fmt: skip
