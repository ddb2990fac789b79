# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""The fifteen problems that every model provider can have: titles, scopes, and the wordings that are not one provider's own.

``model`` in a rule's signature stands for the provider that the text names.
"""

from collections.abc import Mapping

from diag.catalogue.entries.wording import ABSENT, BROKEN_CONNECTION
from diag.catalogue.model import Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

PROBLEMS: Mapping[str, tuple[Scope, str]] = {
    "key-missing": (Scope.PROJECT, "the function has no key for {name}"),
    "key-invalid": (Scope.PROJECT, "{name} refused the key: wrong, revoked or expired"),
    "permission": (Scope.PROJECT, "the key for {name} lives, but may not do this"),
    "region-blocked": (Scope.PROJECT, "{name} does not serve the region that the call came from"),
    "model-unavailable": (Scope.PROJECT, "the model is unknown to {name}, retired, or not open to this key"),
    "quota-exhausted": (Scope.PROJECT, "the money or allowance at {name} is used up; waiting will not help"),
    "rate-limited": (Scope.TRANSIENT, "{name} limits the rate of calls; waiting will help"),
    "overloaded": (Scope.TRANSIENT, "{name} has a fault of its own or is overloaded"),
    "timeout": (Scope.TRANSIENT, "the call to {name} timed out, or its connection broke"),
    "image-unreachable": (Scope.ITEM, "{name} could not download the picture"),
    "image-rejected": (Scope.ITEM, "{name} cannot use the picture"),
    "context-too-long": (Scope.ITEM, "the request is longer than {name} takes"),
    "refused": (Scope.ITEM, "{name} refused the content"),
    "bad-output": (Scope.ITEM, "the reply of {name} was not what the function needs"),
    "bad-request": (Scope.PROJECT, "{name} refused a parameter of the request"),
}
_WAIT = "Wait and try again with fewer calls at once."
_TRY = "Try again."
_ITEM_TEXTS = {
    "image-unreachable": "Open the picture's URL: it must be public and answer quickly; mend it or leave the row out.",
    "image-rejected": "Convert the picture to JPEG, PNG, GIF or WebP and scale it down, or leave the row out.",
    "context-too-long": "Send a smaller picture or a shorter prompt, or use a model with a larger window.",
    "refused": "Leave the row out, or give it another picture.",
    "bad-output": "Try the row again; ask the model for structured output if it happens often.",
}


def signatures(provider: str, name: str, variable: str, pages: Mapping[str, str]) -> tuple[Signature, ...]:
    """The fifteen signatures of one provider. ``pages``: problem (or ``""`` for all others) -> the vendor's page."""
    return tuple(
        _signature(provider, name, variable, problem, pages.get(problem) or pages.get("")) for problem in PROBLEMS
    )


def _signature(provider: str, name: str, variable: str, problem: str, page: str | None) -> Signature:
    scope, title = PROBLEMS[problem]
    return Signature(
        f"{provider}.{problem}",
        title.format(name=name),
        Verdict.FAILED,
        scope,
        _remedies(problem, name, variable, page),
    )


def _remedies(problem: str, name: str, variable: str, page: str | None) -> tuple[Remedy, ...]:
    push = "supabase secrets set --env-file supabase/functions/.env --project-ref {ref}"
    if problem in _ITEM_TEXTS:
        return (Remedy(_ITEM_TEXTS[problem], None, page),)
    project = {
        "key-missing": Remedy(f"Put {variable} into the env file and set it as a secret.", push, page),
        "key-invalid": Remedy(f"Make a new key, put it into the env file as {variable} and set it.", push, page),
        "permission": Remedy("Give the key the missing right, or make one that has it.", None, page),
        "region-blocked": Remedy(
            "Run the function in another region (header x-region).",
            None,
            "https://supabase.com/docs/guides/functions/regional-invocation",
        ),
        "model-unavailable": Remedy(
            "Change the model's name in the function to one that the key can use, then deploy.",
            "supabase functions deploy {function} --project-ref {ref}",
            page,
        ),
        "quota-exhausted": Remedy(f"Add credit or raise the limit at {name}.", None, page),
        "rate-limited": Remedy(_WAIT, None, page),
        "overloaded": Remedy(_WAIT, None, page),
        "timeout": Remedy(_TRY, None, page),
        "bad-request": Remedy(
            "Mend the parameter that the message names, then deploy.",
            "supabase functions deploy {function} --project-ref {ref}",
            page,
        ),
    }
    return (project[problem],)


