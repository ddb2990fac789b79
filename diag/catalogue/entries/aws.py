# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""STS and Rekognition. Codes: the services' API references; prose: the SDKs for JavaScript (2 and 3), Python, Java, PHP and Go."""

from diag.catalogue.entries.wording import ABSENT, BROKEN_CONNECTION, LACKS
from diag.catalogue.model import Mark, Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

_FAILED = Verdict.FAILED
_SET = "supabase secrets set --env-file supabase/functions/.env --project-ref {ref}"
_IAM = "https://console.aws.amazon.com/iam/home#/security_credentials"
_ERRORS = "https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html"
_RENEW = Remedy("Put both keys of one pair into the env file and set them again.", _SET, _IAM)
_WAIT = Remedy(
    "Wait and try again with fewer calls at once.",
    None,
    "https://docs.aws.amazon.com/rekognition/latest/dg/limits.html",
)

SIGNATURES = (
    Signature("aws.credentials-missing", "the function has no AWS credentials", _FAILED, Scope.PROJECT, (Remedy("Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION from the env file.", _SET, "https://supabase.com/docs/guides/functions/secrets",),)),
    Signature("aws.key-invalid", "AWS does not know the access key", _FAILED, Scope.PROJECT, (_RENEW, Remedy("A key that begins with ASIA needs its session token (AWS_SESSION_TOKEN) as well.", None, _IAM),)),
    Signature("aws.key-malformed", "the AWS keys are swapped, or were pasted with a blank or a newline", _FAILED, Scope.PROJECT, (_RENEW,)),
    Signature("aws.signature-mismatch", "the AWS secret access key is wrong", _FAILED, Scope.PROJECT, (_RENEW,)),
    Signature("aws.token-expired", "the temporary AWS credentials have expired", _FAILED, Scope.PROJECT, (Remedy("Fetch fresh temporary credentials, or use a lasting key pair, and set it again.", _SET, "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html",),)),
    Signature("aws.clock-skew", "the clock of the caller and that of AWS differ", _FAILED, Scope.TRANSIENT, (Remedy("Try again; if it lasts, set the machine's clock."),)),
    Signature("aws.access-denied", "the AWS user may not do this", _FAILED, Scope.PROJECT, (Remedy("Give the user the action that the message names (rekognition:DetectLabels).", None, "https://docs.aws.amazon.com/rekognition/latest/dg/security_iam_id-based-policy-examples.html",),)),
    Signature("aws.subscription-required", "the AWS account is not activated, or is suspended", _FAILED, Scope.PROJECT, (Remedy("Complete the account's sign-up, its payment method and its verification.", None, "https://console.aws.amazon.com/billing/home",),)),
    Signature("aws.region-invalid", "the AWS region is missing or wrong, or does not have the service", _FAILED, Scope.PROJECT, (Remedy("Set AWS_REGION=us-east-1 in the env file and set it again.", _SET, "https://docs.aws.amazon.com/general/latest/gr/rekognition.html",),)),
    Signature("aws.resource-not-found", "AWS does not have the thing that was named", _FAILED, Scope.PROJECT, (Remedy("Check the name of the collection, project or table and the region.", None, _ERRORS),)),
    Signature("aws.throttled", "AWS limits the rate of calls", _FAILED, Scope.TRANSIENT, (_WAIT,)),
    Signature("aws.unavailable", "AWS has a fault of its own", _FAILED, Scope.TRANSIENT, (Remedy("Wait and try again.", None, "https://health.aws.amazon.com/health/status"),)),
    Signature("aws.timeout", "the call to AWS timed out, or its connection broke", _FAILED, Scope.TRANSIENT, (Remedy("Try again; with fewer calls at once if it happens often.", None, _ERRORS),)),
    Signature("aws.image-rejected", "Rekognition cannot use the picture", _FAILED, Scope.ITEM, (Remedy("Rekognition takes JPEG and PNG up to 5 MB, at least 80 pixels wide and high: convert the picture or leave it out.", None, "https://docs.aws.amazon.com/rekognition/latest/dg/limits.html",),)),
    Signature("aws.image-unreachable", "Rekognition cannot read the picture from S3", _FAILED, Scope.ITEM, (Remedy("Check the object's key, its region and the user's right to read it.", None, _ERRORS),)),
    Signature("aws.bad-request", "AWS refused a parameter of the request", _FAILED, Scope.PROJECT, (Remedy("Mend the parameter that the message names.", None, _ERRORS),)),
)

