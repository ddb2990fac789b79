# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""The database and its API as the function used them. Codes: PostgREST's error reference and PostgreSQL's appendix A."""

from diag.catalogue.entries.wording import ABSENT, LACKS
from diag.catalogue.model import Mark, Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

_FAILED = Verdict.FAILED
_SET = "supabase secrets set --env-file supabase/functions/.env --project-ref {ref}"
_ERRORS = "https://docs.postgrest.org/en/stable/references/errors.html"
_KEYS = "https://supabase.com/dashboard/project/{ref}/settings/api-keys"

SIGNATURES = (
    Signature("supabase.url-missing", "the function has no address of its database", _FAILED, Scope.PROJECT, (Remedy("Read SUPABASE_URL in the function: the platform sets it by itself; a name of one's own must be set as a secret.", _SET, "https://supabase.com/docs/guides/functions/secrets",),)),
    Signature("supabase.key-missing", "the function has no key for its database", _FAILED, Scope.PROJECT, (Remedy("Read SUPABASE_SERVICE_ROLE_KEY in the function (the platform sets it), or set the name that it reads as a secret.", _SET, "https://supabase.com/docs/guides/functions/secrets",),)),
    Signature("supabase.key-invalid", "the database's API refused the key", _FAILED, Scope.PROJECT, (Remedy("Take the key anew from the project's API settings; legacy keys may be switched off.", None, _KEYS), Remedy("If it is the function's own key: set it as a secret and deploy again, so that no warm worker keeps the old one.", _SET,),)),
    Signature("supabase.permission-denied", "the database does not allow this to the key's role", _FAILED, Scope.PROJECT, (Remedy("Use the service role's key, or grant the role the right and write a policy.", None, "https://supabase.com/docs/guides/database/postgres/row-level-security",),)),
    Signature("supabase.schema-mismatch", "a table, column or function of the database is missing", _FAILED, Scope.PROJECT, (Remedy("Apply the missing migration, then reload the API's schema cache.", "supabase db push", _ERRORS),)),
    Signature("supabase.constraint-violation", "the database refused the value", _FAILED, Scope.ITEM, (Remedy("Look at the row's values and the constraint that the message names.", None, "https://www.postgresql.org/docs/current/errcodes-appendix.html",),)),
    Signature("supabase.row-not-found", "the row that was asked for is not there", _FAILED, Scope.ITEM, (Remedy("Look whether the row still exists and is visible to the key's role.", None, _ERRORS),)),
    Signature("supabase.timeout", "the database took too long, or has no free connection", _FAILED, Scope.TRANSIENT, (Remedy("Go on with fewer calls at once; give slow queries an index.", None, "https://supabase.com/docs/guides/database/postgres/timeouts",),)),
    Signature("supabase.unavailable", "the database or its API is not available", _FAILED, Scope.TRANSIENT, (Remedy("Wait and try again; look at the project's health.", None, "https://supabase.com/dashboard/project/{ref}",),)),
)

MARKS = (
    Mark("supabase", 70, r"(?:\bsupabase\.(?:co|in|net)\b|/rest/v1|/storage/v1|/auth/v1|postgrest|\bpgrst\d+|authretryablefetcherror|postgres(?:ql)?://|\bdb\.\w+\.supabase|pooler\.supabase|:5432\b|:6543\b|:54321\b)"),
    Mark("supabase", 57, r"\bsupabase(?:[^/\w-]|$)"),
)

_KEY_NAMES = r"(?:supabase_|sb_)?(?:service_role_key|service_key|anon_key|secret_keys?|publishable_keys?|service_role(?: api)? key)\b"

