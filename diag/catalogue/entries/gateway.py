# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""Supabase's front door, before the function runs. Codes and bodies: Supabase's documentation of function errors."""

from diag.catalogue.model import Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

_FAILED = Verdict.FAILED
_KEYS_PAGE = "https://supabase.com/docs/guides/functions/auth"
_STATUS_PAGE = "https://status.supabase.com"

SIGNATURES = (
    Signature("gateway.auth-missing", "the functions gateway got no key", _FAILED, Scope.PROJECT, (Remedy("Give nukediag the project's service_role key (SUPABASE_SERVICE_ROLE_KEY). A key of the new kind (sb_secret_…) is no JWT: the gateway's JWT check counts it as none.", "nukediag config show", _KEYS_PAGE,), Remedy("If callers have a key of the new kind or none, turn the gateway's check off for this function.", "supabase functions deploy {function} --no-verify-jwt --project-ref {ref}", _KEYS_PAGE,),)),
    Signature("gateway.auth-invalid", "the functions gateway refused the key", _FAILED, Scope.PROJECT, (Remedy("Look which key is used and whether it belongs to this project.", "nukediag config show", _KEYS_PAGE), Remedy("Take the key anew from the project's settings (API keys).", None, "https://supabase.com/dashboard/project/{ref}/settings/api-keys",), Remedy("A key of the new kind (sb_secret_…) is no JWT: deploy the function without the gateway's JWT check.", "supabase functions deploy {function} --no-verify-jwt --project-ref {ref}", _KEYS_PAGE,),)),
    Signature("gateway.function-not-found", "the function is not deployed under this name", _FAILED, Scope.PROJECT, (Remedy("See what is deployed.", "supabase functions list --project-ref {ref}"), Remedy("Deploy the function.", "supabase functions deploy {function} --project-ref {ref}", "https://supabase.com/docs/guides/functions/deploy",),)),
    Signature("gateway.method-not-allowed", "the request's method is not allowed", _FAILED, Scope.PROJECT, (Remedy("Call the function with POST.", None, "https://supabase.com/docs/guides/functions/status-codes"),)),
    Signature("gateway.invalid-url", "the function's address is malformed", _FAILED, Scope.PROJECT, (Remedy("Check SUPABASE_URL and the function's name.", "nukediag config show"),)),
    Signature("gateway.rate-limited", "Supabase itself limits the rate of calls", _FAILED, Scope.TRANSIENT, (Remedy("Wait, then go on with fewer calls at once.", None, "https://supabase.com/docs/guides/functions/limits"),)),
    Signature("gateway.restricted", "the project is restricted: a quota of its plan is used up, or a payment is overdue", _FAILED, Scope.PROJECT, (Remedy("Pay, upgrade the plan or remove the spend cap.", None, "https://supabase.com/dashboard/org/_/billing"),)),
    Signature("gateway.project-paused", "the project is paused", _FAILED, Scope.PROJECT, (Remedy("Restore the project in the dashboard, then wait some minutes.", None, "https://supabase.com/dashboard/project/{ref}",),)),
    Signature("gateway.payload-too-large", "the request is too large", _FAILED, Scope.ITEM, (Remedy("Send the image's URL instead of its bytes, or a smaller image.", None, "https://supabase.com/docs/guides/functions/limits",),)),
    Signature("gateway.unavailable", "the platform, or a proxy before it, did not answer", _FAILED, Scope.TRANSIENT, (Remedy("Wait and try again; look at the platform's status page if it lasts.", None, _STATUS_PAGE),)),
)

