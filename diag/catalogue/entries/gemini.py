# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""Google's Gemini (AI Studio and Vertex AI): https://ai.google.dev/gemini-api/docs/troubleshooting and google.rpc codes."""

from diag.catalogue.entries.problems import signatures
from diag.catalogue.entries.wording import ABSENT, LACKS
from diag.catalogue.model import Mark, Rule

_PAGES = {
    "": "https://ai.google.dev/gemini-api/docs/troubleshooting",
    "key-missing": "https://aistudio.google.com/apikey",
    "key-invalid": "https://aistudio.google.com/apikey",
    "permission": "https://console.cloud.google.com/apis/credentials",
    "quota-exhausted": "https://ai.google.dev/gemini-api/docs/rate-limits",
    "rate-limited": "https://ai.google.dev/gemini-api/docs/rate-limits",
    "model-unavailable": "https://ai.google.dev/gemini-api/docs/models",
    "overloaded": "https://aistudio.google.com/status",
    "region-blocked": "https://ai.google.dev/gemini-api/docs/available-regions",
}

SIGNATURES = signatures("gemini", "Gemini", "GEMINI_API_KEY", _PAGES)

MARKS = (
    Mark("gemini", 93, r"(?:generativelanguage(?:\.googleapis)?|ai\.google\.dev|aistudio|ai\.studio|makersuite|developers\.generativeai|aiplatform\.googleapis|googlegenerativeai|vertexaiexception|vertex_?ai|geminiexception|google_?generative|google\.genai|google_genai)"),
    Mark("gemini", 66, r"\b(?:gemini|google ai|palm api|vertex|bard)\w*|\bimagen-?\d|google imagen"),
    Mark("gemini", 58, r"(?:google\.rpc|googleapis\.com|google\.api_core|grpc_status|grpc\._channel|statuscode\.\w+|promptfeedback|finishreason|quick accessor|prohibited_content|blockedpromptexception|stopcandidateexception|gemma)"),
    Mark("gemini", 54, r"status: (?:invalid_argument|permission_denied|resource_exhausted|unavailable|not_found|failed_precondition|unauthenticated|internal|deadline_exceeded|out_of_range|unimplemented|cancelled|aborted)\b|\b(?:resource_exhausted|failed_precondition|invalid_argument|permission_denied|deadline_exceeded)\b"),
)

_VARIABLE = r"(?:gemini_(?:api_)?key|google_(?:generative_ai_|ai_|gemini_)?api_key|google_ai_\w*key|google_application_credentials|gemini_api_token|vertex_\w+|google_gemini_\w*key)"

