# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""The function's own answer."""

from diag.catalogue.entries.wording import ABSENT, BROKEN_CONNECTION
from diag.catalogue.model import Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

_FAILED, _OPEN = Verdict.FAILED, Verdict.INCONCLUSIVE
_LOGS = Remedy(
    "Read the function's log.", None, "https://supabase.com/dashboard/project/{ref}/functions/{function}/logs"
)

SIGNATURES = (
    Signature("function.ok", "fresh, complete work", Verdict.OK, None),
    Signature("function.cached", "a stored result came back", _OPEN, None, (Remedy("It proves nothing about the credentials: test a row that has no result yet.", "nukediag test-image --next",),)),
    Signature("function.paused", "the function says that it is switched off", _OPEN, Scope.PROJECT, (Remedy("Switch it on again: clear the pause flag in the function's secrets.", "supabase secrets unset NUKE_ANALYSIS_PAUSED --project-ref {ref}",),)),
    Signature("function.unfinished", "accepted, but not done yet", _OPEN, Scope.TRANSIENT, (Remedy("Look at the row again later."),)),
    Signature("function.partial", "a part of the analysis is missing, and nothing says why", Verdict.DEGRADED, Scope.PROJECT, (_LOGS,)),
    Signature("function.empty", "an answer without content", _FAILED, Scope.ITEM, (_LOGS,)),
    Signature("function.error-in-200", "the function reports an error under a status of success", _FAILED, Scope.PROJECT, (_LOGS,)),
    Signature("function.config-missing", "an environment variable of the function is missing", _FAILED, Scope.PROJECT, (Remedy("Set the variable that the message names.", "supabase secrets set --env-file supabase/functions/.env --project-ref {ref}", "https://supabase.com/docs/guides/functions/secrets",),)),
    Signature("function.code-error", "a programming error in the function", _FAILED, Scope.PROJECT, (Remedy("Mend the line that the stack names and deploy again.", "supabase functions deploy {function} --project-ref {ref}",), _LOGS,)),
    Signature("function.bad-request", "the function refused the request's shape", _FAILED, Scope.PROJECT, (Remedy("Fit the fields under [function] payload in nukediag.toml to what the function expects.", "nukediag config show",),)),
    Signature("function.unauthorized", "the function itself refused the caller", _FAILED, Scope.PROJECT, (Remedy("Call it with the key or the user that it expects.", "nukediag config show"),)),
    Signature("function.rate-limited", "the function's own limit or daily budget is reached", _FAILED, Scope.TRANSIENT, (Remedy("Wait until the limit's window has passed, or raise it in the function."),)),
    Signature("function.item-rejected", "the function read the picture and could not analyse it", _FAILED, Scope.ITEM, (Remedy("Leave the row out, or give it another picture."),)),
    Signature("function.unavailable", "the function says that it is not available at present", _FAILED, Scope.TRANSIENT, (Remedy("Wait and try again."),)),
    Signature("function.outbound-failed", "the function's own outgoing connection failed", _FAILED, Scope.TRANSIENT, (Remedy("Try again; if it lasts, look at the host that the message names."), _LOGS)),
)

_OWN_4XX = (400, 422, 500)