MARKS = (
    Mark("aws", 88, r"[a-z0-9.-]+\.amazonaws\.com"),
    Mark("aws", 72, r"__type: |\$fault: |\$metadata: "),
    Mark("aws", 75, r"\b(?:rekognition|aws-?sdk|botocore|boto3|@aws-sdk|amazonrekognition|aws[_ -]|aws\b|amazon\w*exception|com\.amazonaws|software\.amazon)"),
)

_NAMES = r"(?:aws|rekognition)_(?:access_key(?:_id)?|secret_access_key|secret_key|secret|key|credentials)"

RULES = (
    Rule("aws.credentials-missing", 90, r"(?:aws credentials (?:are )?(?:not (?:configured|found|set|available|provided)|missing|required)|(?:missing|no) aws (?:credentials|keys?|access key|config\w*)|could not load credentials from any providers|unable to locate credentials|resolved credential object is not valid|credentialsprovidererror|nocredentials\w*|partial credentials found|unable to load (?:aws )?credentials|no valid credential sources|missing credentials in config|credential is missing|missingauthenticationtoken\w*|is missing authentication token|nocredentialproviders|no valid providers in chain|missingcredentials|credentials must be provided|could not (?:find|resolve) (?:any )?(?:aws )?credentials|unable to get iam security credentials|ec2 metadata|error retrieving credentials from the instance profile|aws credentials error|failed to refresh cached credentials|cannot find (?:aws )?credentials|failed to retrieve credentials|imds role|missing authentication token|failed to (?:get|load|fetch|retrieve|resolve) (?:aws )?credentials)"),
    Rule("aws.credentials-missing", 88, rf"\b\w*{_NAMES}\b.{{0,60}}{ABSENT}"),
    Rule("aws.credentials-missing", 87, rf"{LACKS}\b.{{0,40}}\b\w*{_NAMES}\b", unless=(r"check your aws secret access key",)),
    Rule("aws.credentials-missing", 80, rf"aws (?:credentials|access key|secret|keys?|rekognition|configuration|config|env\w*).{{0,40}}{ABSENT}|rekognition (?:is )?not (?:configured|available|initiali[sz]ed)"),
    Rule("aws.key-invalid", 90, r"(?:unrecognizedclient(?:exception)?|invalidclienttokenid|invalidaccesskeyid|invalid_client_token|authfailure|aws was not able to validate the provided access credentials|aws access key id you provided does not exist|no such access key|invalidsecurity)"),
    Rule("aws.key-invalid", 86, r"security token included in the request is invalid|invalid security token|security token.{0,40}is invalid"),
    Rule("aws.key-malformed", 90, r"(?:incompletesignature\w*|credential must have exactly 5|must have exactly 5 (?:slash|elements)|not a valid key=value pair|invalid key=value pair|authorization header requires|invalid header value|authorizationheadermalformed.{0,120}(?:credential is mal|non-empty access key)|invalidcharactererror.{0,60}header|authorization header is malformed; (?:the credential|a non-empty)|is not a legal http header value|illegal header value|header value.{0,40}(?:newline|line break|control char|whitespace)|invalidheadervalue|not a valid bytestring|credential is mal-?formed|incomplete signature)"),
    Rule("aws.signature-mismatch", 86, r"(?:signaturedoesnotmatch|invalidsignatureexception|request signature we calculated does not match|signature does not match|signaturev4 mismatch)"),
    Rule("aws.token-expired", 93, r"(?:expiredtoken\w*|security token included in the request is expired|token (?:is|has) expired.{0,60}aws|aws.{0,80}token (?:is|has) expired|provided token has expired|token too old|requestexpired|sso session.{0,60}expired|session token.{0,30}expired|credentials (?:have|are) expired|expired credentials|token has expired and refresh failed|error loading sso token|token included in the request is expired)"),
    Rule("aws.clock-skew", 95, r"(?:requesttimetooskewed|request timestamp is too skewed|difference between the request time and the|signature expired|signature not yet current|is now earlier than|is still later than|clock skew|requestinthefuture|time ?skew)", unless=(r"err_jwt", r"\bjwt\b")),
    Rule("aws.access-denied", 90, r"(?:accessdeniedexception|is not authorized to perform|not authorized to perform:? ?(?:\w+:)|unauthorizedoperation|you are not authorized to perform this operation|explicit deny in|no identity-based policy|accessdenied\b.{0,120}arn:aws|arn:aws.{0,200}accessdenied|not authorized to access this resource|notauthorizedexception|kms:? ?access ?denied)"),
    Rule("aws.access-denied", 66, r"access ?denied", also=(r"(?:rekognition|sts\b|botocore|operation|aws)",), unless=(r"s3 ?(?:client|bucket|object)|hostid|getobject|headobject|allowed to sample|anthropic",)),
    Rule("aws.subscription-required", 95, r"(?:subscriptionrequired\w*|optinrequired|needs a subscription for the service|account (?:is |has been |was )?(?:currently )?(?:suspended|blocked|not active|closed|pending|not (?:yet )?activated)\b|not recognized as a valid account|use the subscription api|account.{0,40}(?:being verified|pending verification)|is not subscribed to|not signed up|accountproblem|account_suspended|invalid_?payment_?instrument|marketplace subscription)", unless=(r"openai|anthropic|gemini|groq|mistral|supabase|stripe|billing_not_active|check your billing",)),
    Rule("aws.region-invalid", 95, r"(?:region is missing|scoped to a valid region|(?:missing|no|invalid|specify an?|configure (?:the |an? )?(?:aws )?(?:default )?) ?region\b(?: (?:in config|specified|provided|name))?|noregion\w*|region not accepted|is not a valid hostname component|not supported in (?:this )?region|region .{0,40}(?:is wrong|not supported|is not valid|doesn't support|does not exist|mismatch)|provided region_name|aws region.{0,40}(?:missing|not|required)|credential should be scoped|expecting '?[a-z]{2}-[a-z]+-\d|unknownendpoint|inaccessible host|not supported in region|invalid ?region|endpoint .{0,60}(?:not found|is invalid)|you must specify a region|authorizationheadermalformed|permanentredirect|invalid endpoint|unable to (?:construct|find) (?:an? )?endpoint|region (?:is )?(?:disabled|not enabled)|could not (?:find|resolve) region|invalidendpoint\w*)", unless=(r"openai|gemini|location", r"relay|unsupported_country", r"credential is mal-?formed|non-empty access key",)),
    Rule("aws.region-invalid", 88, rf"\baws_(?:default_)?region\b.{{0,60}}{ABSENT}|{LACKS}\b.{{0,30}}\baws_(?:default_)?region\b"),
    Rule("aws.region-invalid", 86, r"(?:enotfound|could not connect to the endpoint url|unknownhostexception|name or service not known|could not resolve host|nodename nor servname|no such host|failed to lookup|getaddrinfo|name resolution|dns error|eai_again|unknown host).{0,200}amazonaws\.com|amazonaws\.com.{0,200}(?:enotfound|name or service not known|nodename nor servname|no such host|failed to lookup|name resolution|getaddrinfo|dns error)"),
    Rule("aws.resource-not-found", 88, r"(?:resourcenotfound(?:exception)?|collection.{0,60}(?:not found|does not exist)|not found in the collection|nosuchentity|projectversion.{0,60}not found|queuedoesnotexist|nonexistentqueue|stream .{0,60}not found)"),
    Rule("aws.throttled", 90, r"(?:throttl(?:ing|ed)(?:exception)?\b|provisionedthroughputexceeded\w*|limitexceeded(?:exception)?\b|toomanyrequestsexception|provisioned rate exceeded|requestlimitexceeded|slowdown\b|please reduce your request rate|bandwidthlimitexceeded|requestthrottled\w*|priorrequestnotcomplete|transactioninprogress|maximum number of (?:simultaneous|concurrent)|servicequotaexceeded\w*|ec2throttled\w*)", unless=(r"anthropic\.|claude|bedrock", r"throttlerexception")),
    Rule("aws.throttled", 76, r"\brate exceeded\b"),
    Rule("aws.unavailable", 86, r"(?:serviceunavailable(?:exception|error)\b|error code: (?:serviceunavailable|internalfailure|internalerror|internalservererror)|internalfailure|internalservererror(?:exception)?\b.{0,120}(?:operation|aws|rekognition)|serviceunavailableexception|aws (?:service )?(?:is )?(?:currently )?unavailable|(?:code|__type|name|type): (?:internalservererror|internalserverexception|serviceunavailable|internalfailure|serviceexception|internalerror)\b|\((?:internalservererror|serviceunavailable|internalfailure|internalerror|503|500)\) when calling|serviceunavailable: )", unless=(r"openai|anthropic|gemini|generativelanguage",)),
    Rule("aws.unavailable", 70, r"unable to reach (?:aws|rekognition)|rekognition.{0,40}(?:unavailable|is down)|we encountered an internal error\. please try again"),
    Rule("aws.timeout", 74, rf"{BROKEN_CONNECTION}.{{0,300}}(?:amazonaws\.com|rekognition|@aws-sdk|aws-sdk|botocore)|(?:amazonaws\.com|rekognition|aws\b|botocore).{{0,300}}{BROKEN_CONNECTION}"),
    Rule("aws.timeout", 78, r"(?:connect timeout on endpoint url|read timeout on endpoint url|endpointconnectionerror|networkingerror|requesttimeout(?:exception)?\b|connection was closed before we received a valid response from endpoint|unable to execute http request|sdkclientexception|connectionclosederror)"),
    Rule("aws.image-rejected", 92, r"(?:invalidimageformat(?:exception)?|request has invalid image format|imagetoolarge(?:exception)?|image size is too large|invalid image encoding|invalidimageencoding|invalidimageexception|image bytes.{0,80}(?:too long|less than or equal)|at image\.bytes.{0,80}(?:failed to satisfy|length)|image\.bytes.{0,200}(?:length less than|failed to satisfy)|image (?:is |dimensions? )?too small|minimum (?:image )?(?:height|width)|image dimensions.{0,60}(?:too|less|minimum)|unsupporteddocument\w*|badrequest.{0,40}image bytes|requires? at least 80)", unless=(r"openai", r"invalid_image_format", r"azure|cognitive|innererror")),
    Rule("aws.image-rejected", 91, r"(?:bytes: image exceeds|image exceeds \d+ mb maximum)", also=(r"validationexception",)),
    Rule("aws.image-unreachable", 93, r"(?:invalids3object(?:exception)?|unable to get object metadata from s3|unable to get image metadata from s3|check object key, region)"),
    Rule("aws.bad-request", 74, r"(?:validationexception|invalidparameter(?:value|combination)?(?:exception)?\b|validation errors? detected|validationerror\b.{0,60}(?:operation|aws)|parametervalidationerror|param(?:eter)? validation failed|request has invalid parameters|failed to satisfy constraint|missingparameter\b|invalidparametertype|missingrequiredparameter|multiplevalidationerrors|serializationexception|malformedinput\w*|humanloopquota\w*|idempotentparametermismatch\w*|invalidpaginationtoken\w*|invalidpolicy\w*|malformedquerystring|invalidaction|unknownoperation\w*)", unless=(r"openai|zod|pydantic", r"model id|bedrock.{0,40}model", r"response_format|max_tokens|temperature|\bmessages\b")),
)
