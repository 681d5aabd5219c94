"""Portuguese words for the concepts. See `lexicon/__init__.py` for the notation."""

WORDS: dict[str, str] = {
    "not": "não nunca jamais tampouco sem nem já_não deixou_de deixaram_de parou_de pararam_de mal_consegue n",
    "neutral": "não_só não_apenas não_sei não_tenho_certeza sem_problema não_há_problema nem_ideia por_que_não sem_dúvida no_entanto todos_os_outros todos_os_demais os_demais nenhum_erro sem_erros não_se_preocupem por_segurança cópia_de_segurança cópias_de_segurança pela_ajuda",
    "none": "nenhum nenhuma nada zero nem_um nem_uma nem_um_só nem_uma_só",
    "nobody": "ninguém nenhum_usuário nenhum_utilizador nenhum_cliente nenhum_colega nenhum_funcionário nenhum_de nenhum_colaborador",
    "can": "pode podem podemos posso podia podiam possível consegue conseguem conseguimos consigo permite permitem deixa deixam dá poder",
    "cannot": "impossível impossibilidade impossibilitado impossibilitados incapaz impede impedem impossibilita inutilizável inoperante inoperantes sem_acesso perdi_o_acesso perdemos_o_acesso não_há_como não_tem_como",
    "contrast": "mas porém contudo embora entretanto enquanto apesar infelizmente exceto só_que",
    "if": "se seria seriam poderia poderiam eventual em_caso_de supondo pretendemos planejamos planeamos próximo_mês próximo_ano próximo_trimestre antes_de futuro hipótese",
    "firm_if": "em_caso_de caso_haja supondo hipotético em_teoria o_que_acontece_se e_se",
    "future": "próximo_mês mês_que_vem ano_que_vem próximo_ano próximo_trimestre previsto prevista previstos planejado planejada planeado planeada programado programada agendado agendada futuro futura futuros futuras em_breve ficará_indisponível estará_indisponível para_manutenção manutenção_programada manutenção_agendada parada_programada",
    "down": (
        "fora_do_ar fora_de_serviço fora_de_operação indisponível indisponíveis inacessível inacessíveis não_responde não_respondem caiu caíram caído caída offline em_baixo abaixo morto morta apagão queda derrubado derrubada "
        "não_abre não_abrem não_carrega não_carregam não_inicia não_arranca não_liga não_sobe tela_branca tela_preta ecrã_branco ecrã_preto página_em_branco tela_em_branco desconectado pane interrupção 502 503 504"
    ),
    "halt": "parado parada parados paradas bloqueado bloqueada bloqueados bloqueadas bloqueia bloqueiam travado travada travados travadas trava travam travou paralisado paralisada paralisados congelado congelada interrompido interrompida suspenso suspensa suspensos preso presa presos presas encalhado emperrado acumulando acumulam acumula",
    "fail": (
        "falha falham falhou falhas falhando erro erros quebrado quebrada quebrou problema problemas recusa recusam recusado recusada recusados recusadas rejeita rejeitado rejeitada rejeitados rejeitadas avaria avariado avariada defeito bug bugs anomalia "
        "não_funciona não_funcionam não_vai não_dá dá_erro dão_erro deu_erro dando_erro cai fecha_sozinho fecha_sozinha vazio vazia vazios vazias em_branco inválido inválida exceção aborta negado negada expulsa expulsou deslogado deslogados "
        "carregando rodando ampulheta não_acontece_nada pane desabilitado desativado desconhecido não_encontrado timeout 500 404 403 401 devolve_erro retorna_erro volta_erro mensagem_de_erro"
    ),
    "wrong": "errado errada errados erradas incorreto incorreta incorretos incorretas equivocado falta faltam faltando duplicado duplicada duplicados duplicadas em_dobro duas_vezes incompleto incompleta desatualizado desatualizada sumiu sumiram desapareceu desapareceram inconsistente não_bate não_batem não_confere não_coincide não_atualiza trocado trocada trocados trocadas truncado",
    "slow": "lento lenta lentos lentas lentidão lentíssimo lentíssima demora demoram demorado demorando atraso atrasos atrasado latência degradado degradada degradação desempenho minutos_para minutos_pra segundos_para segundos_pra leva_~_minutos levam_~_minutos meio_minuto tempo_de_resposta tempos_de_resposta timeout sobrecarregado devagar arrastando vários_minutos leva_~_min",
    "intermittent": "às_vezes as_vezes por_vezes intermitente intermitentes intermitência aleatório aleatória aleatoriamente esporádico esporádica esporadicamente ocasional ocasionalmente de_vez_em_quando instável instáveis instabilidade um_em_cada uma_em_cada várias_vezes na_segunda_tentativa à_segunda frequentemente volta_e_meia a_cada_~_minutos a_cada_~_horas vezes_por_dia vezes_por_hora vai_e_volta",
    "work": (
        "funciona funcionam funcionar carrega carregam carregar abre abrem abrir inicia iniciar arranca responde respondem processa processam processado processar chega chegam chegar entra entram entrar passa passam passar conectar conecta conexão ligação acessar acessa aceder acede acesso "
        "guardar guarda salvar salva salvam gravar grava enviar envia enviado sincroniza concluir finalizar comprar pagar vender entregar expedir criar faturar emitir imprimir usar utilizar trabalhar baixar descarregar importar exportar gerar gera recebe recebemos receber mostra mostrar ver produzir despachar cobrar cadastrar registrar registar fazer realizar operar continuar sai saem consultar sobe subir atualizar atualiza logar "
        "acessível acessíveis disponível disponíveis aparece aparecem"
    ),
    "ok": "normal normalmente bem correto corretos corretas corretamente certo certa certos certas estável ok sem_problemas sem_novidade perfeitamente perfeito operacional tudo_bem tudo_certo numa_boa tranquilo",
    "else": "outro outra outros outras resto restante restantes demais além_de salvo os_demais os_outros todos_os_outros",
    "still": "ainda continua continuam pelo_menos segue seguem",
    "core": (
        "pedido pedidos encomenda encomendas pagamento pagamentos login autenticação orçamento orçamentos cotação cotações oferta ofertas venda vendas entrega entregas envio envios expedição faturação faturamento folha_de_pagamento salários transação transações mensagem mensagens linha_de_produção fábrica armazém depósito caixa caixas carrinho reserva reservas "
        "negócio operação operações fluxo fluxos interface interfaces integração integrações nota_fiscal notas_fiscais boleto boletos pix cartão balcão guias despacho processamento caminhões"
    ),
    "system": "site sítio web página páginas loja loja_virtual loja_online portal plataforma sistema sistemas aplicação aplicativo app instância servidor servidores serviço serviços base_de_dados banco_de_dados cluster hub gateway api ambiente tudo software ferramenta programa solução produto rede configurador",
    "peripheral": (
        "relatório relatórios exportação pdf filtro filtros ordenação coluna colunas campo campos logo imagem imagens foto fotos ícone ícones botão botões newsletter notificação notificações etiqueta etiquetas tradução traduções cabeçalho rodapé gráfico gráficos estatística estatísticas painel lista listas formato fonte cor cores comentário comentários calendário modelo menu excel csv contador texto título impressora linha linhas margens avatar"
    ),
    "instead": "em_vez_de ao_invés_de em_lugar_de",
    "account": "login senha palavra_passe conta redefinir registrar cadastro minha_conta meu_usuário meu_cadastro iniciar_sessão fazer_login",
    "no_way": "único_meio única_forma única_maneira único_jeito não_há_outra não_há_alternativa não_tem_outro só_dá_por nenhuma_alternativa não_temos_outra sem_alternativa",
    "polite": "podem_verificar podem_ajudar poderiam_verificar poderiam_ajudar consegue_ver conseguem_ver podem_ver pode_verificar nos_ajudem podem_dar_uma_olhada",
    "internal": "interno internos interna estagiário estagiária administração",
    "all": "todo toda todos todas tudo completamente totalmente inteiro inteira cada total por_completo absolutamente sempre todo_mundo toda_a_gente geral qualquer",
    "users": "usuário usuários utilizador utilizadores cliente clientes colega colegas equipe equipa equipes equipas time vendedor vendedores revendedores funcionário funcionários colaborador colaboradores pessoal escritório escritórios lojas filial filiais empresa companhia departamento países fornecedores gente visitantes operadores agentes médicos pacientes alunos sócios pessoas unidade unidades gestores",
    "we": "nós nosso nossa nossos temos podemos estamos conseguimos",
    "many": "muitos muitas vários várias diversos diversas numerosos centenas milhares dezenas maioria metade massivo massivamente bastantes",
    "partial": "alguns algumas certos certas parcial parcialmente somente apenas_na apenas_no apenas_em só_na só_no só_em uma_região um_país uma_loja uma_filial um_terço um_quarto parte_dos parte_das",
    "one": "um_~_cliente uma_~_cliente um_~_usuário um_~_utilizador um_usuário um_utilizador um_cliente uma_cliente um_colega uma_colega um_só uma_só só_um só_uma minha_conta minha_senha meu_computador meu_usuário meu_login meu_cadastro comigo só_eu sou_só_eu só_comigo uma_pessoa um_funcionário uma_funcionária um_produto um_artigo um_pedido dois_usuários um_navegador estagiário estagiária um_fornecedor",
    "prod": "produção prod em_produção ambiente_de_produção sistema_de_produção live ambiente_real",
    "not_prod_word": "linha_de_produção linhas_de_produção entrada_em_produção passagem_a_produção colocar_em_produção entrar_em_produção subir_para_produção chefe_de_produção plano_de_produção",
    "nonprod": "ambiente_de_testes ambiente_de_teste ambiente_de_homologação homologação sistema_de_testes sandbox staging pré-produção preprodução desenvolvimento ambiente_de_desenvolvimento ambiente_de_formação ambiente_de_treinamento demonstração demo uat qa em_testes servidor_de_testes servidor_de_teste ambiente_de_qualidade",
    "workaround": "solução_alternativa solução_temporária solução_provisória contornar contornamos contorno à_mão na_mão manualmente enquanto_isso entretanto provisoriamente provisório temporariamente por_telefone em_papel no_papel no_excel outro_navegador por_enquanto por_ora para_já funciona_com funciona_pelo com_chrome com_firefox quebra_galho gambiarra nos_viramos recarregando recarregar limpar_o_cache limpar_a_cache reiniciando reinstalando remedeia",
    "way": "alternativa alternativas solução_alternativa plano_b reserva outra_forma outra_via outra_maneira outro_jeito outro_sistema outro_meio papel processo_manual maneira",
    "costly": "horas_extras horas_extra tedioso insustentável custoso trabalhoso não_damos_conta moroso inviável",
    "security": (
        "segurança vulnerabilidade* violação brecha vazamento vazaram vazou fuga não_autorizado não_autorizada não_autorizados hackeado hackeada hacker invasão invadido invadida invadiram intrusão suspeito suspeita suspeitos phishing comprometido comprometida confidencial confidenciais dados_pessoais lgpd rgpd exposto exposta expostos expostas "
        "dados_de_outro dados_de_outra dados_de_outros ex_funcionário ex_colaborador senha_em_texto ransomware malware vírus roubo roubado ataque sem_autorização de_outro_cliente de_outra_pessoa de_outros_clientes privacidade permissões dados_de_um_outro dados_alheios sem_senha sem_pedir_senha sem_login sem_autenticação"
    ),
    "security_paper": "questionário certificação iso avaliação_de_fornecedores auditoria_anual teste_de_intrusão",
    "dataloss": "perda_de_dados perdido perdidos perdida perdidas perderam apagado apagados apagada apagadas apagou apagaram excluído excluídos eliminado eliminados sumiu sumiram desapareceu desapareceram sobrescrito",
    "cost": "receita prejuízo prejuízos perdendo perdemos dinheiro multa multas custando abandonam reclamações reclamando por_hora a_cada_minuto a_cada_hora queixas nos_custa custa_dinheiro",
    "idle": "braços_cruzados não_podemos_trabalhar não_conseguimos_trabalhar não_podem_trabalhar não_podemos_vender não_conseguimos_vender não_conseguimos_faturar não_conseguimos_operar não_conseguimos_emitir caminhões camiões esperando sem_trabalhar empresa_parada loja_parada produção_parada tudo_parado todo_mundo_parado fila_na mandar_embora mandei_embora fechar_as_portas sem_poder_trabalhar sem_poder_vender clientes_indo_embora fila_de",
    "deadline": "prazo data_limite até_meio-dia até_hoje até_amanhã fechamento_do fecho_do ainda_hoje hoje_à_tarde",
    "downstream": "processo_noturno processos_noturnos batch segundo_plano tarefa_agendada tarefas_agendadas fila envio_de_e-mails indexação lembretes sincronização agendador importação importações webhook webhooks",
    "since": "desde agora atualmente neste_momento esta_manhã hoje hj hoje_de_manhã agora_há_pouco após_a_atualização depois_da_atualização há_~_horas faz_~_horas há_uma_hora de_repente",
    "past": "ontem anteontem semana_passada mês_passado segunda_passada terça_passada quarta_passada quinta_passada sexta_passada",
    "solved": "resolvido resolvida resolvidos solucionado corrigido corrigida consertado arrumado restabelecido restabelecida restaurado recuperado voltou_a_funcionar voltaram_a_funcionar já_funciona voltou_ao_normal normalizou normalizado tudo_normal já_está_tudo tudo_funcionando voltou_ao_ar de_volta_ao_ar",
    "closing": "fechar_o_chamado podem_fechar pode_fechar encerrar_o_chamado pode_encerrar podem_encerrar fechar_o_ticket",
    "again": "outra_vez de_novo novamente voltou_a todo_dia todos_os_dias terceira_vez segunda_vez repetidamente recorrente",
    "question": (
        "como_posso como_se como_podemos como_faço como_fazer como_é onde_posso onde_fica onde_está onde_encontro qual_é quais_são quantos quantas quanto o_que_é o_que_significa é_possível seria_possível posso_fazer existe_alguma existe_algum há_alguma tem_como pergunta perguntas dúvida dúvidas "
        "saber explicar poderiam_indicar podem_indicar poderia_me_dizer gostaria_de_saber queria_saber recomendação recomendam quando_estará instruções passo_a_passo suportam oferecem boas_práticas"
    ),
    "wish": "sugestão sugestões sugerimos sugerir sugiro melhoria melhorias gostaríamos gostaria_de_ver gostaria_que seria_bom seria_útil seria_ótimo seria_legal seria_ideal nova_funcionalidade nova_função funcionalidade poderiam_adicionar poderiam_acrescentar poderiam_incluir adicionar_um adicionar_uma ideia proposta roteiro próxima_versão desejo",
    "admin": "fatura faturas contrato licença licenças renovação cotação_para questionário treinamento formação curso reunião novo_usuário novos_usuários novo_utilizador criar_um_usuário criar_utilizador enviar_uma_cópia segunda_via nos_enviem cópia certificado_de mudança_de_endereço alteração_de_morada cancelamento cancelar_minha assinatura_do subscrição nif cnpj ativar_a reembolso excluir_minha_conta titular titularidade",
    "maintenance": "manutenção manutenção_programada parada_programada migração mapeamento mudar_a_configuração alterar_a_configuração certificado_vence certificado_expira expira vence renovar_o_certificado janela_de_manutenção",
    "docs": "documentação guia notas_da_versão página_de_ajuda tutorial o_manual do_manual manual_de no_manual",
    "fyi": "para_sua_informação para_conhecimento para_informação nenhuma_ação só_para_informar apenas_para_informar informamos informo resposta_automática fora_do_escritório de_férias ausente aviso comunicamos",
    "thanks": "obrigado_pela_rapidez obrigada_pela_rapidez parabéns excelente_trabalho ótimo_trabalho",
    "cosmetic": "erro_de_digitação gralha gralhas cosmético cosmética ortografia cor cores fonte alinhamento desalinhado pixel ícone sobrepõe sobrepõem estético feio",
    "lowkey": "não_é_urgente não_urgente nada_urgente sem_pressa não_há_pressa não_tem_pressa quando_puderem quando_tiverem_tempo menor pequeno pequena chato chatinho incômodo incómodo não_é_crítico não_é_grave baixa_prioridade sem_impacto sem_urgência leve detalhe raramente algum_dia nada_grave nada_de_mais",
    "urgent": "urgente urgentes urgência imediatamente imediato crítico crítica emergência quanto_antes o_mais_rápido_possível de_imediato já_já prioridade_máxima catástrofe desastre socorro ajuda liguem me_liguem rapidamente escalar",
    "me": "eu meu minha me mim meus minhas comigo",
    "in_vain": "sem_sucesso não_ajuda não_ajudou não_adianta não_adiantou em_vão sem_resultado mesmo_resultado não_resolveu nenhuma_mudança não_muda nada_resolve mesmo_erro",
    "lacking": "sem",
    "zero": "nem_um nem_uma zero não_entra_nada não_chega_nada nada_funciona nada_entra nenhum_pedido nenhuma_venda",
    "affects": "afeta afetados afetado afetam impacta impactados acontece_com atinge independentemente",
    "place": "brasil portugal angola moçambique espanha frança alemanha itália suíça inglaterra argentina méxico europa áfrica américa lisboa porto coimbra braga faro recife fortaleza curitiba salvador goiânia brasília campinas manaus belém são_paulo rio_de_janeiro belo_horizonte porto_alegre iphone android tablet safari firefox chrome edge celular telemóvel celulares telemóveis filial_de unidade_de sucursal_de",
    "figures": "preço preços valor valores quantidade quantidades estoque stock inventário fatura faturas imposto impostos iva icms endereço endereços morada salário salários saldo saldos total totais desconto descontos moeda unidades peso esgotado comissão comissões",
    "mailing": "e_mail e_mails email emails notificação notificações confirmação confirmações lembretes",
    "foreign": "outra_pessoa outro_cliente outros_clientes outra_empresa outras_empresas outros_pacientes outros_utilizadores outros_usuarios que_nao_sao_meus que_nao_sao_nossos todos_os_salarios",
    "server_error": "500 erro_do_servidor erro_de_servidor erro_interno internal_server_error",
    "by_the_by": "para_informacao para_vosso_conhecimento so_para_avisar apenas_para_avisar so_para_informar caso_nao_saibam",
    "after_it": "o_que_se_passa o_que_aconteceu o_que_esta_acontecendo alguma_ideia alguma_novidade e_conhecido problema_conhecido ja_sabiam voces_sabem sou_eu somos_nos so_comigo so_connosco mais_alguem quando_volta previsao_de_retorno ha_previsao ha_alguma_avaria ha_algum_problema o_que_fazer o_que_podemos_fazer podem_verificar",
}  # fmt: skip