RULES = (
    Rule("gemini.key-missing", 92, rf"\b\w*{_VARIABLE}\b.{{0,70}}{ABSENT}"),
    Rule("gemini.key-missing", 91, rf"{LACKS}\b.{{0,50}}\b\w*{_VARIABLE}\b"),
    Rule("gemini.key-missing", 93, r"method doesn't allow unregistered callers|could not load the default credentials|api key must be set when (?:using|running)|default credentials were not found|callers without established identity"),
    Rule("gemini.key-invalid", 94, r"\bapi_key_invalid\b|api key not valid|api key expired|api_key_expired|request had invalid authentication credentials|access_token_expired|credentials_missing|access_token_type_unsupported"),
    Rule("gemini.permission", 94, r"has not been used in project|service_disabled|accessnotconfigured|are blocked\.?|api_key_\w+_blocked|consumer_suspended|has been suspended|your project has been denied access|reported as leaked|the caller does not have permission|requests from referer|caller_not_authorized|iam_permission_denied|requests to this api|api key not authorized|consumer_invalid|permission .{0,60}denied on resource|is disabled\. enable it", unless=(r"aws|rekognition|openai\.com|x\.ai\b", r"vision\.googleapis|cloud vision")),
    Rule("gemini.region-blocked", 94, r"user location is not supported"),
    Rule("gemini.model-unavailable", 92, r"models?/\S+ (?:is )?(?:not found|no longer)|is not found for api version|no longer available to new users|publisher model|not supported for (?:generatecontent|predict|bidigeneratecontent)|call listmodels"),
    Rule("gemini.quota-exhausted", 94, r"(?:requests|tokens|inputtokens|count)perday|per[_ ]?day[_ ]?(?:per|\b)|per ?day per ?(?:project|user)|\blimit: 0\b|monthly spending cap|spend-?caps?\b|prepayment credits|credits are depleted|quota_?id\S* \S*perday|quota_limit_value: 0\b|per day\b|daily (?:limit|quota)|billing_disabled|requires billing|billing to be enabled|limit_0|check (?:your )?plan and billing.{0,60}limit: 0|exceeded your monthly", also=(r"gemini|google|generativelanguage|resource_exhausted|generate_?(?:content|requests)|\brpc\b",), unless=(r"vision\.googleapis|cloud vision",)),
    Rule("gemini.rate-limited", 95, r"quota exceeded.{0,200}per_?minute|per_?minute.{0,200}quota exceeded", also=(r"aiplatform|generativelanguage|gemini|google",), unless=(r"per_?day|limit: 0\b",)),
    Rule("gemini.rate-limited", 92, r"resource_exhausted|resource has been exhausted|resource exhausted|exceeded your current quota|quota exceeded for (?:quota )?metric|statuscode\.resource_exhausted|try again later\. please refer to https://cloud\.google", also=(r"gemini|google|generativelanguage|resource_exhausted|resource has been exhausted|resource exhausted|statuscode",), unless=(r"insufficient_quota",)),
    Rule("gemini.overloaded", 90, r"experiencing high demand|the model is overloaded|an internal error has occurred\. please retry or report|status: (?:unavailable|internal)\b|statuscode\.(?:unavailable|internal)|the service is currently unavailable|internal error encountered|unable to process your request right now"),
    Rule("gemini.timeout", 91, r"deadline[ _]exceeded|deadline expired|the operation was cancelled|statuscode\.deadline", also=(r"gemini|google|status: |statuscode|grpc|504",)),
    Rule("gemini.image-unreachable", 92, r"cannot fetch content from the provided url|url_retrieval_status_error|failed to (?:fetch|download) file.{0,40}uri|fileuri", also=(r"cannot fetch|url_retrieval|fail|unable|not (?:exist|access|found)|denied",)),
    Rule("gemini.image-unreachable", 93, r"unsupported file uri|file uri must be"),
    Rule("gemini.refused", 95, r"finish_reason is (?:3|4|7|8|11)\b"),
    Rule("gemini.bad-output", 88, r"quick accessor requires|response\.candidates is empty"),
    Rule("gemini.image-rejected", 92, r"unable to process input image|provided image is not valid|image is too large to process"),
    Rule("gemini.image-rejected", 92, r"unsupported mime ?type|mime ?type .{0,160}not supported|mime_?type: .{0,40}must be|mime type must be", also=(r"gemini|invalid_argument|google|generativelanguage",)),
    Rule("gemini.context-too-long", 93, r"input token count.{0,60}exceeds|exceeds the maximum number of tokens|request payload size exceeds the limit"),
    Rule("gemini.refused", 94, r"\bblock_?reason\b.{0,6}(?:: ?)?(?:\w+\.)?(?:safety|other|blocklist|prohibited_content|image_safety|jailbreak|unspecified|recitation)|public_error_\w*(?:unsafe|filter|safety)\w*|candidate was blocked|response was blocked due to|finish_?reason(?:\.|: ?| of | is |=)\s?(?:finishreason\.)?(?:safety|recitation|prohibited_content|blocklist|spii|image_safety)|the prompt was blocked|text not available\. response was blocked"),
    Rule("gemini.bad-request", 90, r"invalid json payload received|cannot find field"),
    Rule("gemini.bad-request", 74, r"request contains an invalid argument|invalid json payload received|status: (?:invalid_argument|failed_precondition|out_of_range|unimplemented)\b|cannot find field|invalid value at|statuscode\.invalid_argument"),
)