RULES = (
    Rule("supabase.url-missing", 92, r"supabaseurl is required|project's url and (?:api )?key are required|url and key are required to create a supabase"),
    Rule("supabase.url-missing", 86, rf"\b(?:\w+_)?supabase_url\b.{{0,60}}{ABSENT}"),
    Rule("supabase.url-missing", 84, rf"{LACKS}\b.{{0,40}}\b(?:\w+_)?supabase_url\b"),
    Rule("supabase.url-missing", 80, rf"supabase url.{{0,30}}{ABSENT}|(?:invalid|must provide a?) ?supabaseurl|invalid supabase url|missing supabase (?:url|configuration|credentials|env\w*|config)|supabase (?:configuration|credentials|config|env\w*( variables)?) (?:is |are )?{ABSENT}"),
    Rule("supabase.key-missing", 93, r"supabasekey is required|no api key found in request|no `?apikey`? request header"),
    Rule("supabase.key-missing", 85, rf"\b\w*{_KEY_NAMES}.{{0,60}}{ABSENT}", unless=(r"stripe_secret_key",)),
    Rule("supabase.key-missing", 83, rf"{LACKS}\b.{{0,40}}\b\w*{_KEY_NAMES}", unless=(r"stripe_secret_key", r"double check your supabase", r"invalid api key")),
    Rule("supabase.key-missing", 80, r"(?:missing|no|without) (?:\w+ )?(?:service[ -]role|anon|supabase|publishable) (?:api )?(?:key|token)|(?:service[ -]role|anon) key (?:is )?(?:missing|not (?:set|configured|found))"),
    Rule("supabase.key-invalid", 91, r"(?:legacy api keys are disabled|unregistered api key|double check your supabase|pgrst30[0-3]\b|no suitable key or wrong key type|(?:jwserror|jwterror|jwt)\w* ?(?:jws)?(?:invalidsignature|notinjwsformat|compactdecodeerror|expired\b)|jwsinvalidsignature|forbidden use of secret api key)"),
    Rule("supabase.key-invalid", 75, r"supabase (?:\w+ )?(?:rejected|refused|denied).{0,20}key|(?:invalid|wrong|expired|bad|revoked) (?:supabase|service[ -]role|anon|service) (?:\w+ )?key"),
    Rule("supabase.key-invalid", 74, r"(?:jwt expired|jwt invalid|invalid jwt signature|signature verification failed|jwserror|invalid compact jws|bad_jwt|invalid number of segments|token contains an invalid number|token is unverifiable|token signature is invalid|jwt cryptographic operation failed|no_authorization|user not allowed|not_admin|not a valid (?:jwt|token) signature|wrong key type)"),
    Rule("supabase.key-invalid", 57, r"invalid authentication credentials", unless=(r"oauth|google|openai|gemini|anthropic",)),
    Rule("supabase.unavailable", 58, r"authretryablefetcherror"),
    Rule("supabase.key-invalid", 60, r"invalid api key", unless=(r"openai|gemini|anthropic|openrouter|groq|mistral|\bai\b|invalid_api_key",)),
    Rule("supabase.permission-denied", 90, r"(?:\b42501\b|row-level security|row level security|violates rls|permission denied for (?:table|schema|function|relation|view|sequence|database|column|materialized)|must be owner of|insufficient_privilege|\brls (?:policy )?(?:violation|denied|error|failed|blocked)|(?:database|postgres\w*|supabase|\bdb)\b.{0,30}permission denied|blocked by (?:rls|row))"),
    Rule("supabase.schema-mismatch", 90, r"(?:\b(?:42p01|42703|42883|42p10|3f000|42704|42804|42702)\b|pgrst(?:106|108|118|20[0-5])\b|in the schema cache|could not find the (?:table|function|'?\w+'? column|relation)|schema must be one of the following|relation .{1,80} does not exist|column .{1,80} does not exi|could not find a relationship|no function matches the given name|no unique or exclusion constraint matching|type .{1,60} does not exist|table .{1,80} does not exist|undefined(?:table|column|function)\b|no such (?:table|column))"),
    Rule("supabase.constraint-violation", 88, r"(?:\b(?:23505|23503|23502|23514|22p02|22001|22003|22007|22008|22p05|23000|23p01|22023|22021|21000|22p03|22004|2200\w)\b|violates (?:unique|foreign key|not-null|check|exclusion) constraint|duplicate key value|invalid input syntax for|value too long for type|out of range for type|null value in column|(?:date/time|numeric) field (?:value )?(?:out of range|overflow)|uniqueviolation|foreignkeyviolation|notnullviolation|invalid input value for enum|malformed array literal|unsupported unicode escape|the resource already exists)"),
    Rule("supabase.row-not-found", 90, r"(?:pgrst116\b|multiple \(or no\) rows returned|results contain 0 rows|the result contains 0 rows|cannot coerce the result to a single json object|no rows (?:returned|found)|query returned no rows)"),
    Rule("supabase.row-not-found", 70, r"\b(?:no|not find|find no)\b .{0,30}(?:with|for|by|having) (?:the )?(?:given |this )?(?:\w+_)?id\b"),
    Rule("supabase.row-not-found", 50, r"(?:record|row|vehicle|listing|event|item|user|profile|job|entity|document|order) (?:\S+ )?(?:was )?not found|no (?:record|row|vehicle|listing|job)s? (?:was |were )?found"),
    Rule("supabase.timeout", 90, r"(?:\b57014\b|pgrst003\b|\b53[34]00\b|\b53200\b|statement timeout|canceling statement|(?:acquiring|fetching|getting) (?:an? )?(?:new )?connection from (?:the )?(?:connection )?pool|\bp2024\b|too many connections|too many clients|remaining connection slots|max(?:imum)? (?:client|clients|number of client) (?:connections|reached)|max_?clients?inse|max client connections|pool (?:exhausted|timeout|timed out)|connection pool (?:exhausted|timed out|timeout|is full)|query_wait_timeout|emaxconnsession|lock timeout|55p03|deadlock detected|40p01|40001|could not serialize|unable to check out (?:process|connection) from (?:the )?pool|databasetimeout|timeout exceeded when trying to connect|(?:query|database|\bdb|sql|statement|transaction|connection pool) (?:\w+ )?(?:timeout|timed out))"),
    Rule("supabase.unavailable", 86, r"invalid json response body at .{0,120}supabase|supabase\.(?:co|in)\b.{0,200}unexpected token '?<"),
    Rule("supabase.unavailable", 90, r"(?:pgrst00[0-2]\b|database client error|could not query the database for the schema cache|database connection error|\b57p0[1-3]\b|\b25006\b|\b0800[0-9]\b|database system is (?:starting up|shutting down|in recovery|not (?:yet )?accepting)|read-only transaction|terminating connection|no connection to the server|the database is (?:not accepting|read-only)|could not connect to (?:the )?(?:database|server|postgres)|tenant or user not found|connection terminated unexpectedly|\bconnection_(?:closed|ended|destroyed)\b|\bwrite connect_timeout\b|connection error and is not queryable|connection to server at \S+|ssl connection has been closed unexpectedly|(?:supabase|database|postgres\w*) (?:is |was )?(?:currently )?(?:unavailable|down|offline|not available|unreachable|not responding)|dbhandler exited|server closed the connection unexpectedly|password authentication failed|can't reach database server|\bp100[01]\b|error connecting to (?:the )?database|connect\w* to (?:the )?(?:database|postgres\w*)|database connection (?:failed|error|refused|timed|lost|closed|terminated))"),
)
