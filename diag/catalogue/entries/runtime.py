# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""The function's worker. Codes and texts: Supabase's function error reference and the edge runtime's messages."""

from diag.catalogue.model import Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

_FAILED = Verdict.FAILED
_LOGS = Remedy(
    "Read the function's log.", None, "https://supabase.com/dashboard/project/{ref}/functions/{function}/logs"
)
_REDEPLOY = Remedy("Deploy the function again.", "supabase functions deploy {function} --project-ref {ref}")

SIGNATURES = (
    Signature("runtime.boot-error", "the function cannot start", _FAILED, Scope.PROJECT, (Remedy("Mend the import, the syntax error or the configuration that its log names; run it locally to see it.", "supabase functions serve {function}", "https://supabase.com/docs/guides/troubleshooting/edge-function-503-response",), _LOGS, _REDEPLOY,)),
    Signature("runtime.load-error", "the platform cannot load the function's bundle", _FAILED, Scope.PROJECT, (_REDEPLOY, Remedy("If a fresh deployment does not help, look at the platform's status page.", None, "https://status.supabase.com",),)),
    Signature("runtime.worker-limit", "the function ran out of memory or CPU time", _FAILED, Scope.ITEM, (Remedy("Use a smaller file, or do less per call (256 MB of memory, 2 s of CPU time).", None, "https://supabase.com/docs/guides/troubleshooting/edge-function-546-error-response",), _LOGS,)),
    Signature("runtime.worker-retired", "the worker was retired while the request ran", _FAILED, Scope.TRANSIENT, (Remedy("Try again.", None, "https://supabase.com/docs/guides/functions/limits"),)),
    Signature("runtime.idle-timeout", "the function did not answer within the platform's limit", _FAILED, Scope.TRANSIENT, (Remedy("The function may still finish its work: look at the row before calling again. Give its upstream calls shorter timeouts.", None, "https://supabase.com/docs/guides/functions/limits",),)),
    Signature("runtime.uncaught-exception", "the function failed without saying why", _FAILED, Scope.PROJECT, (_LOGS, Remedy("Catch errors in the handler and answer with their message."))),
    Signature("runtime.invalid-status", "the function answered with an HTTP status that does not exist", _FAILED, Scope.PROJECT, (Remedy("Answer with a status from 200 to 599.", None, "https://supabase.com/docs/guides/functions/status-codes"),)),
)

RULES = (
    Rule("runtime.boot-error", 93, r"(?:\bboot_error\b|worker boot error|bootfailure|function failed to start|invalidworkercreation|failed to bootstrap runtime|could not find an appropriate entrypoint)"),
    Rule("runtime.boot-error", 89, r"(?:error sending request for url|failed to (?:download|fetch|load)|could not (?:download|fetch|load|resolve)|download\w* (?:error|failed)).{0,20}https?://(?:esm\.sh|deno\.land|jsr\.io|npm\.jsr\.io|cdn\.skypack|unpkg\.com|cdn\.jsdelivr|registry\.npmjs)"),
    Rule("runtime.boot-error", 70, r"(?:failed to create the graph|failed to (?:read|determine) (?:path|entrypoint)|module not found|import .{0,80}not (?:a dependency|in the dependency map)|relative import path .{0,120} not prefixed|entrypoint path does not exist|does not provide an export named|cannot resolve module|source code could not be parsed)"),
    Rule("runtime.load-error", 94, r"(?:\bload_function_\w*error|not_found_function_blob|failed to load edge function|function deployment bundle not found)"),
    Rule("runtime.worker-limit", 93, r"(?:\bworker_(?:resource_)?limit\b|not having enough compute resources|memory limit (?:will be )?(?:exceeded|reached)|cpu time (?:soft |hard )?(?:limit )?(?:exceeded|reached|limit)|wall clock (?:time|duration) (?:limit )?(?:reached|exceeded|warning)|exceeded cpu|out of memory|heap (?:limit|out)|worker (?:has )?exceeded)", unless=(r"rekognition", r"cuda|\bgpu\b|pytorch")),
    Rule("runtime.worker-limit", 88, "", status=(546,)),
    Rule("runtime.worker-retired", 94, r"(?:workeralreadyretired|workerrequestcancell?ed|worker (?:is |was |has )?(?:already |been )?retired|request (?:has been )?cancelled by (?:the )?supervisor|worker is (?:already )?(?:shut ?down|terminated))"),
    Rule("runtime.worker-retired", 64, r"channel closed|error in worker connection|connection was not ready|user worker not available"),
    Rule("runtime.idle-timeout", 93, r"(?:\bidle_timeout\b|request idle timeout|workerrequestidletimeout|idle timeout limit)"),
    Rule("runtime.idle-timeout", 46, r"(?:request timed out|timed out)", status=(504,)),
    Rule("runtime.uncaught-exception", 60, r"(?:\bworker_error\b|function exited due to an error|invalidworkerresponse|event loop error: error|uncaughtexception)"),
    Rule("runtime.uncaught-exception", 34, r"(?:internal server error|internal_server_error|something went wrong|an? (?:unexpected|unknown|internal) error (?:has )?occurred|unhandled (?:error|exception|promise))"),
    Rule("runtime.invalid-status", 93, r"(?:\binvalid_response_status_code\b|returned an invalid http status code|not equal to 101 and outside the range|status provided \(\d+\))"),
)
