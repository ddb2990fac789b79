# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""OpenAI and Azure OpenAI: https://platform.openai.com/docs/guides/error-codes and the SDKs' wording."""

from diag.catalogue.entries.problems import signatures
from diag.catalogue.entries.wording import ABSENT, LACKS
from diag.catalogue.model import Mark, Rule

_PAGES = {
    "": "https://platform.openai.com/docs/guides/error-codes",
    "key-missing": "https://platform.openai.com/api-keys",
    "key-invalid": "https://platform.openai.com/api-keys",
    "permission": "https://platform.openai.com/settings/organization/general",
    "quota-exhausted": "https://platform.openai.com/settings/organization/billing/overview",
    "rate-limited": "https://platform.openai.com/account/limits",
    "overloaded": "https://status.openai.com",
    "model-unavailable": "https://platform.openai.com/docs/deprecations",
    "image-rejected": "https://platform.openai.com/docs/guides/images-vision",
}

SIGNATURES = signatures("openai", "OpenAI", "OPENAI_API_KEY", _PAGES)

MARKS = (
    Mark("openai", 92, r"(?:(?:api|platform|help|status|community)\.openai\.com|support@openai\.com|openai\.azure\.com|azure ?openai|openaiexception|azureexception)"),
    Mark("openai", 64, r"\b(?:openai|open ai|chatgpt|dall-?e)\w*"),
    Mark("openai", 56, r"\b(?:gpt-?[345]\w*|gpt-image|text-embedding-\w+|text-davinci|code-davinci|o[134]-(?:mini|preview|pro)|o[13]\b|whisper-1|davinci|gpt-4o)"),
    Mark("openai", 52, r"(?:in organization org-|\bproj_[a-z0-9]{8,}|\borg-[a-z0-9]{10,})"),
    Mark("openai", 46, r"(?:server_is_overloaded|service_unavailable_error|v1/chat/completions|v1/completions|\binvalid_request_error\b|param: ?(?:null|none|<nil>|messages|model|url|prompt|max_tokens|tools|image\w*)|type: invalid_request_error|(?:type|code): (?:tokens|requests|server_error|insufficient_quota)\b|error code: \d{3} - ?\{|\b(?:ratelimit|badrequest|authentication|permissiondenied|notfound|internalserver|apistatus|unprocessableentity|apiconnection\w*|apitimeout)error\b)"),
)

RULES = (
    Rule("openai.key-missing", 91, rf"\b\w*(?:openai_(?:api_)?key|openai_api_token|openai_secret\w*)\b.{{0,70}}{ABSENT}"),
    Rule("openai.key-missing", 90, rf"{LACKS}\b.{{0,50}}\b\w*(?:openai_(?:api_)?key|openai_secret\w*)\b", unless=(r"incorrect api key provided: (?:sk|[*])", r"invalid_api_key")),
    Rule("openai.key-missing", 93, r"incorrect api key provided: '?(?:undefined|null|none|empty|''|\. you can)"),
    Rule("openai.key-missing", 91, r"you did ?n'?o?t provide an api key"),
    Rule("openai.key-invalid", 91, r"incorrect api key provided|invalid_api_key|\baccount_deactivated\b|your openai account has been deactivated|access was terminated due to violation|\baccess_terminated\b", unless=(r"groq|x\.ai\b|deepseek|mistral|moonshot|openrouter|dashscope|perplexity|together|fireworks|siliconflow|cerebras",)),
    Rule("openai.permission", 93, r"missing_scope|missing scopes|insufficient permissions for this operation|no such organization|organization must be verified|mismatched_(?:organization|project)|openai-organization header|ip_not_authorized|must be a member of an organization|not allowed to sample from this model|organization_(?:restricted|deactivated)|project_archived|unsupported_organization|invalid_organization"),
    Rule("openai.model-unavailable", 90, r"project .{0,60}does not have access to model|deploymentnotfound|model_not_found|the model .{0,80}(?:does not exist|has been deprecated)", unless=(r"groq|anthropic|mistral|openrouter|deepseek|claude|gemini|llama|qwen|together|bedrock",)),
    Rule("openai.quota-exhausted", 92, r"\binsufficient_quota\b|billing_hard_limit_reached|billing hard limit has been reached|billing_not_active|\bexceeded your current quota, please check your plan", unless=(r"gemini|generativelanguage|googleapis|ai\.google\.dev|resource_exhausted|vertex|groq|deepseek|moonshot|mistral|openrouter|dashscope|qwen|siliconflow|insufficient[_ ]credits|gateway",)),
    Rule("openai.rate-limited", 90, r"rate limit reached for|have exceeded (?:call|token) rate limit", unless=(r"groq|llama|qwen|mixtral|deepseek|kimi|request too large|claude|mistral|openrouter",)),
    Rule("openai.overloaded", 88, r"the server had an error while processing your request|that model is currently overloaded|currently overloaded with other requests|help\.openai\.com if the error persists|the engine is currently overloaded|the server is overloaded or not ready yet", unless=(r"engine is not found",)),
    Rule("openai.image-unreachable", 91, r"\binvalid_image_url\b|(?:error|timeout) while downloading (?:http|\S+\.(?:jpe?g|png|gif|webp)|file)"),
    Rule("openai.image-rejected", 90, r"you uploaded an unsupported image|image data you provided does not represent a valid image|\binvalid_image_format\b|invalid_base64_image"),
    Rule("openai.image-rejected", 93, r"image size exceeds the limit", also=(r"invalid_image\b",)),
    Rule("openai.bad-request", 85, r"image_url is only supported by certain models"),
    Rule("openai.bad-request", 91, r"expected a base64-encoded data url", also=(r"invalid_value|invalid image url",)),
    Rule("openai.context-too-long", 94, r"request too large for .{0,200}(?:tokens per min|tpm)", unless=(r"groq|llama|qwen|mixtral|deepseek|kimi",)),
    Rule("openai.context-too-long", 94, r"this model's maximum context length is", unless=(r"groq|llama|qwen|mixtral|deepseek|kimi|openrouter|vllm|mistral",)),
    Rule("openai.refused", 92, r"\bcontent_policy_violation\b|rejected as a result of our safety system|not allowed by our safety system|azure openai's content management policy|moderation_blocked"),
)
