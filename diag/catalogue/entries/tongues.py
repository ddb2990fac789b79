# ruff: noqa: E501 - data, one wording a line
# fmt: off
"""Common wordings in other languages and what they say in English, as the rules know it. Words, not sentences: they are put into the
normal form in place of the original, so that ``OpenAI 余额不足`` reads ``openai insufficient balance``."""

WORDS: tuple[tuple[str, str], ...] = (
    # Chinese
    ("请求过于频繁|请求频率过高|频率限制|速率限制|请求过多|请求太频繁|超出频率|限流|並發過高|并发超限", " rate limit exceeded "),
    ("余额不足|餘額不足|欠费|账户余额|额度不足|额度已用完|额度已用尽|配额已用尽|配额不足|超出配额|配額已用|额度超限|用户额度|积分不足", " insufficient balance "),
    ("无效的令牌|令牌无效|无效的api密钥|无效的密钥|密钥无效|api ?key ?无效|api ?key ?错误|密钥错误|無效的api|身份验证失败|认证失败|令牌已过期|令牌验证失败", " invalid api key "),
    ("未提供令牌|未配置|未设置|缺少|没有设置|未提供|尚未設定|不能为空|為空|未設定", " missing "),
    ("未授权|未登录|未經授權|没有权限|无权限|权限不足|無權限|禁止访问", " permission denied "),
    ("请求超时|超时|逾時|超過時間|连接超时", " timed out "),
    ("服务器繁忙|服务繁忙|系统繁忙|服务器过载|负载已饱和|服務繁忙|当前负载|模型负载", " currently overloaded "),
    ("服务不可用|服务暂时不可用|服務不可用|暂不可用", " service temporarily unavailable "),
    ("模型不存在|找不到模型|无可用渠道|模型不可用|沒有此模型", " model not found "),
    ("敏感内容|内容安全|违规内容|内容违规|内容审核|敏感詞|敏感词|不安全|安全策略", " content policy "),
    ("图片下载失败|下载图片失败|无法下载图片|无法访问图片|圖片下載失敗|获取图片失败", " failed to download image "),
    ("图片格式|圖片格式", " image format "), ("不支持|不支援", " not supported "), ("图片过大|图片太大|文件过大|圖片過大", " image too large "),
    ("不存在|未找到|找不到", " not found "), ("网络错误|网络连接失败|網路錯誤|连接失败", " network error "), ("解析失败|解析错误|无法解析|解析失敗", " failed to parse response "),
    ("参数错误|无效参数|参数无效|參數錯誤", " invalid parameter "), ("地区不支持|所在地区|不支持的地区", " location is not supported "), ("上下文长度|超出最大长度|token数超", " maximum context length exceeded "),
    ("维护|維護中", " maintenance "), ("已暂停|暂停|暫停", " paused "),
    # Japanese
    ("レート制限|リクエストが多すぎ|リクエスト数", " rate limit exceeded "), ("apiキーが無効|無効なapiキー|認証に失敗|認証エラー", " invalid api key "), ("設定されていません|未設定|必須です|ありません", " not set "),
    ("タイムアウト", " timed out "), ("見つかりません|存在しません", " not found "), ("クォータ|残高|クレジット不足|利用上限|割り当て", " insufficient quota "), ("権限がありません|アクセスが拒否|許可されていません", " permission denied "),
    ("サーバーエラー|内部エラー", " internal server error "), ("過負荷|混雑", " currently overloaded "), ("コンテンツポリシー|安全性|ブロックされ", " blocked content policy "), ("画像をダウンロードでき|画像の取得に失敗|画像の読み込みに失敗", " failed to download image "),
    # Korean
    ("요청이 너무 많|속도 제한|요청 한도", " rate limit exceeded "), ("api 키가 (?:유효하지|잘못)|유효하지 않은 api|인증 (?:실패|오류)|인증에 실패", " invalid api key "), ("설정되지 않|없습니다|필요합니다|누락", " not set "),
    ("시간 ?초과|타임아웃", " timed out "), ("찾을 수 없", " not found "), ("할당량|크레딧이 부족|잔액", " insufficient quota "), ("권한이? ?없", " permission denied "), ("과부하", " currently overloaded "), ("이미지를? (?:다운로드|가져|불러)", " failed to download image "),
    # Russian and Ukrainian
    ("слишком много запросов|лимит запросов|превышен лимит|превышение лимита", " rate limit exceeded "), ("неверный (?:api[- ]?)?ключ|недействительный (?:api[- ]?)?ключ|недійсний ключ|неправильный ключ|ошибка (?:авторизации|аутентификации)", " invalid api key "),
    ("не (?:задан|настроен|указан|установлен|найден в)\\w*|отсутствует|не налаштован\\w*|не вказан\\w*", " not set "), ("время ожидания|превышено время|таймаут|тайм-аут", " timed out "), ("не найден\\w*|не существует|не знайдено", " not found "),
    ("недостаточно средств|закончил\\w+ (?:кредит|квот|средств)\\w*|квота|исчерпан\\w*|недостатньо коштів", " insufficient quota "), ("доступ запрещ[её]н|нет доступа|нет прав|доступ заборонено", " permission denied "), ("перегружен\\w*", " currently overloaded "),
    ("отказал\\w*|фильтр\\w* контента|политик\\w+ контента|заблокирован\\w*|фільтр контенту", " blocked content_filter "), ("не удалось (?:загрузить|скачать|получить) (?:изображение|картинку|фото)", " failed to download image "), ("не удалось разобрать|не удалось распарсить|некорректный ответ|невалидный json", " failed to parse response "),
    ("недоступ\\w+", " unavailable "), ("регион\\w* не поддержива\\w+|недоступ\\w+ в вашем регионе", " location is not supported "),
    ("respuesta|resposta|réponse|antwort|ответ", " response "), ("inv[aá]lid[oa]s?|non valide|ung[uü]ltige?[rsn]?|неверн\\w+|некорректн\\w+|nieprawidłow\\w+|ongeldige?", " invalid "), ("não contém|no contiene|ne contient pas|enthält kein\\w*", " does not contain "),
    ("formato inesperado|formato inválido|unerwartetes format|format inattendu", " unexpected format "), ("\\ba ia\\b|la ia\\b|l'ia\\b|die ki\\b", " ai "), ("retornou|devolvió|retornó|a renvoyé|hat zurückgegeben", " returned "),
    # Spanish and Portuguese
    ("demasiadas (?:solicitudes|peticiones)|muitas (?:solicitações|requisições)|l[ií]mite de (?:velocidad|solicitudes|peticiones|taxa|requisições|uso)\\w*", " rate limit exceeded "), ("(?:clave|llave|chave)(?: de)?(?: la)? api (?:no v[aá]lida|inv[aá]lida|incorrecta|incorreta)|api key inv[aá]lida|credenciais inv[aá]lidas|credenciales inv[aá]lidas", " invalid api key "),
    ("no (?:est[aá]|se ha|fue|ha sido) (?:configurad[oa]|definid[oa]|encontrad[oa])|n[aã]o (?:est[aá]|foi) (?:configurad[oa]|definid[oa])|n[aã]o configurad[oa]|no configurad[oa]|falta(?:ndo)?(?: la| el| a| o)?|ausente", " missing "), ("tiempo de espera|tempo (?:limite|esgotado|de espera)|se agot[oó] el tiempo", " timed out "),
    ("no (?:se )?(?:encontr[oó]|encontrad[oa]|existe)|n[aã]o (?:foi )?encontrad[oa]|n[aã]o existe", " not found "), ("saldo insuficiente|cr[eé]ditos insuficientes|cuota (?:excedida|agotada|superada)|cota (?:excedida|esgotada)|has superado tu cuota|sin saldo|sem cr[eé]ditos", " insufficient quota "),
    ("no autorizad[oa]|n[aã]o autorizad[oa]", " unauthorized "), ("acceso denegado|acesso negado|permiso denegado|permiss[aã]o negada", " permission denied "), ("sobrecargad[oa]", " currently overloaded "),
    ("no se pudo (?:descargar|obtener|cargar) la imagen|erro ao (?:baixar|carregar) a? ?imagem|error al (?:descargar|obtener) la imagen|n[aã]o foi poss[ií]vel baixar a imagem", " failed to download image "), ("formato de imagen?m? no soportado|formato de imagem n[aã]o suportado", " unsupported image format "),
    ("en mantenimiento|em manuten[cç][aã]o", " maintenance "), ("no disponible|indispon[ií]vel", " unavailable "), ("es requerid[oa]|es obligatori[oa]|[eé] obrigat[oó]ri[oa]|se requiere", " is required "), ("error interno(?: del servidor)?|erro interno(?: do servidor)?", " internal server error "),
    # German
    ("zu viele anfragen|anfragelimit|ratenlimit", " rate limit exceeded "), ("ung[uü]ltiger (?:api-?)?schl[uü]ssel|api-schl[uü]ssel (?:ist )?ung[uü]ltig", " invalid api key "), ("nicht (?:konfiguriert|gesetzt|angegeben|hinterlegt)|fehlt|fehlende[rs]?|ist erforderlich", " missing "), ("zeit[uü]berschreitung", " timed out "),
    ("nicht gefunden|existiert nicht", " not found "), ("guthaben (?:aufgebraucht|reicht nicht|nicht ausreichend)|kontingent (?:ersch[oö]pft|[uü]berschritten|aufgebraucht)", " insufficient quota "), ("zugriff verweigert|keine berechtigung|nicht berechtigt", " permission denied "), ("[uü]berlastet", " currently overloaded "), ("nicht verf[uü]gbar", " unavailable "), ("bild konnte nicht (?:geladen|heruntergeladen)", " failed to download image "), ("interner (?:server-?)?fehler", " internal server error "),
    # French
    ("trop de requ[eê]tes|limite de (?:d[eé]bit|requ[eê]tes)", " rate limit exceeded "), ("cl[eé] (?:d'?)?api (?:invalide|incorrecte|non valide)", " invalid api key "), ("non (?:configur[eé]e?|d[eé]finie?|renseign[eé]e?)|manquante?s?|est (?:requis|obligatoire)e?", " missing "), ("d[eé]lai (?:d'attente )?d[eé]pass[eé]|d[eé]lai d'attente", " timed out "),
    ("introuvable|n'existe pas|non trouv[eé]e?", " not found "), ("quota (?:d[eé]pass[eé]|[eé]puis[eé])|cr[eé]dits? (?:insuffisants?|[eé]puis[eé]s?)|solde insuffisant", " insufficient quota "), ("acc[eè]s (?:refus[eé]|interdit)|non autoris[eé]e?", " permission denied "), ("surcharg[eé]e?", " currently overloaded "), ("indisponible", " unavailable "), ("impossible de t[eé]l[eé]charger l'image", " failed to download image "), ("erreur interne(?: du serveur)?", " internal server error "),
    # Italian, Turkish, Polish, Dutch, Vietnamese, Indonesian, Arabic, Hebrew, Hindi
    ("troppe richieste|[cç]ok fazla istek|istek limiti|zbyt wiele (?:żądań|zapytań)|te veel verzoeken|quá nhiều yêu cầu|terlalu banyak permintaan", " rate limit exceeded "), ("chiave api non valida|ge[cç]ersiz api anahtar[ıi]|nieprawidłowy klucz|ongeldige api-sleutel|khóa api không hợp lệ|kunci api tidak valid", " invalid api key "),
    ("non configurat[oa]|mancante|ayarlanmam[ıi]ş|tan[ıi]ml[ıi] değil|yap[ıi]land[ıi]r[ıi]lmam[ıi]ş|eksik|nie (?:jest )?(?:ustawion|skonfigurowan)\\w*|brak|niet (?:ingesteld|geconfigureerd)|ontbreekt|chưa (?:được )?(?:cấu hình|thiết lập)|thiếu|belum (?:diatur|dikonfigurasi)|tidak ditemukan di env", " missing "),
    ("zaman aş[ıi]m[ıi]|przekroczono (?:limit )?czasu?|hết thời gian|waktu habis|tempo scaduto", " timed out "), ("bulunamad[ıi]|nie znaleziono|không tìm thấy|tidak ditemukan|niet gevonden|non trovat[oa]", " not found "), ("kota(?:n[ıi]z)? (?:aş[ıi]ld[ıi]|doldu)|bakiye yetersiz|yetersiz bakiye|przekroczono limit|hết (?:hạn mức|tiền)|kuota habis|credito insufficiente", " insufficient quota "), ("yetkiniz yok|erişim (?:engellendi|reddedildi)|brak (?:uprawnień|dostępu)|geen toegang|không có quyền|akses ditolak|accesso negato", " permission denied "),
)