RULES = (
    Rule("gateway.auth-missing", 92, r"\bunauthorized_no_auth_header\b"),
    Rule("gateway.auth-missing", 72, r"(?:missing|no) (?:an? )?authorization header"),
    Rule("gateway.auth-missing", 62, r"(?:authorization header (?:is )?(?:missing|required|not (?:found|provided))|no authorization (?:token|provided)|missing auth(?:orization)? (?:header|token))", status=(401,)),
    Rule("gateway.auth-invalid", 92, r"\bunauthorized_(?:legacy_jwt|asymmetric_jwt|invalid_jwt\w*|unsupported_\w+|invalid_\w+|jwt\w*|expired\w*)\b"),
    Rule("gateway.auth-invalid", 78, r"\binvalid jwt\b"),
    Rule("gateway.auth-invalid", 80, r"(?:invalid token or protected header formatting|auth header is not '?bearer|unsupported jwt algorithm|jwt (?:verification failed|could not be decoded|is malformed|header))"),
    Rule("gateway.auth-invalid", 64, r"(?:jwsinvalid|jwtexpired|jwserror|err_jw[st]\w*|jwt malformed|jwt is invalid|invalid compact jws|jwt has expired|jwt expired|token is malformed|missing sub claim|invalid claim|invalid signature in jwt)", status=(401, 403)),
    Rule("gateway.function-not-found", 92, r"requested function was not found"),
    Rule("gateway.function-not-found", 74, r"(?:edge )?function(?: '?[\w-]+'?)? (?:was )?(?:not found|does not exist|is not deployed|not deployed)", unless=(r"public\.", r"pgrst202", r"no function matches", r"schema cache")),
    Rule("gateway.function-not-found", 74, r"missing function name in request"),
    Rule("gateway.function-not-found", 84, r"\bcode: not_found\b", unless=(r"status: not_found", r"not_found_function_blob", r"models?/")),
    Rule("gateway.method-not-allowed", 72, r"(?:method not (?:allowed|supported)|only (?:post|get)(?: requests?| method)?(?: (?:is|are))? (?:allowed|supported|accepted)|method_not_allowed|httpmethodnotsupported)"),
    Rule("gateway.method-not-allowed", 50, "", status=(405,)),
    Rule("gateway.invalid-url", 92, r"(?:code|error): invalid_url\b"),
    Rule("gateway.rate-limited", 94, r"rate limit exceeded for trace"),
    Rule("gateway.rate-limited", 90, r"\bthrottlerexception\b"),
    Rule("gateway.rate-limited", 84, r"(?:^|code: |: )rate_limit_exceeded\b", also=(r"(?:function|trace|ratelimiterror|retryafterms)",), unless=(r"openai|\bgpt|gemini|groq|tokens? per|organization",)),
    Rule("gateway.restricted", 94, r"(?:exceed_\w+_quota|overdue_payment|service for this project is restricted|project (?:is|has been) restricted)"),
    Rule("gateway.restricted", 52, "", status=(402,)),
    Rule("gateway.project-paused", 92, r"project (?:is |has been |was )?paused"),
    Rule("gateway.project-paused", 90, "", status=(540,)),
    Rule("gateway.payload-too-large", 66, r"(?:payload too large|request entity too large|content too large|request body (?:is )?too large|body exceeded|entity\.too\.large|payloadtoolarge\w*|function_payload_too_large|request_entity_too_large)"),
    Rule("gateway.payload-too-large", 82, r"too large", status=(413,)),
    Rule("gateway.unavailable", 45, r"cloudflare"),
    Rule("gateway.payload-too-large", 50, "", status=(413,)),
    Rule("gateway.payload-too-large", 46, r"status(?: code)?:? ?\(?413\b"),
    Rule("gateway.function-not-found", 78, r"\b404\b.{0,80}/functions/v1/|/functions/v1/.{0,80}\b404\b"),
    Rule("gateway.unavailable", 76, r"(?:web server is (?:returning an unknown error|down)|error code:? 52\d|\b52[0-7]: [a-z]|origin (?:is unreachable|dns error)|connection between cloudflare'?s network and the origin|a timeout occurred|ssl handshake failed|origin_rpc_error|error 52[0-7]|invalid ssl certificate|web server reported)"),
    Rule("gateway.unavailable", 66, r"(?:\b50[234]:? (?:bad gateway|gateway time-?out|service (?:temporarily )?unavailable)|^bad gateway|upstream connect error|no healthy upstream|upstream request timeout|name resolution failed|an invalid response was received from the upstream server|the upstream server is timing out|error reference number)"),
    Rule("gateway.unavailable", 66, r"^\W*(?:503 )?service (?:temporarily )?unavailable\W*$"),
    Rule("gateway.unavailable", 60, r"functionsrelayerror|relay error invoking"),
    Rule("gateway.unavailable", 62, r"(?:bad gateway|gateway time-?out)"),
    Rule("gateway.unavailable", 48, "", status=(502, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530, 544)),
)
