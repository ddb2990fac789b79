# ruff: noqa: E501 - data
# fmt: off
"""Words and fields by which an answer of success tells what it is: error, cached, paused, unfinished, empty."""

import re

DEEP = 8  # levels of an answer that are looked into
WIDE = 200  # elements of a list that are looked into
HOLLOW = {"", "null", "none", "undefined", "n/a", "error", "[]", "{}", "nan"}
PAUSED_STATES = {"paused", "disabled", "maintenance", "suspended", "switched_off"}
STATE_NAMES = {"status", "state", "reason"}
"""Fields whose whole value may be one of these."""
NOTHING = ("", "none", "null", "no", "false", "n/a", "ok", "0", "undefined", "unknown")
ERROR_KEY = re.compile(
    r"^(?:errors?|err|exceptions?|failures?|failed|fault(?:string|code|detail)?|__type|\$fault|err_?(?:code|msg|message|no)|error_?(?:message|description|detail|code|type|subject|reason|text|info)s?|last_?error|\w+_error|\w+error)$",
    re.IGNORECASE,
)
ERROR_END = re.compile(r"(?:errors?|exceptions?|failures?|failurereason|failreason|errormessage|faults?)$", re.IGNORECASE)
"""Ends of names (letters only) of fields that tell of an error where they hold a text, a list or an object."""
BAD_STATES = {"error", "errored", "failed", "failure", "fail", "rejected", "ko", "unsuccessful", "exception", "timeout", "timed_out", "crashed", "aborted"}
STATE_KEYS = {"message", "msg", "status", "state", "result", "outcome", "category", "type", "kind", "verdict"}
WAITING = {"computing", "calculating", "generating", "executing", "preparing", "initializing", "initialising", "initiated", "validating", "uploading", "ongoing", "incomplete", "not_started", "not started", "in process", "in_process", "in queue", "in_queue", "on_hold", "busy", "retrying", "processing", "queued", "pending", "in_progress", "in-progress", "accepted", "started", "running", "enqueued", "scheduled", "inprogress", "submitted", "starting", "working", "not_ready", "waiting", "analyzing", "deferred"}
CACHE_KEY = re.compile(
    r"^(?:(?:is|was|has|use|used|using|serve|served|return|returned|load|loaded|read|came|come|fetched|result|results|response|data|answer|analysis|db|ai|hit)?(?:from|by|in|via|the|using)?(?:the)?(?:cache|cached)(?:hit|used|result|results|response|data|copy|answer)?"
    r"|hitcache|alreadyprocessed|alreadyanaly[sz]ed|alreadyscanned|reused|isreused|deduplicated|skipped|isskipped|wasskipped|stale|isstale)$"
)
"""Names (lower case, letters only) of fields that say, when true, that a stored result came back."""
HIT_KEY = "hit"
CACHE_AGE = re.compile(r"^(?:cached(?:at|on|since|until|for)|cacheage\w*|cachekeyhit)$")
"""The same with a time or an age as value."""
PAUSE_KEYS = {"paused", "disabled", "maintenance", "is_paused", "ispaused", "maintenance_mode", "kill_switch", "killswitch", "suspended", "analysis_paused"}
SWITCH_KEYS = {"enabled", "isenabled", "analysisenabled", "aienabled", "active", "isactive"}
"""Fields (letters only) that say, when false, that the function is switched off."""
PAUSED = re.compile(
    r"\b(?:paused|(?:currently|temporarily|has been|is|are) (?:disabled|switched off|turned off|deactivated)|kill.?switch|maintenance)\b|^\W*(?:[\w-]+ ){1,4}(?:disabled|switched off|turned off|deactivated)\W*$",
    re.IGNORECASE,
)
STALE = re.compile(
    r"\b(?:already (?:been )?(?:analy[sz]ed|processed|scanned|completed|done)|from cache|cached (?:result|response|analysis)|returning cached|skipp(?:ed|ing)[^.]{0,40}(?:already|exists|existing))",
    re.IGNORECASE,
)
SAYS_ERROR = re.compile(
    r"^\W{0,5}(?:error\b|failed\b|failure\b|exception\b|traceback|internal server error|unauthorized|forbidden|bad request|invalid api|api error|"
    r"[\w' ]{1,40} (?:has |have )?(?:failed|errored)\W*$|[\w' ]{1,40} (?:has )?(?:failed|errored)(?: to\b|[:.!(-])|unable to (?:analy|process|complete)|could not (?:analy|process|complete)|something went wrong|an? (?:unexpected |internal |unknown )?error\b)|"
    r"\b(?:rate limit (?:exceeded|reached)|quota exceeded|insufficient_quota|invalid api key|api key not valid)\b",
    re.IGNORECASE,
)
DECLINES = re.compile(
    r"^\W{0,3}(?:i(?:'|’)?m (?:sorry|unable|not able)|i am (?:sorry|unable|not able)|sorry,? (?:but )?i|i can(?:'|’)?t|i cannot|as an ai\b)",
    re.IGNORECASE,
)
EMPTY_WORDS = re.compile(
    r"^\W*(?:no|none|n/?a|nothing|not|null|undefined|unknown|empty)\b(?: [\w-]+){0,3}\W*(?:available|found|detected|data|analysis|results?|content|response|provided|returned|generated)?\W*$",
    re.IGNORECASE,
)
TALK = {
    "success", "ok", "succeeded", "successful", "issuccess", "is_success", "status", "state", "message", "msg", "code", "statuscode", "error", "errors", "name", "provider", "model", "model_used", "role", "object", "type", "index",
    "finish_reason", "finishreason", "stop_reason", "stop_sequence", "system_fingerprint", "service_tier", "created", "cost", "source", "ai_model_used", "failed", "errcode", "errmsg", "job_id", "done", "complete", "completed", "skipped", "reason",
}
"""Fields that talk about the answer and are no result."""
TALKING = re.compile(r"(?:^|_)(?:id|ids|at|ms|time|timestamp|uuid|duration|elapsed|seconds|url|cost|usd)$|version$|[a-z]id$|_time$", re.IGNORECASE)
"""The same, by the ends of their names."""
ASIDES = {"debug", "meta", "usage", "usagemetadata", "usage_metadata", "warnings", "warning", "headers", "request", "input", "rate_limit"}
"""Branches that talk about the answer."""
SUCCESS_KEYS = {"success", "ok", "succeeded", "is_success", "issuccess", "successful", "succeed"}
REFUSING_KEYS = {"refusal", "blockreason", "block_reason"}
ENDINGS = {"safety", "content_filter", "recitation", "prohibited_content", "blocklist", "spii", "image_safety", "length", "max_tokens", "malformed_function_call", "refusal"}
"""Reasons for which a model stopped that leave its reply unusable."""
ENDING_KEYS = {"finishreason", "finish_reason", "stop_reason", "stopreason"}
STATUS_KEYS = {"statuscode", "status_code", "httpstatus", "http_status"}
HTTP_ERROR = re.compile(r"[45][0-9]{2}")
"""What such a field holds where it tells of an error."""
ERROR_FLAGS = {"iserror", "is_error", "has_error", "haserror", "error_occurred"}
VALID_KEYS = {"valid", "is_valid", "isvalid", "accepted"}
CACHED_WORD = re.compile(r"^(?:.{0,12}\b)?(?:cached?|hit|memory|stored|database cache|redis)\b")
CACHE_PLACES = {"source", "origin", "cache", "cachestatus", "cachestate", "cacheresult", "xcache", "servedfrom", "servedby", "from", "via", "resultsource", "datasource", "provenance", "retrievedfrom"}
REASONS = {"message", "msg", "reason", "note", "status", "detail", "skipped_reason", "skip_reason", "error"}
WAITING_KEYS = {"status", "state", "message", "msg", "jobstatus", "taskstatus", "processingstatus", "aiprocessingstatus", "analysisstatus", "runstatus", "phase", "stage", "progressstatus"}
WAITING_BRANCHES = {"task", "job", "data", "result", "prediction", "request", "operation", "analysis", "run", "queue", "output", "response", "metadata"}
"""Objects at the top whose state is the answer's."""
WAITING_TEXT = re.compile(
    r"^.{0,60}\b(?:queued|enqueued|in (?:the )?queue|in progress|still (?:processing|running|working|computing|pending)|being (?:processed|analy[sz]ed|computed)|not (?:yet )?(?:ready|finished|complete|done)|submitted|scheduled"
    r"|started in (?:the )?background|in (?:the )?background|(?:processing|analysis|job|task|request|scan) (?:has |was |is |has been )?(?:started|accepted|pending|running|submitted)|will be (?:processed|analy[sz]ed|ready|available|notified)|accepted for processing|check (?:back|again) later|come back later|poll (?:for|the))\b"
)
JOB_KEY = re.compile(r"^(?:job|task|request|prediction|operation|run|execution|batch|queue|ticket|workflow|process|poll\w*|status|callback|tracking)(?:id|uuid|url|uri|key|number|token|handle|name)?$")
"""Names (letters only) of what a caller is to ask with later."""
WAITING_FLAGS = {"queued", "processing", "pending", "accepted", "async", "background", "inprogress", "enqueued", "submitted", "running", "isprocessing", "ispending"}
DONE_FLAGS = {"done", "complete", "completed", "finished", "ready", "isready", "isdone", "iscomplete"}
CLAIM_KEYS = {"success", "ok", "message", "msg", "status", "id", "timestamp", "version", "name", "image_id", "imageid", "vehicle_id", "vehicleid", "row_id", "rowid", "record_id", "recordid", "duration_ms", "succeeded"}
"""An answer of these fields alone claims to have worked and promises no result."""
COMPLAINT = re.compile(
    r"\b(?:error|fail(?:ed|ure)|unavailable|not (?:available|configured|found|supported|allowed|detected|possible)|unable to|could ?n[o']t|cannot|can't|invalid|denied|exceeded|timed out|"
    r"timeout|exception|missing|refused|quota|no \w+ (?:detected|found|visible|recogni[sz]ed)|unauthorized|forbidden|try again)\b",
    re.IGNORECASE,
)
EXPLAINING = {"message", "msg", "detail", "details", "reason", "description", "subject", "code", "hint", "type", "error_code", "errorcode", "statuscode", "status", "text", "info", "missing", "name", "cause", "provider", "model", "service", "step", "stage"}
TEXT_KEYS = {"status", "state", "message", "msg", "result", "analysis", "text", "output", "response", "answer", "data", "content", "reply", "detail", "details", "body"}
OWN = {
    400: "function.bad-request",
    401: "function.unauthorized",
    403: "function.unauthorized",
    415: "function.bad-request",
    422: "function.bad-request",
    429: "function.rate-limited",
    503: "function.unavailable",
}
"""The function's own JSON answer."""
FOREIGN = {
    400: "function.bad-request",
    401: "gateway.auth-invalid",
    403: "function.unauthorized",
    404: "gateway.function-not-found",
    422: "function.bad-request",
    429: "gateway.rate-limited",
    503: "gateway.unavailable",
}
"""A page or text that is not the function's JSON."""
ANY = {
    402: "gateway.restricted", 405: "gateway.method-not-allowed", 408: "runtime.idle-timeout", 409: "supabase.constraint-violation", 410: "image.not-found", 413: "gateway.payload-too-large",
    502: "gateway.unavailable", 504: "gateway.unavailable", 528: "gateway.unavailable", 529: "gateway.unavailable", 540: "gateway.project-paused", 544: "gateway.unavailable", 546: "runtime.worker-limit",
}
ERRONEOUS = re.compile(
    r"\b(?:error|fail(?:ed|ure)?|invalid|denied|unable|cannot|could not|not found|exceeded|timed? ?out|timeout|exception|unauthorized|forbidden|missing|unavailable|refused|paused|quota|traceback)\b",
    re.IGNORECASE,
)
DEPICTS = re.compile(
    r"^\W{0,3}(?:an? (?!(?:unexpected |internal |unknown |fatal )?(?:error|exception|failure|problem))|(?:this|the) (?:image|photo|picture|scene) (?:shows|depicts|features|contains|displays)|(?:photo|picture|image|view|close-?up)\b.{0,20} of\b)",
    re.IGNORECASE,
)
"""How the description of what a picture shows begins."""
TELLING_KEYS = {"text", "description", "caption", "content", "summary", "title", "label"}
"""Fields that describe a picture: a word like ``failed`` in them may be about what it shows."""