RULES = (
    Rule("function.config-missing", 76, rf"(?:missing|required|undefined|unset)(?: \w+){{0,2}} (?:environment|env)(?:ironment)? ?(?:variables?|vars?|config\w*)|(?:environment|env) ?(?:variables?|vars?).{{0,60}}{ABSENT}|missing env\b|missing required (?:secret|configuration|config)s?\b|server (?:configuration error|misconfigur\w*)"),
    Rule("function.config-missing", 56, r"(?:service|server|function|integration|\w+) (?:is )?not configured|configuration (?:is )?(?:missing|incomplete|invalid)|not configured"),
    Rule("function.config-missing", 41, r"configuration error|misconfigured"),
    Rule("function.config-missing", 74, r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)*_(?:key|secret|token|api_key|password|dsn|webhook|bucket|endpoint|host|id|sid|email)\b(?: (?:is|are|env\w*( var\w*)?|secret|was|must))* ?(?:missing|not (?:set|configured|found|defined)|must be set|unset|is undefined|environment variable)", unless=(r"image_id|vehicle_id|user_id|event_id|_id (?:is )?(?:missing|required)",)),
    Rule("function.code-error", 59, r"(?:\btypeerror|referenceerror|rangeerror|\bevalerror|deno\.core|not supported in this environment|nameerror: |attributeerror: |filenotfounderror|indexerror: |unboundlocalerror)", unless=(r"fetch failed|failed to fetch|error sending request|networkerror|invalid url|terminated|socketerror|other side closed|load failed", r"failed to construct 'url'")),
    Rule("function.code-error", 42, r"(?:syntaxerror|unterminated string|formatexception|only absolute urls|is not a function|is not defined|cannot read propert\w+|cannot destructure|is not iterable|undefined is not|null is not an object|maximum call stack|unexpected token|unexpected end of json|is not a constructor|cannot convert undefined|converting circular structure|invalid array length|cannot set propert\w+|object is not extensible|is read-only|unexpected identifier|invalid date\b|cannot mix bigint|assignment to constant|cannot access '?\w+'? before initiali[sz]ation|invalid regular expression|body (?:is |already )?(?:unusable|used|consumed)|body stream already read|bad resource id|notsupported: |deno\.\w+ is not|permissiondenied: requires|attributeerror|keyerror|nameerror|unexpected non-whitespace|expected property name|bad control character|in json at position|json\.parse|jsondecodeerror|expecting value: line|invalid time value|is not valid json)", unless=(r"fetch failed",)),
    Rule("function.bad-request", 58, r"(?:missing (?:required )?(?:field|parameter|param|property|input|body|argument|image|photo|url|image_?url|data|prompt|value|vehicle|user|event|id\b|\w+_id\b|\w+_url\b|\w+id\b)s?|(?:is|are) required|\b\w+ required\s|\brequired (?:field|parameter|property)|required: |must (?:be|provide|include|contain|have|specify) |invalid (?:request|input|json|body|payload|parameter|params|format|data|type|action|value|mode|uuid|id\b|\w+_id\b)|no (?:image|file|data|body|input|images|photo|url|prompt|urls)(?: \w+)? (?:provided|given|supplied|specified|uploaded|found in request|in request|received)|bad request|malformed|validation (?:error|failed)|expected .{1,40} (?:but )?(?:got|received)|unknown action|unsupported action|failed to parse (?:request|body|json(?: body| payload| request|\W|$))|request body|provide (?:an? |either )?(?:image|\w+_url|\w+_id)|zoderror|invalid_type)", unless=(r"(?:payment|subscription|authentication|authori[sz]ation|login|access|permission|upgrade|credits?) (?:is )?required",)),
    Rule("function.unauthorized", 60, r"(?:unauthori[sz]ed|not authori[sz]ed|authentication (?:required|failed)|forbidden|access denied|not authenticated|invalid (?:or expired )?(?:session|token|credentials|user|auth\w*)|must be (?:logged in|authenticated|signed in)|admin (?:access|only|role)|does not (?:match|own|belong)|mismatch|permission|not allowed|login required|subscription|upgrade|no user|user not found)", status=(401, 403)),
    Rule("function.rate-limited", 60, r"(?:rate.?limit|too many requests|(?:daily|monthly|hourly|weekly|usage|request|cost|budget|spend\w*|credits?|quota|analys[ie]s) (?:\w+ )?(?:limit|budget|cap|quota)\b|(?:limit|budget|quota) (?:has been |is |was )?(?:reached|exceeded|exhausted)|slow down|try again (?:later|tomorrow|next|in)|insufficient credits|no credits|not enough credits|credits? (?:exhausted|required|used up))", status=(429, 402)),
    Rule("function.rate-limited", 56, r"(?:daily|monthly|hourly|weekly) (?:\w+ ){0,3}(?:limit|budget|cap|quota) (?:\w+ )?(?:has been |is |was )?(?:reached|exceeded|exhausted|used)|budget (?:limit )?(?:reached|exceeded|exhausted)"),
    Rule("function.item-rejected", 66, r"(?:does(?:n't| not) (?:appear|seem) to (?:contain|be|show|have)|(?:image|photo|picture) does(?:n't| not) (?:show|contain|depict|include|have|look)|does(?:n't| not) look like an?\b|unable_to_(?:estimate|analy[sz]e|identify|detect|process)|(?:no|zero|not? any) (?:\w+ )?(?:face|food|vehicle|car|person|people|object|label|text|plate|product|item|dish|meal|plant|animal|damage|license|vin)s? (?:was |were |could be )?(?:detected|found|visible|recogni[sz]ed|identified|present)|could(?:n't| not) (?:identify|recogni[sz]e|detect|determine|estimate|analy[sz]e (?:this|the) (?:image|photo|picture))|cannot (?:identify|recogni[sz]e|detect|determine|be identified)|unable to (?:identify|recogni[sz]e|detect|determine|estimate|analy[sz]e (?:this|the) (?:image|photo|picture))|not_(?:food|a_\w+)|not (?:a )?(?:food|vehicle|car|face)(?: image)?\b|(?:image|photo|picture) (?:quality )?(?:is |appears (?:to be )?|seems |looks )?(?:too )?(?:blurry|dark|blurred|low|unclear|unreadable|illegible)|(?:could(?: not|n't)|unable to|failed to|cannot) (?:extract|find|read|detect|see) (?:any |the |a )?(?:\w+ ){0,3}(?:from|in) (?:the |this |your |that )?(?:image|photo|picture)|low (?:image )?quality|multiple faces|image contains no|nothing (?:recogni[sz]able|detected)|no_face\w*|not recogni[sz]ed)"),
    Rule("function.unavailable", 64, r"(?:maintenance|temporarily (?:unavailable|disabled|down|closed)|(?:service|function|api|analysis|feature|server|system) (?:is )?(?:currently |temporarily )?(?:unavailable|disabled|overloaded|down|busy|not available)|service unavailable|try again later|over capacity|circuit (?:breaker )?(?:is )?open)", status=(503,)),
    Rule("function.unavailable", 52, r"(?:under maintenance|maintenance mode|temporarily (?:unavailable|down)|service (?:is )?(?:currently |temporarily )?unavailable)"),
    Rule("function.outbound-failed", 50, r"client network socket disconnected|error sending request for url|\bfetch failed\b|socket hang up", status=(500, 502, 503, 504)),
    Rule("function.outbound-failed", 46, BROKEN_CONNECTION),
)
