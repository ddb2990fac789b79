# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""Any other language or vision model, an AI gateway, or one that the evidence does not name."""

from diag.catalogue.entries.problems import signatures
from diag.catalogue.entries.wording import ABSENT, LACKS
from diag.catalogue.model import Mark, Rule

SIGNATURES = signatures("ai", "the model provider", "the provider's key", {})

_OTHERS = (
    r"(?:anthropic|claude|github copilot|copilot[ -](?:api|cli|vision)|\bglm\b|bigmodel|mistral|mixtral|codestral|pixtral|openrouter|\bgroq|bedrock|cohere|command-r|deepseek|together(?:\.ai|\.xyz|ai|computer)|fireworks|perplexity|hugging ?face|\bhf\.co|replicate|ollama|"
    r"localai|lm ?studio|\bvllm|\bgrok|x\.ai\b|\bxai\b|moonshot|\bkimi|dashscope|\bqwen|zhipu|\bglm-\d|siliconflow|new_api_error|one_api_error|lovable|ai[ -]gateway|gateway\.ai|ai\.gateway|computer ?vision|azure vision|"
    r"cognitive ?services(?!\.azure)|cognitive\.microsoft|provider returned error|provider_name: |opengateway|invokemodel|invoking the model|the model returned the following errors|\bconverse(?:stream)? operation|bad_response_status_code|creating predictions|/v1/predictions|clarifai|google-cloud/vision|cloud vision|vision\.googleapis|image-annotator|llama|nvidia|cerebras|sambanova|minimax|volcengine|doubao|baichuan|stability\.ai|stable ?diffusion|portkey|helicone|watsonx|ai21|nscale|novita|deepinfra|hyperbolic|\bsuno\b|\brunway|\bkling\b|\bluma\b|midjourney|ideogram|fal\.ai|\bleonardo\b|\bheygen\b|roboflow|ultralytics|github models|models\.inference\.ai)"
).replace("(?!\\.azure)", "")

MARKS = (
    Mark("ai", 90, _OTHERS),
    Mark("ai", 61, r"(?:\bobject: error\b|request_id: req_01[a-z0-9]{20,}|type: error,?\s*error: ?\{ ?type: |\btype: error\s(?:\w+\.)*error\.type: |\b(?:overloaded_error|billing_error|rate_limit_error)\b)"),
    Mark("ai", 90, r"\b(?:models?|model_id|deployment)(?: id)?:? (?:openai|google|anthropic|meta-llama|mistralai|qwen|deepseek-ai|microsoft)/[\w.-]+"),
    Mark("ai", 62, r"insufficient[_ ]credits|is currently loading\b.{0,40}estimated_time|\binvalid_fields: |code: (?:invalidparameter|modelnotopen|accountoverdue\w*|quotaexceeded|serveroverloaded|internalserviceerror|authenticationerror)\b(?s:.{0,400})request id:"),
    Mark("ai", 45, r"error code: \d{3} - "),
    Mark("ai", 57, r"litellm\."),
    Mark("ai", 50, r"insufficient balance"),
    Mark("ai", 70, r"data_inspection_failed|datainspectionfailed|\barrearage\b|throttling\.(?:ratequota|allocationquota)|invalidapikey\b.{0,80}request_?id"),
    Mark("ai", 40, r"\b(?:response_format|max_tokens|max_completion_tokens|tool_choice|top_p|logprobs|estimated_time)\b"),
    Mark("ai", 30, r"\b(?:ai (?:service|provider|api|models?|analys[ie]s|response|error|gateway|proxy|request|call|vision|processing|credits)|llm\b|vision (?:api|model|service|check|llm|request|analysis|call)|language model|language_model|the ai\b|litellm|langchain|chat completion|completions?\b|ai (?:failed|returned|could|couldn't|did|didn't|cannot|can't|timed|refused|took|engine|prediction|generation|agent|assistant|backend|server|usage|features?)\b|the model (?:is|was|may|returned|did|could|failed|refused|timed))"),
)

_VARIABLE = r"(?:anthropic|claude|mistral|openrouter|groq|cohere|deepseek|together|perplexity|huggingface|hf|replicate|lovable|xai|grok|fireworks|azure_vision|computer_vision|ai_gateway|vision|llm|ai|moonshot|dashscope)_(?:api_)?(?:key|token)"

