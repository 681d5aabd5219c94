"""Spanish words for the concepts. See `lexicon/__init__.py` for the notation."""

WORDS: dict[str, str] = {
    "not": "no nunca jamás tampoco sin apenas ya_no ni dejó_de dejado_de dejaron_de deja_de dejamos_de dejé_de dejan_de dejó_de",
    "neutral": "no_solo no_sólo no_estoy_seguro no_hay_problema ni_idea por_qué_no no_se_preocupen no_te_preocupes no_obstante sin_duda sin_embargo todos_los_demás los_demás ningún_error_en sin_errores más_bien si_bien o_bien cuánto_~_tardar* cuánto_tiempo desde_el_móvil desde_mi desde_la_app desde_la_web desde_la_aplicación desde_el_portal desde_otro desde_nuestra desde_nuestro por_seguridad copia_de_seguridad copias_de_seguridad por_la_ayuda por_su_ayuda por_vuestra_ayuda me_gustaría_informar me_gustaría_reportar nos_gustaría_informar quisiera_reportar",
    "none": "ningún ninguno ninguna nada cero ni_un ni_una ni_un_solo ni_una_sola ningunos",
    "nobody": "nadie ninguno_de ningún_usuario ningún_cliente ninguno_de_nosotros ningún_empleado ningún_vendedor ninguna_persona",
    "can": "puede pueden podemos puedo podía podían podría posible logra logran logramos consigue conseguimos consiguen permite permiten deja dejan poder",
    "cannot": "imposible imposibilidad incapaz incapaces impide impiden imposibilita inutilizable inservible sin_acceso perdido_el_acceso no_hay_manera no_hay_forma bloqueados_fuera inoperativo inoperativa inoperante",
    "contrast": "pero sin_embargo aunque mientras_que pese_a no_obstante excepto salvo",
    "if": "si sería serían podría podrían eventual en_caso_de suponiendo prevemos planeamos tenemos_previsto el_próximo_mes próximo_mes próximo_año próximo_trimestre antes_de futuro hipotético",
    "firm_if": "en_caso_de suponiendo hipotético qué_pasa_si qué_ocurre_si qué_sucede_si en_teoría qué_pasaría",
    "future": "próximo_mes próximo_año próximo_trimestre previsto prevista planificado planificada programado programada la_próxima_semana futuro futuros futura futuras estará_fuera_de estará_cerrado mantenimiento_previsto por_mantenimiento",
    "down": (
        "caído caída caídos caídas inaccesible inaccesibles fuera_de_servicio fuera_de_línea indisponible no_disponible no_responde no_responden sin_servicio muerto desconectado corte apagón "
        "se_cayó se_ha_caído se_cae cayó tumbado tumbada offline interrupción_total 502 503 no_carga_nada no_arranca no_arrancan no_levanta no_inicia abajo pantalla_en_blanco página_en_blanco no_abre no_carga caida caido se_cayo"
    ),
    "halt": "parado parada parados paradas detenido detenida detenidos detenidas bloqueado bloqueada bloqueados bloqueadas bloquea bloquean paralizado paralizada paralizados paralizadas paralización congelado atascado atascada atascados atascadas interrumpido suspendido varado varados frenado colapsado colapsada",
    "fail": (
        "falla fallan falló fallo fallos fallado fallando error errores rompe roto rota rotos rechaza rechazan rechazado rechazada rechazados rechazadas avería averiado defecto defectuoso problema problemas incidencia incidencias "
        "cuelga cuelgan colgado colgada se_queda en_blanco pantalla_blanca vacío vacía vacíos bucle excepción inválido aborta bug no_funciona no_sirve no_va no_anda deniega denegado expulsa se_cierra "
        "se_queda_cargando dando_vueltas se_pierde pierden 500 404 403 401 no_pasa_nada malfuncionamiento cancela "
        "rebota rebotan tira_error da_error dan_error tira arroja "
        "desconocido deshabilitado expulsados desconecta desconectan no_encontrado pantalla_en_blanco se_planta se_plantan se_traba se_traban se_tilda se_congela se_congelan se_come se_pierden"
    ),
    "wrong": "dos_veces incorrecto incorrecta incorrectos incorrectas equivocado equivocada erróneo errónea erróneos erróneas falta faltan duplicado duplicados duplicada incompleto incompleta desactualizado desaparecido mal inconsistente no_coincide no_coinciden no_se_actualiza no_cuadra no_cuadran truncado",
    "slow": "lento lenta lentos lentas lentitud lentísimo lentísima tarda tardan demora demoras retraso retrasos ralentizado ralentización latencia degradado degradada degradación rendimiento eterno segundos_por minutos_por tiempo_de_respuesta tiempos_de_respuesta timeout tiempo_de_espera saturado despacio demorado lentísimo lentísima lentísimos tarda_~_minuto medio_minuto minutos_para varios_minutos",
    "intermittent": "a_veces intermitente intermitentes intermitencia aleatorio aleatoria aleatoriamente esporádico esporádica esporádicamente ocasional ocasionalmente de_vez_en_cuando por_momentos inestable inestables una_de_cada uno_de_cada varias_veces al_segundo_intento reintentar reintentan a_ratos frecuentemente a_menudo cada_~_minutos veces_al_día veces_por_hora cada_pocos cada_poco",
    "work": (
        "funciona funcionan funcionar carga cargan cargar abre abren abrir arranca arrancan arrancar inicia iniciar responde responden procesa procesan procesado procesar llega llegan llegar entra entran entrar pasa pasan pasar "
        "conectar conecta conexión acceder accede acceso guardar guarda enviar envía envían enviado sincroniza completar finalizar comprar pagar vender entregar expedir crear facturar imprimir usar utilizar trabajar descargar importar "
        "exportar generar genera recibe recibimos recibir muestra mostrar ver producir despachar cobrar registrar hacer realizar operar continuar emitir sale salen consultar sube subir ejecuta ejecutan actualiza autenticar "
        "ingresar ingresa ingresan ingreso ingresos loguear loguearse logueo accesible accesibles disponible disponibles contesta contestan anda andan aparece aparecen"
    ),
    "ok": "normal normalmente bien correcto correctos correctamente estable ok sin_problema sin_problemas perfectamente operativo operativa no_afectado perfecto sin_novedad",
    "else": "otro otra otros otras resto demás además_de aparte_de lo_demás salvo todos_los_demás los_demás",
    "still": "todavía aún sigue siguen al_menos continúa continúan",
    "core": (
        "pedido pedidos orden órdenes pago pagos inicio_de_sesión autenticación presupuesto presupuestos cotización cotizaciones oferta ofertas venta ventas entrega entregas envío envíos facturación nómina nóminas transacción transacciones mensaje mensajes "
        "línea_de_producción fábrica planta plantas almacén almacenes caja cajas carrito carritos reserva reservas ingresos negocio operación operaciones flujo flujos interfaz interfaces cola colas despacho línea tarjeta albaranes cobros despachos "
        "ingreso_de"
    ),
    "system": "sitio web página páginas tienda tienda_online tienda_en_línea portal plataforma sistema sistemas aplicación app instancia servidor servidores servicio servicios base_de_datos clúster hub pasarela api configurador entorno todo software herramienta programa solución producto",
    "peripheral": (
        "informe informes reporte reportes exportación pdf filtro filtros orden_de columna columnas campo campos logo imagen imágenes foto vista_previa icono iconos botón botones boletín notificación notificaciones etiqueta etiquetas traducción "
        "encabezado gráfico gráficos estadística estadísticas lista formato fuente color colores comentario comentarios archivo_histórico calendario plantilla menú excel csv contador panel panel_de_control visualización texto título casilla "
        "impresión imprimir márgenes fila filas"
    ),
    "instead": "en_lugar_de en_vez_de",
    "account": "ingresar iniciar_sesión contraseña cuenta restablecer registrar registrarme usuario_y loguearme entrar_en_mi",
    "no_way": "único_medio única_forma no_hay_otra no_tenemos_otra solo_se_puede no_es_viable única_vía",
    "polite": "pueden_revisar pueden_ayudar podrían_revisar podrían_ayudarnos nos_ayudan ayudarnos pueden_mirar podéis_mirar",
    "internal": "interno internos becario administración",
    "all": "todo toda todos todas completamente totalmente entero entera cada total por_completo en_todos absolutamente siempre todo_el_mundo",
    "users": "usuario usuarios cliente clientes compañero compañeros colega colegas equipo equipos vendedor vendedores distribuidor distribuidores empleado empleados personal oficina oficinas tiendas sucursales sucursal empresa compañía departamento países proveedores gente visitantes operarios sedes agentes socios",
    "we": "nosotros tenemos podemos estamos",
    "many": "muchos muchas varios varias numerosos cientos miles decenas mayoría mitad masivo masivamente bastantes",
    "partial": "algunos algunas algún ciertos ciertas parcial parcialmente sólo solamente únicamente solo_en solo_para una_región un_país una_tienda una_sucursal tercio cuarto ciento",
    "one": "un_~_cliente una_~_clienta un_~_proveedor un_~_usuario un_~_compañero un_usuario un_cliente una_clienta un_compañero una_compañera un_solo una_sola mi_cuenta mi_contraseña mi_ordenador mi_equipo a_mí una_persona único_usuario solo_yo sólo_yo un_empleado una_empleada un_producto un_artículo dos_usuarios un_navegador a_un_cliente a_una_clienta uno_de_nuestros_clientes una_de_nuestras_clientas uno_de_mis una_de_mis",
    "prod": "producción productivo prod en_producción entorno_productivo sistema_productivo en_vivo live entorno_de_producción entorno_real sistema_real",
    "not_prod_word": "línea_de_producción líneas_de_producción planta_de_producción salida_a_producción pase_a_producción paso_a_producción poner_en_producción jefe_de_producción pasar_a_producción puesta_en_producción plan_de_producción",
    "nonprod": "entorno_de_pruebas entorno_de_prueba entorno_de_test sistema_de_pruebas sandbox staging preproducción pre-producción pre desarrollo entorno_de_desarrollo entorno_de_formación formación demo uat qa en_pruebas pruebas servidor_de_pruebas ambiente_de_pruebas ambiente_de_prueba ambiente_de_desarrollo entorno_de_capacitación entorno_de_integración instancia_de_prueba",
    "workaround": (
        "solución_alternativa solución_temporal alternativa a_mano manualmente mientras_tanto en_su_lugar provisionalmente provisional temporalmente por_teléfono en_papel con_excel otro_navegador por_ahora de_momento por_el_momento "
        "rodeo apaño entretanto evitarlo sortear funciona_con funciona_desde en_cambio usamos utilizamos nos_apañamos nos_arreglamos de_forma_manual recargando recargar actualizar_la_página borrar_la_caché navegación_privada reinstalando reiniciando volver_a_guardar"
    ),
    "way": "alternativa alternativas solución_alternativa plan_b respaldo otra_forma otra_vía otra_manera otro_sistema otro_medio papel proceso_manual medio_alternativo manera forma opción",
    "costly": "horas_extra tedioso insostenible costoso apenas_un no_damos_abasto inviable laborioso no_es_sostenible un_tercio_del",
    "security": (
        "seguridad vulnerabilidad* brecha filtración filtrado filtrados fuga no_autorizado no_autorizada no_autorizados hackeado hackeada hackeo hacker intrusión sospechoso sospechosa sospechosos phishing suplantación comprometido comprometida confidencial confidenciales "
        "datos_personales rgpd expuesto expuesta expuestos expuestas datos_de_otros datos_de_otro exempleado ex_empleado contraseñas_en ransomware malware robo robado ataque sin_autorización sin_permiso de_otra_empresa de_otro_cliente de_otros_clientes privacidad permisos factura_de_otro historial_de_otro de_otra_persona de_otro_paciente cuenta_de_otro virus ciberataque intruso intrusos sin_contraseña sin_autenticación"
    ),
    "security_paper": "cuestionario certificación evaluación_de_proveedores iso auditoría_anual prueba_de_penetración",
    "dataloss": "pérdida_de_datos perdido perdidos perdida borrado borrados borrada borraron eliminado eliminados desaparecido desaparecieron",
    "cost": "ingresos pérdidas perdemos perdiendo dinero penalización penalizaciones multa multas costando abandonan abandono facturación_diaria quejas reclamaciones por_hora cada_minuto cada_hora se_quejan nos_cuesta cuesta_dinero",
    "idle": "brazos_cruzados no_podemos_trabajar no_pueden_trabajar no_podemos_vender no_podemos_operar no_podemos_facturar no_podemos_despachar camiones esperando sin_trabajar negocio_parado empresa_parada todo_parado producción_parada mano_sobre_mano en_la_calle a_casa cerrar_las_puertas rechazando_clientes sin_poder_trabajar sin_poder_vender sin_poder_operar no_facturamos no_vendemos parados_sin la_gente_espera clientes_se_van sin_trabajo hay_cola hay_fila cola_de_gente fila_de_gente gente_esperando clientes_esperando se_marchan sala_de_espera mandar_a_casa no_podemos_cobrar no_se_puede_cobrar no_podemos_atender",
    "deadline": " fecha_límite plazo antes_del_mediodía para_hoy hoy_mismo antes_de_hoy para_mañana antes_de_mañana antes_de_esta_noche cierre_contable cierre_de_mes cierre_mensual esta_noche esta_tarde",
    "downstream": "proceso_nocturno procesos_nocturnos batch segundo_plano tarea_programada tareas_programadas cola envío_de_correos indexación correos pendientes recordatorios sincronización planificador importación tareas procesos_en",
    "since": "desde actualmente ahora en_este_momento esta_mañana hoy anoche ahora_mismo tras_la_actualización después_de_la hace_~_horas hace_una_hora",
    "past": "ayer anteayer semana_pasada mes_pasado jueves_pasado lunes_pasado viernes_pasado",
    "solved": "resuelto resuelta solucionado solucionada arreglado arreglada restablecido restablecida restaurado recuperado recuperada funciona_de_nuevo vuelve_a_funcionar volvió_a_funcionar ya_funciona ya_está todo_normal se_recuperó normalizado todo_bien ya_está_todo todo_funciona ya_funciona solucionado era_mi quedó_resuelto quedó_solucionado se_solucionó se_resolvió se_arregló volvió_a_la_normalidad ya_anda ya_va ya_entra funciona_otra_vez ya_no_falla todo_en_orden",
    "closing": "cerrar_el_ticket pueden_cerrar pueden_cerrarlo se_puede_cerrar ya_está_resuelto",
    "place": "alemania austria suiza francia bélgica italia españa portugal polonia grecia suecia noruega dinamarca irlanda inglaterra canadá méxico brasil argentina chile colombia perú uruguay ecuador china japón india australia turquía marruecos áfrica europa asia madrid barcelona valencia sevilla bilbao bogotá lima santiago iphone android tableta safari firefox chrome edge móvil móviles sucursal_de sede_de delegación_de oficina_de",
    "figures": "precio precios importe importes cantidad cantidades stock existencias inventario factura facturas impuesto impuestos iva dirección direcciones salario salarios saldo total totales descuento descuentos cifras valores moneda unidades peso agotado",
    "again": "otra_vez de_nuevo nuevamente vuelve volvió cada_día todos_los_días tercera_vez segunda_vez reiteradamente recurrente",
    "question": (
        "cómo_puedo cómo_se cómo_podemos cómo_hago dónde_puedo dónde_está dónde_se dónde cuál_es cuáles_son cuántos cuántas cuánto qué_es qué_significa es_posible sería_posible puedo_hacer hay_alguna "
        "existe_alguna pregunta preguntas duda dudas consulta saber explicar podrían_indicarme pueden_indicarme podría_decirme me_gustaría_saber quisiera_saber recomendación recomiendan cuándo_estará manual_de instrucciones pasos_para "
        "ofrecen soportan quería_saber buenas_prácticas cómo_hacemos cómo_cambio cómo_cambiar cómo_agrego cómo_añado cómo_debo cómo_funciona cómo_exporto cómo_exportar cómo_configuro cómo_configurar cómo_elimino cómo_borro cómo_doy cómo_lo"
    ),
    "wish": "sugerencia sugerimos sugerir sugiero mejora mejoras nos_gustaría me_gustaría estaría_bien sería_bueno sería_útil sería_ideal sería_genial nueva_funcionalidad nueva_función funcionalidad podrían_añadir podrían_agregar añadir_una añadir_un agregar_una agregar_un solicitud_de_función idea propuesta petición_de hoja_de_ruta deseo próxima_versión muy_útil vendría_bien estaría_genial estaría_bueno podrían_poner podrían_incluir se_podría_añadir se_podría_agregar",
    "admin": "factura facturas contrato licencia licencias renovación cotización_para cuestionario capacitación curso reunión nuevo_usuario nuevos_usuarios crear_un_usuario crear_usuario dar_de_alta dar_de_baja enviar_una_copia nos_envíen envíen copia certificado cambio_de_dirección informe_de_causa causa_raíz cancelación suscripción contacto_comercial activar_la número_de_pedido iva darnos_acceso reembolso cancelar_mi devolución_del eliminar_mi_cuenta borrar_mi_cuenta cambio_de_titular cambio_de_nombre cambio_de_domicilio cambio_de_cuenta alta_de_usuario baja_de_usuario",
    "maintenance": "mantenimiento mantenimiento_programado parada_programada migración mapeo cambiar_la_configuración cambiar_el_horario certificado_caduca caduca vence renovar_el_certificado ventana_de_mantenimiento",
    "docs": "documentación guía notas_de_la_versión página_de_ayuda tutorial el_manual del_manual manual_de doc",
    "fyi": "para_su_información para_información ninguna_acción solo_informar les_informo les_informamos tengan_en_cuenta respuesta_automática fuera_de_la_oficina de_vacaciones ausente aviso comunicamos comunicarles",
    "thanks": "gracias_por_la_rapidez felicidades enhorabuena buen_trabajo gran_trabajo excelente_trabajo gracias_por_la_ayuda felicitaciones",
    "cosmetic": "cosmético cosmética errata ortografía color colores fuente alineación desalineado píxel icono superpone solapan estético tipografía",
    "lowkey": "no_es_urgente no_urgente nada_urgente sin_prisa no_hay_prisa no_corre_prisa cuando_puedan cuando_tengan_tiempo menor menores pequeño pequeña molesto molesta incómodo no_crítico no_es_crítico no_bloquea no_es_grave no_es_grave baja_prioridad sin_impacto sin_urgencia leve detalle rara_vez algún_día no_tiene_prisa sin_apuro no_hay_apuro nada_grave puede_esperar cuando_podáis cuando_puedas una_tontería tontería no_es_importante",
    "urgent": "urgente urgentes urgencia inmediatamente inmediato crítico crítica emergencia cuanto_antes lo_antes_posible de_inmediato ya_mismo máxima_prioridad catástrofe desastre socorro llámenme llamen ayuda rápidamente escalar",
    "me": "yo mi mis me puedo",
    "in_vain": "sin_éxito no_ayuda no_ayudó en_vano sin_resultado mismo_resultado no_sirvió ningún_cambio sin_cambios no_cambia nada_funciona",
    "lacking": "sin",
    "zero": "ni_un_solo ni_una_sola cero ni_un ni_una nada_funciona no_entra_nada no_llega_nada",
    "affects": "afecta afectados afectado afectan impacta impactados ocurre_a pasa_a le_pasa",
    "mailing": "correo correos email emails notificación notificaciones confirmación confirmaciones recordatorios",
    "foreign": "otra_persona otras_personas otro_cliente otros_clientes otra_empresa otras_empresas otro_paciente otros_pacientes otros_usuarios otros_inquilinos que_no_son_mios que_no_son_nuestros de_un_desconocido todos_los_sueldos todas_las_nominas",
    "server_error": "500 error_del_servidor error_de_servidor error_interno internal_server_error",
    "by_the_by": "para_su_informacion para_que_lo_sepan para_que_lo_sepais solo_para_avisar solo_para_informar a_titulo_informativo por_si_no_lo",
    "after_it": "que_pasa que_esta_pasando que_ha_pasado que_ocurre alguna_idea alguna_novedad es_conocido problema_conocido lo_sabian lo_sabiais sois_conscientes soy_yo somos_nosotros solo_a_mi solo_a_nosotros a_alguien_mas le_pasa_a_alguien cuando_vuelve cuando_estara hay_alguna_caida hay_algun_problema que_hacemos que_puedo_hacer que_podemos_hacer a_que_se_debe",
}  # fmt: skip