_API_KEY = r"(?:api[ _-]?key|apikey|credentials|auth(?:entication)? (?:token|credentials)|access token)"

RULES = (
    # a key that is not there
    Rule("model.key-missing", 90, r"(?:(?:you )?did ?n[o']t (?:pass|provide|supply|send|include) (?:an? |any )?(?:api[ _-]?key|api token)|you did ?n'?o?t provide an api key|no_api_key\b|api_key_missing|missing_api_key|api_key_not_(?:set|found|configured)|loadapikeyerror|no api key (?:available|provided|found|configured|set|was))", default="ai"),
    Rule("model.key-missing", 78, rf"\b{_API_KEY}(?: \w+)?[^.\n]{{0,30}}? ?{ABSENT}", unless=(r"supabase(?:_|key)", r"apikey request header", r"rate.?limit", r"no api key found in request")),
    Rule("model.key-missing", 77, rf"(?:missing|no|without an?|set your|provide (?:an?|your)) (?:valid )?(?:\w+ )?{_API_KEY}\b", unless=(r"supabase", r"no api key found in request")),
    Rule("model.key-missing", 80, r"(?:no valid (?:ai |openai |gemini )?api keys?|no (?:ai|vision|llm) (?:provider|api|service|key)s? (?:key )?(?:is |are )?(?:available|configured)|no auth credentials found|(?:ai|vision|llm)[ _](?:api )?(?:service|provider|key|gateway) (?:is )?not configured|ai (?:service|analysis) (?:is )?not configured|could not resolve authentication method|x-api-key header is required|missing authentication header)", default="ai"),
    Rule("model.key-missing", 76, rf"(?:provider|openai|gemini|vision|llm|ai|anthropic|claude) (?:api )?(?:key|token|secret)s?\b.{{0,30}}{ABSENT}", default="ai"),
    Rule("model.key-missing", 77, r"\bno (?:valid )?(?:\w+ ){0,3}(?:api )?(?:key|token|credentials?)\b|not (?:configured|set up|initiali[sz]ed)|missing authori[sz]ation|(?:key|token|credentials?) (?:is |was |are )?(?:missing|absent|not (?:set|found|configured|provided))", unless=(r"supabase", r"aws|rekognition")),
    # a key that is refused
    Rule("model.key-missing", 80, r"api[ _-]?key (?:is |was )?(?:missing|not (?:set|configured|found|available))", also=(r"\b(?:ai|llm|vision)\b",), unless=(r"supabase",), default="ai"),
    Rule("model.key-invalid", 84, r"(?:invalid_api_key|api_key_invalid|invalid x-api-key|invalid_authentication\w*|invalid[ _]api[ _]key|api key (?:is )?(?:not valid|invalid|incorrect|wrong|expired|revoked|disabled|deactivated)|incorrect api key|invalid (?:\w+ )?api ?key|api[ _]key[ _](?:expired|revoked|disabled)|(?:expired|revoked|deactivated|wrong|bad) api key|invalid (?:\w+ )?(?:authentication|auth) ?(?:credentials?|token|key)?|authentication[ _](?:fails|failed|error)|authenticationerror|unauthenticated|key (?:has been|was) (?:revoked|disabled|deleted|deactivated)|account (?:associated with this api key )?(?:has been |is |was )?(?:deactivated|disabled|terminated)|account_deactivated|invalid bearer token|invalid token|unauthorized|invalid credentials|token (?:has )?expired|invalid_request_error.{0,40}authentication|token_expired|invalid_key|invalid subscription key|(?:did not|didn't) (?:pass|provide|supply) a valid)", unless=(r"invalid jwt", r"ai analysis unauthorized")),
    Rule("model.key-invalid", 86, r"access denied due to invalid subscription key", default="ai"),
    Rule("model.key-invalid", 91, r"(?:invalid|illegal|unsupported) (?:character in )?header (?:content|value)|is not a (?:legal|valid) (?:http )?header value|not a valid bytestring|header value.{0,40}(?:newline|line break|control char|whitespace)", unless=(r"\baws\b|rekognition|amazonaws|aws4|sigv4",)),
    Rule("model.key-invalid", 62, r"\b(?:bad|wrong|invalid|incorrect|expired|revoked|rejected|refused|failed|broken)\b.{0,30}\b(?:key|token|credentials?|auth\w*)\b|\b(?:key|credentials?|auth\w*)\b.{0,30}\b(?:bad|wrong|invalid|incorrect|expired|revoked|rejected|refused|failed|failure|error)\b", unless=(r"tokens per|max_tokens|token count",)),
    # may not
    Rule("model.permission", 80, r"(?:permission_denied|permission_error|permissiondenied\w*|insufficient[ _]permissions?|missing[ _]scopes?|(?:does not|do not|doesn't|don't) have (?:the )?(?:permission|access|sufficient)|not (?:authorized|allowed|permitted) to (?:access|use|perform|call|invoke)|access[ _]denied|forbidden|ip.{0,30}not (?:authorized|allowed|whitelisted)|(?:organization|project) .{0,60}(?:must be verified|not found|mismatch|disabled|suspended)|no such organization|not a member of)", unless=(r"image from url|fetch image|download",)),
    Rule("model.permission", 63, r"lacks? (?:the )?(?:permission|access|scope|right)|(?:has |with )?no (?:access|permission)\b|not (?:permitted|entitled)|\bapi (?:is |was )?(?:disabled|not enabled)"),
    Rule("model.region-blocked", 92, r"(?:unsupported_country_region_territory|countr(?:y|ies) .{0,30}(?:not (?:be )?(?:yet )?supported|unsupported)|country, region,? or territory (?:is )?not supported|user location is not supported|location (?:is )?not supported|(?:not (?:available|supported)|unsupported|unavailable) in your (?:region|country|location)|region (?:is )?not supported|access .{0,40}from (?:unsupported|restricted) countr|unsupported countries|not available in (?:this|the) region|(?:blocked|restricted|denied|not allowed|forbidden) .{0,40}(?:this|your) (?:region|country|location)|unsupported_region)", unless=(r"rekognition|amazonaws",), default="openai"),
    Rule("model.model-unavailable", 84, r"(?:model[ _]not[ _](?:found|available|exist)|modelnotfound\w*|model_decommissioned|deploymentnotfound|deployment for this resource does not exist|(?:model|engine)s?\b.{0,100}(?:does ?n[o']t exist|not found|is not found|no longer (?:available|supported)|(?:has been|is|was|been) (?:deprecated|retired|decommissioned|removed|archived|shut ?down|discontinued|unavailable)|not available|is not (?:supported|a valid)(?: for generatecontent)?)|(?:does not|do not|don't|doesn't) have access to (?:the |this )?model|unknown model|invalid model|no endpoints found|unsupported model|model (?:is )?(?:not supported|unavailable)|not_found_error.{0,40}model|not a valid model|no access to model|model.{0,40}access (?:denied|is denied)|(?:end of (?:its )?life).{0,60}model|on-demand throughput is ?n'?o?t supported|(?:is |not )a chat model|not supported in the v1/)", unless=(r"invalid model (?:output|response)", r"not supported with this model|(?:unsupported|unknown)_parameter|unsupported_value",)),
    Rule("model.model-unavailable", 76, r"model (?:was |is |has been )?(?:retired|deprecated|gone|removed|unknown)"),
    Rule("model.model-unavailable", 62, r"status(?: code)?: notfound\b"),
    Rule("model.model-unavailable", 59, r"\bnot found\b"),
    Rule("model.model-unavailable", 76, r"(?:has been|is|was|were) (?:deprecated|retired|decommissioned|discontinued|sunset|shut ?down)", unless=(r"(?:temperature|top_p|top_k|max_tokens|parameters?|params?|field|argument) (?:is|are|was|has been) deprecated",)),
    # used up
    Rule("model.quota-exhausted", 90, r"(?:insufficient[ _]quota|billing_hard_limit_reached|billing hard limit has been reached|billing[ _]not[ _]active|credit[ _]balance|insufficient[ _](?:credits?|balance|funds)|spend_limit_exceeded|spend(?:ing)?[ _](?:limit|cap)|usage limits?|requires more credits|out of credits|(?:have|has) (?:any|no|zero) credits|not enough credits|no credits|credits? (?:are |have been |is |has been )?(?:depleted|exhausted|used up|required)|included credits|payment[ _]required|account is not active|check your billing|billing (?:details|account|issue)|prepa(?:id|yment) credits|exceeded_current_quota|arrearage|free tier of the model has been exhausted|monthly (?:\w+ )?(?:limit|quota|budget)|quota (?:has been |is )?(?:exhausted|used up|depleted)|add (?:more )?(?:credits|funds)|credits? (?:are |is )?insufficient|top ?up|recharge|out of (?:tokens|quota)|(?:have|has) no (?:remaining )?quota|no quota left|plan limit|trial (?:has )?(?:ended|expired)|free (?:trial|quota|credits).{0,40}(?:expired|exhausted|used)|\b402\b|quota[ _]exceeded|exceeded your (?:current|monthly) (?:quota|limit|usage))", unless=(r"supabase",)),
    Rule("model.quota-exhausted", 88, r"insufficient balance|not enough credits|\bai credits", default="ai"),
    # too fast
    Rule("model.rate-limited", 79, r"(?:rate_limit_exceeded|rate limit reached|rate[ _-]?limit\w*|too many requests|toomanyrequests\w*|resource_exhausted|resourceexhausted|resource has been exhausted|(?:tokens|requests|images) per (?:min|minute|second|hour|day)|\b(?:tpm|rpm|rpd)\b|throttl\w+|slow down|exceeded (?:call|token) rate limit|concurrency limit|quota exceeded for quota metric|too many tokens, please wait)", unless=(r"throttlerexception",)),
    Rule("model.rate-limited", 80, r"tokens? per (?:min(?:ute)?|day)\b|\btpm\b", default="ai"),
    Rule("model.rate-limited", 84, r"too many 429|429 error responses"),
    Rule("model.overloaded", 84, r"too many 5\d\d error responses"),
    Rule("model.overloaded", 80, r"(?:server_error\b|the server had an error|currently overloaded|overloaded_error|overload(?:ed)?\b|high demand|the engine is|may be overloaded|internal error (?:has occurred|encountered|occurred)|status: (?:unavailable|internal)\b|an error occurred while processing your request|server is (?:busy|overloaded)|over capacity|no capacity|at capacity|not ready yet|capacity exceeded|servers are|temporarily (?:unavailable|overloaded)|api_error\b|apierror: 5|(?:model|service|ai|provider)s? (?:is|are) (?:currently |temporarily )?(?:busy|at capacity)|models_busy|upstream error|backend error|is currently loading|model .{0,60}is (?:still )?loading|estimated_time)", unless=(r"invalid_api_key|api key not valid|invalid_argument",)),
    Rule("model.overloaded", 60, r"(?:code|type): server_error\b", default="openai"),
    Rule("model.overloaded", 64, r"(?:internal[ _]?server[ _]?error|bad gateway|gateway time-?out|service[ _]?(?:temporarily )?unavailable|\bunavailable\b|server error|temporarily)"),
    Rule("model.timeout", 82, r"(?:apitimeouterror|apiconnection(?:timeout)?error|apiconnectiontimeout|deadline_exceeded|deadline (?:exceeded|expired)|connection error\.|request timed out\.?|timeoutconnectionerror)", unless=(r"while downloading",)),
    Rule("model.timeout", 71, rf"(?:{BROKEN_CONNECTION})", unless=(r"while downloading", r"(?:download|fetch|load|access|retriev)\w* (?:the )?image", r"unable to access the url|url_unreachable|access the url",)),
    # the picture
    Rule("model.image-unreachable", 90, r"(?:invalid_image_url|(?:error|timeout|failed|failure) while downloading|timeout while downloading|(?:fail(?:ed)?|unable|could ?n[o']t|cannot|can not) (?:to )?(?:download|get|fetch|access|retrieve|load) (?:the |an? )?(?:image|file|content|media|url)?.{0,40}(?:from (?:the )?(?:provided )?ur[li]|from http)|can ?not access the url|cannot fetch content from the provided url|url_unreachable|invalidimageurl|image url is not accessible|url_retrieval_status_error|unable to download (?:the |all specified )?(?:image|file)s?|failed to download image|disallowed by robots|url_rejected|(?:image )?url (?:can ?not|could not) be accessed|image url domain|image_url_(?:unreachable|fetch)\w*)"),
    Rule("model.image-unreachable", 90, r"(?:openai|gpt\S*|gemini|claude|model|provider|vision api) (?:could not|couldn't|cannot|can't|failed to|was unable to|is unable to) (?:download|fetch|access|load|retrieve|reach|open) (?:the |this |an? )?(?:image|picture|photo|file|url)"),
    Rule("model.image-unreachable", 86, r"provided image url can ?not be accessed|image url domain .{1,80} is not allowed", default="ai"),
    Rule("model.image-rejected", 89, r"(?:invalid_image\b|invalid_image_format|invalid_base64\w*|image_parse_error|unsupported_image\w*|you uploaded an unsupported image|unsupported image|invalid image\b|invalid base64 (?:image|data)|unable to process input image|(?:provided )?image is not valid|could not process (?:the )?image|image exceeds|image_too_large|image_too_small|unsupported (?:image )?(?:mime|media)[ _-]?type|mime type.{0,40}not supported|not represent a valid image|image does not match|media type.{0,60}(?:but the image|appears to be)|image dimensions|max allowed size|invalidimage(?:size|format|dimension)\w*|image (?:is )?too (?:large|small)|image size (?:exceeds|is too|must)|too many images|failed to decode image|unsupported file type|cannot identify image|image format .{0,20}not supported|image data .{0,30}(?:invalid|not valid)|notsupportedimage|unable to decode image|image (?:could not|cannot) be (?:decoded|processed|parsed)|too large to process|invalid image data|failed to process image)"),
    Rule("model.image-rejected", 84, r"(?:could not|cannot|can't|unable to|failed to) (?:decode|read|process|parse|open|handle) (?:the |this )?(?:image|picture|photo)|(?:does not|doesn't|did not) (?:accept|support) (?:\w+ )?(?:images?|heic|heif|webp|avif|tiff?)\b", unless=(r"rekognition",)),
    Rule("model.context-too-long", 92, r"(?:context_length_exceeded|maximum context length|context (?:length|window|size).{0,60}(?:exceed|too|maximum|limit|large)|exceed\w* .{0,60}context (?:length|window|size)|input token count.{0,40}exceeds|prompt is too long|request too large for|request_too_large|string_above_max_length|string too long|too many (?:input |prompt )?tokens(?!,)|exceeds the (?:maximum|max|limit).{0,40}tokens|max(?:imum)? (?:number of )?(?:input )?tokens.{0,40}exceed|request payload size exceeds|reduce the length of|input is too long|input length.{0,60}exceed|tokens? (?:count )?exceeds?|longer than the (?:model's )?context|prompt too long|maximum prompt length|input is too long for|request contains \d+ tokens|max_new_tokens must be|must be reduced in order to run)".replace("(?!,)", ""), unless=(r"please wait before trying",), default="ai"),
    Rule("model.refused", 91, r"(?:content_policy_violation|content_filter\b|contentfilter\w*|safety system|content management policy|responsibleaipolicyviolation|moderation_blocked|blockreason|block_reason|prohibited_content|finish[_ ]?reason[:=]? ?(?:safety|content_filter|recitation|blocklist|prohibited_content|spii|image_safety|refusal)|finish_?reason\.(?:safety|recitation|prohibited)|stop_reason: refusal|(?:response|candidate|prompt|request|content|image) (?:was |were |has been |is )?(?:blocked|flagged|rejected|filtered)|blocked (?:due to|because of|by|for) (?:\w+ )?(?:safety|prohibited|content|recitation|other|policy|moderation)|unsafe_generation|blocked (?:the |this |your |our )?(?:request|response|content|image|prompt|reply)|safety block|\breason: (?:safety|recitation|prohibited)|usage polic(?:y|ies)|content polic(?:y|ies)|data_inspection_failed|inappropriate content|refused to (?:analy|answer|process|respond|generate)|safety (?:settings|filters?|ratings?|reasons|concerns|guidelines)|content (?:violat|moderat|safety|blocked|filter)\w*|invalid_prompt|sensitive (?:content|words)|violat\w+ (?:of )?(?:our|the|openai|google)?.{0,20}(?:polic|terms|guidelines))", unless=(r"access was terminated", r"account")),
    Rule("model.refused", 91, r"\bnsfw\b|(?:potentially|possibly) (?:unsafe|harmful|sensitive|nsfw)|(?:adult|explicit|sexual|violent) content (?:was |is )?(?:detected|found|not allowed|blocked)|flagged as (?:unsafe|sensitive|harmful|inappropriate|nsfw|explicit)", default="ai"),
    Rule("model.refused", 84, r"\b(?:declined|declines|refuses|refused) to \w+|\(refusal\)|\brefusal$"),
    Rule("model.refused", 84, r"(?:blocked|rejected|flagged|stopped) (?:by|due to|because of|for|on) (?:\w+:? ){0,2}(?:safety|content polic|moderation)", default="ai"),
    Rule("model.refused", 74, r"i(?:'m| am) (?:sorry|unable|not able),? ?(?:but )?(?:i )?(?:can'?t|cannot|can not|am unable|'m unable|to (?:assist|help|analy|process|identify|provide)).{0,60}|i (?:can'?t|cannot) (?:assist|help|analy|identify|process|provide|fulfil)", default="ai"),
    # the reply
    Rule("model.bad-output", 76, r"(?:(?:failed|unable|could ?n[o']t|cannot|error|invalid) (?:to )?(?:pars\w+|decod\w+|extract\w*|read\w*|understand) (?:\w+ ){0,3}(?:response|output|json|reply|result|answer|content)|(?:no|empty|invalid|malformed|unexpected|bad|missing|incomplete|unparse?able) (?:valid )?(?:json |text |structured )?(?:content|text|response|output|completion|choices|candidates|reply|result|data|analysis|json|tool calls?|function calls?)s? (?:\w+ )?(?:in|from|returned|by|received|was|generated|structure|format)|(?:returned|gave|sent|received) (?:an? )?(?:no|empty|incomplete|truncated|partial|invalid|malformed|unexpected|non-json|unparse?able) (?:\w+ )?(?:content|text|response|output|json|data|result|choices|candidates|format)?|no ?object ?generated|noobjectgenerated\w*|no json (?:object |found|in|could)|json_validate_failed|malformed_function_call|did not match (?:the )?(?:expected )?schema|(?:was )?not valid json|not (?:return|contain|produce) (?:any |a )?(?:valid )?(?:json|text|content)|truncated (?:json|response|output)|finish[_ ]?reason[:=]? ?(?:is |was )?(?:length|max_tokens|malformed_function_call)|response (?:was )?(?:empty|not json|missing|had no|has no|contained no)|unexpected (?:\w+ )?(?:response|output) (?:format|structure|shape)|type ?validation ?error|jsonparseerror|outputparser\w*|output_parsing_failure|no content (?:returned|received|in)|empty (?:ai|model|llm|openai|gemini|vision) (?:response|output|reply))", unless=(r"request body|failed to parse (?:request|body|url|form)|json payload", r"is not valid json.{0,40}(?:doctype|html)|token <|unexpected token '?<", r"deno|multipart",)),
    Rule("model.bad-output", 81, r"\b(?:bad|broken|invalid|malformed|garbled|truncated) json (?:from|by) (?:the )?(?:ai|model|llm|vision)", default="ai"),
    Rule("model.bad-output", 81, r"(?:did|does)(?: not|n't) (?:return|produce|call|provide|generate|output)\b", unless=(r"api[ _-]?key|credential|token|the model returned the following errors",)),
    Rule("model.bad-output", 72, r"(?:no (?:\w+ )?(?:response|reply|answer|output|content|result)s? (?:was )?(?:received |returned |generated )?(?:from|by) (?:the )?(?:ai|model|llm|vision|assistant)\b|(?:failed to|could not|cannot|couldn't|error) (?:pars\w*|extract\w*|decod\w*|understand\w*|read\w*) (?:the )?(?:json from )?(?:ai|model|llm|gpt|vision|assistant)|(?:ai|model|llm|gpt|vision|assistant) (?:response|output|reply|returned|result|did not|didn't|gave)\b.{0,60}(?:invalid|empty|parse|not valid|malformed|unexpected|no |not return|missing|failed|json)|(?:invalid|empty|malformed|unexpected|no) (?:\w+ )?(?:ai|model|llm|vision|assistant) (?:response|output|reply|result|content)|```|unexpected token ?'?```|token '? ?`|json\.\.\. is not valid json|no (?:tool|function) ?_?calls?\b|decode json with unexpected mimetype|failed to parse json (?:response|output|reply|from)|pars\w+ json (?:from )?(?:the )?(?:response|reply|output)|noobjectgenerated\w*|no object generated|no json (?:object )?found in|outputparser\w*|output_parsing_failure|ai_(?:jsonparse|typevalidation)\w*|failed to parse response content as json|(?:ai|llm|model|gpt)\w*.{0,60}(?:expecting value: line|json解析|jsondecodeerror))", unless=(r"the model returned the following errors",), default="ai"),
    Rule("model.bad-output", 77, r"\b(?:no|empty|missing|invalid|unexpected|malformed) (?:\w+ ){0,4}(?:from|in|by) (?:the )?(?:api )?(?:openai|gemini|claude|gpt\S*|anthropic|ai|model|llm|vision)\b|no (?:image|diagram|output|text|result|analysis|response|description|content|answer|data)s? (?:was |were |has been |could be )?(?:generated|returned|produced)|pars(?:e|ing) (?:the )?(?:analysis|vision|extraction|structured|generated) (?:results?|response|output|data)|instead of (?:valid )?json|not json\b|could not parse (?:the )?(?:extraction|analysis|ai|model) (?:result|response|output)|(?:ai|model|llm) returned .{0,40}(?:incomplete|truncated|unexpected|invalid|malformed|empty)|(?:response|reply|answer|result|output) (?:is |was |does |did )?(?:invalid|empty|in unexpected format|em unexpected format|unexpected format|not (?:contain|return|include)\w* (?:a |any )?(?:valid )?json)", unless=(r"api[ _]?key|credential|request body|the model returned the following errors",), default="ai"),
    Rule("model.bad-output", 84, r"(?:answer|repl(?:y|ied)|respon[ds]|output|return|wrote|content|message)\w*\b.{0,90}(?:unterminated string in json|unexpected end of json|(?:unexpected|expected) .{1,60} in json\b|after json at position)", unless=(r"request body",)),
    Rule("model.refused", 84, r"\b(?:blocked|rejected|refused|withheld) (?:the |this |your )?(?:picture|image|photo|content|prompt|request|answer|response|reply).{0,40}\b(?:safety|prohibited_content|recitation|blocklist|spii|policy)\b|\b(?:input|prompt|image|picture|photo|content) (?:was |is |has been )?flagged\b"),
    # anything else
    Rule("model.bad-request", 66, r"(?:unsupported_parameter|unknown_parameter|unsupported_value|invalid_value|invalid_type|missing_required_parameter|unrecognized request argument|unsupported parameter|unknown parameter|unknown name .{0,60}cannot find field|invalid json payload|invalid_json\w*|is not supported with this model|does not support|invalid_argument|request contains an invalid argument|failed_precondition|invalid value|invalid type for|missing required parameter|invalid (?:content type|parameter|schema|request|argument|messages|role)|is only supported by certain models|badrequesterror|extra inputs are not permitted|field required|validation error|invalid_function_parameters|empty_array|integer_below_min|must (?:be|contain|have) |expected (?:an?|one of)|out_of_range|unexpected (?:value|role|field)|json mode|not supported|should not be|at least one)"),
    Rule("model.bad-request", 86, r"image_url is not supported|(?:model|provider|provider \w+) does ?n[o']t support (?:vision|images?\b|image input|multimodal)|(?:model|provider|provider \w+) does not support (?:vision|images?\b|the image|image input|multimodal)|this model does(?: not|n't) support", default="ai"),
    Rule("model.bad-request", 85, r"\b(?:temperature|top_p|top_k|max_tokens|parameters?|params?|field|argument) (?:is|are|was|has been) (?:deprecated|not supported|unsupported|not allowed|not permitted)|(?:does not|doesn't) support (?:vision|images?|image input|multimodal)|vision (?:is )?not supported|not one of the allowed values|is a required property"),
    Rule("model.bad-request", 81, r"(?:parameter|param|field|argument|value)s? .{0,20}\b(?:response_format|max_tokens|max_completion_tokens|temperature|tool_choice|top_p)\b.{0,60}(?:invalid|not (?:valid|supported|allowed)|must|unsupported)", default="ai"),
    Rule("model.bad-request", 59, r"(?:response_format|max_tokens|max_completion_tokens|temperature)"),
    Rule("model.bad-request", 58, r"\bbad[ _]?request\b"),
    Rule("model.bad-request", 58, r"(?:invalid_request_error|invalidrequesterror)"),
)
