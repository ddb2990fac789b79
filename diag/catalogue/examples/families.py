# ruff: noqa: E501 - data, one answer a line
# fmt: off
"""Families beyond the big providers: gateways, hosted and local models, further SDKs, functions' own words in other
languages, and answers of success that are none."""

from diag.catalogue.model import Example as E

EXAMPLES = (
    # gateways and hosted models
    E("ai.overloaded", '{"error":{"message":"Provider returned error","code":502}}', 502),
    E("ai.rate-limited", '{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"acme/vision-2 is temporarily rate-limited upstream","provider_name":"Acme"}}}', 429, like="ai.overloaded"),
    E("ai.bad-request", '{"error":{"message":"upstream said no","type":"upstream_error","param":"400","code":"bad_response_status_code"}}', 500),
    E("ai.quota-exhausted", '{"error":{"message":"Insufficient credits, please top up","code":"insufficient_credits","type":"insufficient_quota"}}', 402, like="openai.quota-exhausted"),
    E("ai.overloaded", '{"error":"Model google/vit-base is currently loading","estimated_time":18.5}', 503, like="gemini.overloaded"),
    E("ai.overloaded", '{"error":"CUDA out of memory. Tried to allocate 512 MiB"}', 500, like="runtime.worker-limit"),
    E("ai.key-missing", '{"detail":"You did not pass an API key for Replicate"}', 401),
    E("ai.bad-request", "Error: model does not support image input", like="function.bad-request"),
    E("ai.image-rejected", '{"error":{"code":"InvalidRequest","innererror":{"code":"InvalidImageSize","message":"Too small"}}}', 400),
    E("ai.image-unreachable", '{"responses":[{"error":{"code":7,"message":"We are not allowed to access the URL on your behalf."}}]}', like="image.forbidden"),
    E("ai.permission", '{"error":{"code":403,"message":"Access denied due to Virtual Network/Firewall rules."}}', 403),
    E("ai.bad-request", "An error occurred (ValidationException) when calling the Converse operation: The model returned the following errors: malformed block", like="aws.bad-request"),
    E("ai.refused", '{"error":"NSFW content was detected, nothing is returned"}', 500),
    E("ai.rate-limited", '{"error":"Vision API error: Too Many Requests"}', 500),
    E("ai.overloaded", '{"error":"Vision API 503"}', 500),
    E("ai.overloaded", '{"error":"AI gateway error"}', 500),
    E("ai.quota-exhausted", '{"error":"AI credits used up, add funds to your workspace"}', 402, like="gateway.restricted"),
    E("ai.bad-output", '{"error":"No tool call in the answer"}', 500),
    E("openai.rate-limited", "HTTPSConnectionPool(host='api.openai.com', port=443): Max retries exceeded (Caused by ResponseError('too many 429 error responses'))", like="openai.timeout"),
    E("openai.key-invalid", '{"error":"TypeError: Headers.append: \\"Bearer sk-x\\" is not a valid HTTP header value (OpenAI)"}', 500, like="aws.key-malformed"),
    E("gemini.image-rejected", "Gemini: inline_data.mime_type: MIME type must be image/png or image/jpeg", like="gemini.bad-request"),
    # AWS by other SDKs
    E("aws.region-invalid", "Aws::Errors::NoSuchEndpointError (could not connect to https://rekognition.moon-1.amazonaws.com)"),
    E("aws.region-invalid", "failed to resolve service endpoint, Invalid Configuration: Missing Region"),
    E("aws.credentials-missing", "file_get_contents(http://169.254.169.254/latest/meta-data/iam/): Connection timed out", like="network.timeout"),
    E("aws.credentials-missing", "CredentialsNotLoaded: no providers in chain provided credentials"),
    E("aws.token-expired", "An error occurred (UnauthorizedException) when calling the GetRoleCredentials operation: session is invalid"),
    E("aws.key-malformed", 'TypeError: Invalid character in header content ["Authorization"] (AWS4 signing, rekognition)', like="openai.key-invalid"),
    # the rest of the function's world
    E("runtime.boot-error", "error sending request for url (https://esm.sh/some-lib@1): invalid peer certificate", like="function.outbound-failed"),
    E("service.key-invalid", "This is a restricted API key and lacks the permission", like="function.unauthorized"),
    E("supabase.unavailable", '{"message":"FetchError: invalid json response body at https://abc.supabase.co/rest/v1/images reason: Unexpected token <"}', 500, like="function.code-error"),
    E("image.forbidden", '{"statusCode":"400","error":"Bad Request","message":"querystring must have required property \'token\'"}', 400, like="function.bad-request"),
    E("function.outbound-failed", "Client network socket disconnected before secure TLS connection was established", 502, like="gateway.unavailable"),
    # other languages
    E("gemini.key-missing", "请先配置 GEMINI_API_KEY"),
    E("ai.key-missing", '{"error":"AI 服务未配置"}', 503, like="function.config-missing"),
    E("ai.overloaded", '{"error":"AI 服务暂时不可用，请稍后再试"}', 502),
    E("image.too-large", '{"error":"图片不能超过 4 MB"}', 413, like="gateway.payload-too-large"),
    E("openai.key-missing", '{"error":"OpenAI APIキーが設定されていません"}', 500),
    E("openai.quota-exhausted", '{"error":"OpenAI: クレジットが不足しています"}', 500),
    E("openai.bad-output", '{"error":"OpenAI 응답을 파싱에 실패했습니다"}', 500),
    E("ai.bad-output", '{"error":"KI-Antwort konnte nicht verarbeitet werden"}', 502, like="gateway.unavailable"),
    E("openai.quota-exhausted", '{"error":"Kein Guthaben bei OpenAI"}', 500),
    E("ai.quota-exhausted", '{"error":"Créditos de IA esgotados."}', 402, like="gateway.restricted"),
    E("ai.key-missing", '{"error":"Servicio de IA no configurado"}', 500),
    E("openai.key-invalid", '{"error":"Chiave API di OpenAI scaduta"}', 500),
    E("openai.quota-exhausted", '{"error":"Erreur OpenAI : quota dépassé"}', 500),
    E("gemini.key-invalid", '{"error":"Gemini: ключ недействителен"}', 500),
    E("ai.overloaded", '{"error":"AI tijdelijk niet beschikbaar"}', 502),
    # success that is none
    E("function.unfinished", '{"message":"Your request is in the queue","status":"computing","queue_position":2}', 200, like="function.ok"),
    E("function.unfinished", '{"id":"p1","status":"starting","output":null,"urls":{"get":"https://host.example/p1"}}', 200, like="function.ok"),
    E("function.unfinished", '{"job_id":"3f2b"}', 200, like="function.empty"),
    E("function.unfinished", '{"task":{"id":"9","state":"PENDING"}}', 200, like="function.empty"),
    E("function.unfinished", '{"ready":false,"retryIn":5}', 200, like="function.ok"),
    E("function.cached", '{"servedFromCache":true,"report":{"score":87,"summary":"Clean room."}}', 200, like="function.ok"),
    E("function.cached", '{"cache":{"hit":true,"age":3},"result":{"tags":["x"]}}', 200, like="function.ok"),
    E("function.cached", '{"hit":true,"tags":["a"]}', 200, like="function.ok"),
    E("function.paused", '{"success":true,"skipped":true,"reason":"AI disabled"}', 200, like="function.ok"),
    E("function.paused", '{"enabled":false}', 200, like="function.empty"),
    E("function.error-in-200", '{"result":null,"lastFailure":"the pipeline crashed"}', 200, like="function.ok"),
    E("function.error-in-200", '{"faultstring":"bad","faultcode":"x"}', 200, like="function.ok"),
    E("function.error-in-200", '{"code":1,"msg":"fail"}', 200, like="function.empty"),
    # and success that only sounds like failure
    E("function.ok", '{"description":"A sign that says \'Access denied\'","category":"sign"}', 200, like="function.error-in-200"),
    E("function.ok", '{"tags":["rust","failed paint"],"warnings":[],"error":null,"errors":0,"cached":false,"queued":0}', 200, like="function.error-in-200"),
    E("function.ok", '{"result":{"summary":"Engine failure visible: rod through block","severity":9},"errors":[]}', 200, like="function.error-in-200"),
    E("function.ok", '{"success":true,"message":"Image uploaded successfully","imageId":"img_1"}', 200, like="function.empty"),
)
