# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""Any other third party, named or not."""

from diag.catalogue.entries.wording import BROKEN_CONNECTION
from diag.catalogue.model import Mark, Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

SIGNATURES = (
    Signature("service.key-invalid", "another service refused its key", Verdict.FAILED, Scope.PROJECT, (Remedy("Renew the key of the service that the message names, and set it again.", "supabase secrets set --env-file supabase/functions/.env --project-ref {ref}",),)),
    Signature("service.rate-limited", "another service limits the rate of calls", Verdict.FAILED, Scope.TRANSIENT, (Remedy("Wait, and go on with fewer calls at once."),)),
    Signature("service.unavailable", "another service does not answer", Verdict.FAILED, Scope.TRANSIENT, (Remedy("Wait and try again; look at the service's status page if it lasts."),)),
)

_PROVIDERS = (
    r"(?:baidu|tencent|xfyun|ocr\.space|stripe|twilio|resend|sendgrid|mailgun|postmark|slack|discord|telegram|gitlab|notion|airtable|shopify|paypal|firebase|fcm|onesignal|pusher|algolia|cloudinary|imgix|"
    r"mapbox|google maps|google sheets|google drive|youtube|spotify|dropbox|hubspot|salesforce|zapier|firecrawl|serpapi|serper|brave search|tavily|apify|scrap\w*(?:bee|ingbee|fly)|"
    r"browserless|elevenlabs|deepgram|assemblyai|plaid|razorpay|lemonsqueezy|upstash|pinecone|weaviate|qdrant|nhtsa|carfax|ebay|openweather\w*|remove\.?bg|photoroom|kraken|tinify|"
    r"open ?food ?facts|nutritionix|spoonacular|edamam|bring a trailer|marketcheck|vinaudit|vindecoder|imgur|unsplash|pexels|microsoft graph|facebook|instagram|twitter|linkedin|intercom|mixpanel|datadog|auth0|okta|whatsapp|mailchimp|klaviyo|calendly|n8n|zendesk|freshdesk|jira|trello|asana|quickbooks|xero|docusign|vercel|netlify|heroku|sentry\.io|posthog)"
)
NAMES = rf"(?:(?:^|[^.\w/@-]){_PROVIDERS}\b|\b(?:stripe|twilio)\w*error|\b{_PROVIDERS}\.(?:com|io|net|org|app|dev)\b|(?:api|docs)\.github\.com|maps\.googleapis|\bsk_(?:test|live)_|\bgithub api|百度|腾讯|讯飞)"

MARKS = (Mark("service", 62, NAMES),)

_REFUSED = r"(?:(?:invalid|incorrect|wrong|bad|expired|revoked|no such) (?:\w+ )?(?:api|key|token|credential|auth|grant|signature|secret|session|access)|(?:key|token|credentials?) (?:is |was |are )?(?:invalid|wrong|expired|revoked|rejected)|unauthorized|expired|revoked|unauthenticated|forbidden|access denied|authenticat\w+ (?:failed|error|required)|authenticate\b)"

RULES = (
    Rule("service.key-invalid", 74, rf"(?:{NAMES}).{{0,120}}(?:{_REFUSED}|\b40[13]\b)"),
    Rule("service.key-invalid", 70, r"(?:invalid_grant|invalid_client\b|refresh token is (?:invalid|expired)|access token is (?:missing|invalid|expired)|invalid (?:access|refresh|bearer|oauth) token|invalid api key provided|no such api key|token has been (?:expired|revoked)|expired_token|unauthorized_client|bad credentials|restricted_api_key|api[_ ]key[_ ]expired|invalid_auth\b|not_authed|invalid subscription key|auth_key|api token (?:is )?invalid|invalid api token|invalid token)"),
    Rule("service.key-invalid", 78, r"restricted api keys?\b|restricted keys\b"),
    Rule("service.key-invalid", 76, rf"(?:invalid|bad|wrong|expired|incorrect|revoked)(?:{NAMES}).{{0,20}}(?:key|token|credential)"),
    Rule("service.key-invalid", 72, rf"(?:{NAMES}).{{0,120}}(?:must supply|missing|no|not (?:set|configured|provided)).{{0,20}}(?:api_?key|api key|token|credentials)"),
    Rule("service.key-invalid", 57, r"\b(?:service|api|server|provider|endpoint|decoder|lookup)\b.{0,40}\b(?:error|responded|returned|failed|status|request)\b.{0,20}\b40[13]\b"),
    Rule("service.key-invalid", 62, r"\b(?:history|decoder|lookup|valuation|pricing|auction|registry|weather|geocoding|payment|shipping) (?:api|service) (?:error|responded|returned|failed|request)\b.{0,20}\b40[13]\b"),
    Rule("service.rate-limited", 57, r"\b(?:service|api|server|provider|endpoint|decoder|lookup)\b.{0,40}\b(?:error|responded|returned|failed|status|request)\b.{0,20}\b429\b"),
    Rule("service.unavailable", 57, r"\b(?:service|api|server|provider|endpoint|decoder|lookup)\b.{0,40}\b(?:error|responded|returned|failed|status|request)\b.{0,20}\b5\d\d\b", unless=(r"internal server error",)),
    Rule("service.rate-limited", 72, rf"(?:{NAMES}).{{0,160}}(?:rate.?limit|too many requests|\b429\b|quota|over_query_limit|(?:limit|qps) (?:\w+ )?(?:exceeded|reached))"),
    Rule("service.rate-limited", 84, r"api rate limit exceeded for\b"),
    Rule("service.rate-limited", 44, r"(?:too many requests|rate.?limit(?:ed|s)?(?: exceeded| reached)?)"),
    Rule("service.unavailable", 70, rf"(?:{NAMES}).{{0,160}}(?:\b5\d\d\b|unavailable|server error|error occurred with our connection|{BROKEN_CONNECTION})"),
    Rule("service.unavailable", 65, r"\b(?:geocod\w+|payment|email|sms|vin|decoder|weather|maps?|search|translation|ocr|shipping|tax|currency|notification|pricing|valuation|market) (?:\w+ )?(?:service|api|provider) (?:is )?(?:currently |temporarily )?(?:unavailable|down|not available|offline|unreachable)"),
    Rule("service.unavailable", 58, r"(?:software error:|third.?party service|external (?:service|api) (?:error|unavailable|failed|returned)|upstream (?:service|api|server) (?:error|unavailable|failed|returned)|webhook (?:failed|returned|error))"),
)