RULES = (
    Rule("ai.key-missing", 91, rf"\b{_VARIABLE}\b.{{0,70}}{ABSENT}"),
    Rule("ai.key-missing", 90, rf"{LACKS}\b.{{0,50}}\b{_VARIABLE}\b"),
    Rule("ai.key-missing", 90, r"no auth credentials found|x-api-key header is required|could not resolve authentication method|no cookie auth credentials"),
    Rule("ai.key-invalid", 90, r"invalid x-api-key|invalid bearer token|\bno auth credentials\b.{0,10}invalid|authentication_error"),
    Rule("ai.key-invalid", 88, r"invalid proxy server token|virtual key|litellm.{0,40}(?:key|token) (?:is )?(?:invalid|not found|expired)"),
    Rule("ai.overloaded", 82, r"\b(?:ai|vision|llm|model|inference)(?: (?:gateway|service|provider|api|model|backend|server|engine|analysis|feature|assistant|agent))+ (?:is |are |was )?(?:currently |temporarily )?(?:unavailable|down|offline|busy|not available|not responding|overloaded|unreachable)|\bai (?:is |are )?(?:currently |temporarily )?(?:unavailable|down|offline|overloaded)", unless=(r"not configured|missing|api[ _]key|configuration",)),
    Rule("ai.overloaded", 57, r"\b(?:ai|vision|llm|inference|model)(?: (?:gateway|service|provider|api|backend|server|engine|request|call|prediction|analysis|processing|generation))+ (?:error|failed|failure|returned an error|exception)\b|\berror (?:in|from|at) (?:the )?(?:ai|vision|llm)\b|error (?:no )?(?:serviço|servicio|service) (?:de )?ai\b", status=(500, 502, 503)),
    Rule("ai.key-invalid", 81, r"\b(?:ai|vision|llm) (?:api )?(?:key|token) (?:is |was |has been )?(?:rejected|refused|expired|revoked|invalid|wrong)"),
    Rule("ai.permission", 81, r"\b(?:ai|vision|llm)(?: \w+)? (?:denied (?:us |the )?access|access denied|(?:is |was )?forbidden|denied the request)", unless=(r"openai|gemini",)),
    Rule("ai.timeout", 81, r"\b(?:ai|vision|llm)(?: \w+)? (?:did not|didn't|does not) (?:respond|answer|reply)|\b(?:ai|vision|llm)(?: \w+){0,2} (?:timed out|timeout|took too long)", unless=(r"openai|gemini",)),
    Rule("ai.rate-limited", 82, r"\bratelimitreached\b|userbymodelby"),
    Rule("ai.rate-limited", 78, r"\b(?:ai|vision|llm|model)(?: (?:gateway|service|provider|api))? (?:rate |request |call |rpm )?limits? (?:was |has been |is )?(?:reached|exceeded|hit)", unless=(r"daily|hourly|weekly|your account",)),
    Rule("ai.quota-exhausted", 80, r"\b(?:ai|vision|llm|model)(?: (?:gateway|service|provider|api))? (?:usage|credits?|monthly|spend\w*|budget|quota)(?: limit| quota| balance)? (?:was |has been |is |are )?(?:reached|exceeded|exhausted|used up|depleted|hit|insufficient|empty)", unless=(r"daily|hourly|weekly|your account",)),
    Rule("ai.quota-exhausted", 59, r"\b(?:no|out of|insufficient|not enough|run out of|ran out of|zero)(?: \w+)? credits\b|insufficient quota|credits? (?:\w+ ){0,2}(?:exhausted|insufficient|used up|depleted|ran out|expired)|(?:payment required|402).{0,40}add (?:funds|credits)|add (?:funds|credits) to (?:your|the) (?:workspace|account)"),
    Rule("ai.quota-exhausted", 62, r"\bcredits?\b.{0,40}\b(?:exhausted|insufficient|workspace|lovable|add (?:credits|funds))|(?:exhausted|insufficient|no|not enough) (?:ai )?credits.{0,60}(?:workspace|lovable|add (?:credits|funds))", status=(402,), unless=(r"your plan|upgrade|subscription",)),
    Rule("ai.key-invalid", 56, r"\b(?:bad|wrong|expired|revoked|invalid|rejected) (?:api[ _-]?)?key\b|\bapi[ _-]?key (?:is |was |has been )?(?:rejected|refused|expired|revoked|invalid|wrong)"),
    Rule("ai.key-invalid", 84, r"did ?n[o']t pass a valid authentication token|token seems invalid|invalid credentials in authorization header|(?:invalid|bad|expired) hf token"),
    Rule("ai.rate-limited", 82, r"\brate limits exceeded\b|use a hf access token|upgrade .{0,30}for higher rate limits", unless=(r"openai|gemini",)),
    Rule("ai.quota-exhausted", 89, r"add funds to your|(?:exceeded|run out of) your (?:\w+ )?gpu quota|pro quota exceeded"),
    Rule("ai.quota-exhausted", 93, r"\binsufficient[_ ]credits\b", unless=(r"\bopenai\b|chatgpt|gemini",)),
    Rule("ai.overloaded", 94, r"cuda (?:error|out of memory|oom)|gpu (?:is )?out of memory|outofmemoryerror.{0,80}(?:cuda|gpu)|(?:cuda|gpu)\b.{0,60}out of memory|no gpus? (?:is |are )?available"),
    Rule("ai.image-rejected", 90, r"invalidimage(?:size|format|dimension)\w*|notsupportedimage\w*|input data is not a valid image|\bbad image data\b|image size is too (?:small|big|large) or too|image dimension is not allowed", unless=(r"rekognition|amazonaws",)),
    Rule("ai.image-unreachable", 92, r"invalidimageurl|image url is not accessible|allowed to access the url on your behalf|failedtodownloadimage"),
    Rule("ai.permission", 95, r"has not been used in project|service_disabled|billing_disabled|billing to be enabled|requires billing|accessnotconfigured|is disabled\. enable it", also=(r"vision\.googleapis|cloud vision|google-cloud/vision",)),
    Rule("ai.permission", 86, r"virtual network/firewall rules|throwexceptionduetotrafficdenied|public (?:network )?access is disabled|not from approved private endpoint", unless=(r"openai",)),
    Rule("openai.permission", 86, r"virtual network/firewall rules|throwexceptionduetotrafficdenied|public (?:network )?access is disabled|not from approved private endpoint", also=(r"openai",)),
    Rule("ai.bad-request", 75, r"bad_response_status_code", also=(r"param: 4(?:00|04|22)\b",)),
    Rule("ai.rate-limited", 76, r"bad_response_status_code", also=(r"param: 429\b",)),
    Rule("ai.key-invalid", 76, r"bad_response_status_code", also=(r"param: 40[13]\b",)),
    Rule("ai.overloaded", 75, r"bad_response_status_code", also=(r"param: 5\d\d\b",)),
    Rule("ai.bad-request", 66, r"validationexception", also=(r"the model returned|converse|invokemodel|this model",)),
    Rule("ai.bad-request", 60, r"invalid api parameter"),
    Rule("ai.bad-request", 58, r"provider returned error", unless=(r"\b(?:429|50[0-9]|529|40[1234])\b",)),
    Rule("ai.overloaded", 56, r"provider returned error"),
    Rule("ai.model-unavailable", 91, r"\bnot_found_error\b", also=(r"\bmodel: ",)),
    Rule("ai.quota-exhausted", 80, r"payment required for ai"),
    Rule("ai.quota-exhausted", 93, r"credit balance is too low|your credit balance|(?:requires|need) more credits|specified api usage limits|monthly included credits|payment required, please add credits"),
    Rule("ai.rate-limited", 81, r"\b(?:ai|vision|llm) (?:gateway|provider|service|api|model)s?\b.{0,40}(?:rate.?limit|too many requests|\b429\b)"),
    Rule("ai.overloaded", 88, r"overloaded_error"),
    Rule("ai.rate-limited", 88, r"rate_limit_error|would exceed (?:your organization's|the) rate limit|too many requests, please wait before trying|too many tokens, please wait"),
    Rule("ai.context-too-long", 92, r"prompt is too long: \d+"),
    Rule("ai.image-unreachable", 92, r"fail to get image from url|we can ?not access the url currently|count_token_messages_failed"),
    Rule("ai.image-unreachable", 94, r"received \d{3} (?:status code )?when fetching (?:image from )?url", unless=(r"\bopenai\b",)),
    Rule("ai.image-rejected", 80, r"invalid image \(base64\)|image exceeds \d+ ?mb maximum|could not process image|image\.source\."),
    Rule("ai.model-unavailable", 91, r"no endpoints found|not_found_error.{0,60}model|don't have access to the model with the specified model id|provided model identifier is invalid|on-demand throughput is ?n'?o?t supported|model_decommissioned|is not a valid model id"),
    Rule("ai.bad-request", 84, r"chatcompletionrequest\w*|failed to deserialize the json body into the target type: (?:messages|model|tools|\w+\[)"),
    Rule("ai.refused", 88, r"data_inspection_failed|output blocked by content filtering policy|flagged by moderation"),
)
