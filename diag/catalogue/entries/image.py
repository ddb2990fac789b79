# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""The picture itself, as the function or nukediag met it (a picture that a provider could not use is the provider's signature).

Rows may have recordings or documents in its place, so the words that are shown speak of files wherever that can be.
"""

from diag.catalogue.entries.wording import BROKEN_CONNECTION
from diag.catalogue.model import Mark, Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

_FAILED = Verdict.FAILED
_LOOK = Remedy("Open the row's URL; mend or clear it, or leave the row out.", "curl -sI '{url}'")

SIGNATURES = (
    Signature("image.not-found", "the row's file is gone", _FAILED, Scope.ITEM, (_LOOK,)),
    Signature("image.bucket-missing", "the storage bucket does not exist", _FAILED, Scope.PROJECT, (Remedy("Create the bucket, or mend the bucket's name in the rows.", None, "https://supabase.com/dashboard/project/{ref}/storage/buckets",),)),
    Signature("image.forbidden", "the row's file may not be fetched with this link", _FAILED, Scope.ITEM, (Remedy("Make the bucket public, or sign a fresh link.", None, "https://supabase.com/docs/guides/storage/serving/downloads",),)),
    Signature("image.unreachable", "the host of the row's file does not answer", _FAILED, Scope.TRANSIENT, (Remedy("Try again later; look at the host if it lasts.", "curl -sI '{url}'"),)),
    Signature("image.not-an-image", "something else than a picture came", _FAILED, Scope.ITEM, (_LOOK,)),
    Signature("image.unsupported-format", "the file's format is not supported", _FAILED, Scope.ITEM, (Remedy("Convert it to a format that the function takes: a picture to JPEG or PNG."),)),
    Signature("image.too-large", "the file is too large", _FAILED, Scope.ITEM, (Remedy("Make it smaller: a picture below 5 MB for Rekognition, 20 MB for the vision model.", None, "https://docs.aws.amazon.com/rekognition/latest/dg/limits.html",),)),
    Signature("image.url-invalid", "the row's URL is missing or malformed", _FAILED, Scope.ITEM, (Remedy("Mend the URL in the row, or leave the row out."),)),
)

_PICTURE = (
    r"(?:image|picture|photo|img|file|object|asset|media|thumbnail|jpe?g|png|webp|download(?:ing)?|storage|bucket)"
)
_FETCH = r"(?:fetch|download|retriev|get|load|read|access|obtain|pull|request)\w*"

MARKS = (
    Mark("image", 50, rf"\b(?:failed|unable|could not|cannot|can't|error|couldn't)\b.{{0,20}}\b{_FETCH} .{{0,30}}\b(?:image|picture|photo|img|object)\b"),
)

RULES = (
    Rule("image.bucket-missing", 92, r"(?:bucket not found|nosuchbucket|specified bucket does not exist|bucket .{0,60}(?:does not exist|doesn't exist|not found))"),
    Rule("image.not-found", 90, r"(?:object not found|nosuchkey|specified key does not exist|the resource was not found|blobnotfound|specified blob does not exist|no such object)"),
    Rule("image.not-found", 80, r"\(404\) when calling the (?:head|get)object"),
    Rule("image.too-large", 80, r"unable to compress (?:the )?(?:image|picture|photo).{0,40}to fit"),
    Rule("image.unsupported-format", 70, r"\bunsupported_(?:image_)?format\b"),
    Rule("image.not-found", 80, r"requested url returned error: (?:404|410)"),
    Rule("image.forbidden", 80, r"requested url returned error: 40[13]"),
    Rule("image.forbidden", 79, r"\b40[13]\b.{0,30}https?://\S*(?:photo|image|img|pic|media|\.jpe?g|\.png|\.webp)", unless=(r"vision|api\.|googleapis|openai|cognitive",)),
    Rule("image.not-found", 79, r"\b(?:404|410)\b.{0,30}https?://\S*(?:photo|image|img|pic|media|\.jpe?g|\.png|\.webp)", unless=(r"vision|api\.|googleapis|openai|cognitive",)),
    Rule("image.forbidden", 84, r"querystring (?:should|must) have required property '?token"),
    Rule("image.unreachable", 73, rf"(?:could not|couldn't|failed to|unable to|cannot|can't|error|while) ?(?:download|fetch|load|retriev|get)\w*:? (?:from )?(?:url:? )?https?://\S+(?:\.(?:jpe?g|png|webp|gif|heic|avif)\b|/storage/v1/object)\S*.{{0,120}}(?:{BROKEN_CONNECTION}|\b5\d\d\b|\b429\b)"),
    Rule("image.unreachable", 80, r"requested url (?:timed out|returned error: (?:5\d\d|429)|could not be reached)|url parameter is valid but upstream|hostname of the origin is (?:unresolvable|blocked)|origin is unresolvable"),
    Rule("image.not-found", 66, r"statuscode: 404\s+error: "),
    Rule("image.not-found", 76, r"(?:image|picture|photo|file|asset|media|img)\b.{0,60}(?:not found|does(?:n't| not) exist|no longer (?:exists|available)|\b404\b|\b410\b|has been (?:deleted|removed)|is gone|(?<!a)deleted)".replace("(?<!a)", "")),
    Rule("image.not-found", 78, rf"(?:{_FETCH}|http error|status(?: code)?|response)\b.{{0,40}}\b{_PICTURE}\b.{{0,120}}(?:\b404\b|\b410\b|not found)", unless=(r"model", r"collection")),
    Rule("image.not-found", 68, r"(?:\b404\b|\b410\b|not found|gone).{0,160}(?:\b(?:image|picture|photo|img)\b|\.jpe?g|\.png|\.webp|/storage/v1/object|/object/public)"),
    Rule("image.forbidden", 88, r"(?:request has expired|exp claim timestamp check failed|'?exp'? claim timestamp|signature not valid in the specified time frame|url signature (?:expired|mismatch)|url expired|link (?:has )?expired|signed url.{0,40}expired|expired (?:signed )?(?:url|link)|invalidsignature.{0,40}url|signature is invalid for this|authenticationerrordetail|server failed to authenticate the request|publicaccessnotpermitted|anonymous caller does not have storage)"),
    Rule("image.forbidden", 78, rf"\b{_PICTURE}\b.{{0,120}}(?:\b40[13]\b|forbidden|unauthorized|access denied|accessdenied|permission denied|not authorized)", unless=(r"api key", r"bedrock|anthropic", r"error code: \d{3} - ")),
    Rule("image.forbidden", 67, r"(?:\b40[13]\b|forbidden|unauthorized).{0,60}url:? \S+\.(?:jpe?g|png|webp|gif|heic|avif)\b"),
    Rule("image.forbidden", 84, r"invalid url signature"),
    Rule("image.forbidden", 74, r"code: accessdenied|<code>accessdenied|accessdenied access denied|(?:getobject|headobject).{0,80}(?:access denied|forbidden|403)|(?:access denied|forbidden|403).{0,120}(?:getobject|headobject)|accessdenied.{0,120}hostid|querysignature|\bhotlink"),
    Rule("image.unreachable", 72, rf"(?:image (?:fetch|download|load|retriev)\w*|{_FETCH}\b.{{0,40}}\b(?:image|picture|photo|img|media|thumbnail)|image_url|image url|image download|upstream (?:image )?response|download image)\b.{{0,200}}(?:{BROKEN_CONNECTION}|\b5\d\d\b|\b429\b|too many requests)"),
    Rule("image.unreachable", 72, rf"{BROKEN_CONNECTION}.{{0,60}}(?:download|fetch|load|retriev)\w* (?:the |an? )?(?:source |remote )?(?:image|picture|photo)"),
    Rule("image.unreachable", 73, rf"(?:image|picture|photo) (?:server|host|cdn|source|origin).{{0,40}}(?:{BROKEN_CONNECTION}|\bdown\b|unavailable|error)|{BROKEN_CONNECTION}.{{0,40}}(?:image|picture|photo) (?:host|server|cdn|url|download|fetch)"),
    Rule("image.unreachable", 67, r"(?:\b5\d\d\b|unavailable|bad gateway).{0,60}url:? \S+\.(?:jpe?g|png|webp|gif|heic|avif)\b"),
    Rule("image.unreachable", 70, r"(?:couldn't parse the \?url=|could not reach the \?url=|url parameter is valid but).{0,200}(?:timed out|timeout|resolve|refused|unreachable|reset|\b5\d\d\b)"),
    Rule("image.unreachable", 74, r"(?:source |remote |original )?image (?:is )?unreachable|image host (?:is )?(?:down|unreachable|not responding)"),
    Rule("image.unreachable", 56, r"(?:failed|unable|could not|cannot|can't|couldn't|error) (?:to )?(?:fetch|download|retriev|load)\w* (?:the )?(?:source |remote |input )?(?:image|picture|photo|img|url)"),
    Rule("image.not-an-image", 84, r"(?:isn't a valid image|not a valid image|is not an image|not an image\b|expected (?:an )?image|invalid content-?type.{0,40}text/|content-?type.{0,20}text/html|got text/html|received text/html|html instead of|does not (?:point|lead) to an image|response is not an image|invalid source image|input buffer contains unsupported image format|cannot identify image file|vipsjpeg: not a jpeg|url did not return an image|unidentifiedimageerror|corrupt(?:ed)? (?:image|jpe?g|png|file)|premature end of (?:jpe?g|input|image)|truncated (?:image|jpe?g)|image file is truncated|(?:cannot|could not|failed to|unable to) decode (?:the )?(?:image|picture|jpe?g|png)|invalid (?:jpe?g|png) )", unless=(r"openai|gemini",)),
    Rule("image.unsupported-format", 85, r"(?:mime type \S+ is not supported|unsupported (?:image |file |media |input )?-?(?:format|type|file-type|mime)|unsupported image|(?:invalid|unknown) or unsupported image|image (?:format|type) (?:is )?(?:not supported|unsupported|not allowed)|(?:heic|heif|avif|tiff?|bmp|svg|webp|cr2|raw)\b.{0,40}(?:not supported|unsupported|not allowed|cannot be|brand)|(?:does not support|not support|unsupported).{0,40}\b(?:heic|heif|avif|tiff?|bmp|svg|gif|cr2)\b|only (?:jpe?g|png).{0,60}(?:supported|allowed|accepted)|file type .{0,40}not (?:supported|allowed)|image file format .{0,20}not|no decode delegate|unsupported codec|decoder .{0,30}not available|bad seek|invalid file type|unsupportedimageformat|image: unknown format|not in a known format|not an? (?:accepted|allowed|supported) (?:image|file) (?:type|format)|(?:unknown|invalid|unrecogni[sz]ed) image (?:format|type)|unsupported file|unsupported image format|input (?:buffer|file) contains unsupported)", unless=(r"openai", r"gemini|invalid_argument|file uri")),
    Rule("image.too-large", 85, r"(?:(?:image|picture|photo)(?: size| dimensions?| resolution)? (?:is |are )?too small or too (?:big|large)|(?:image|picture|photo|file|upload)(?: size| resolution| dimensions?| file)?(?: is| was| are)? (?:too (?:large|big)|exceed\w*)|(?:exceeds?|exceeded|over|larger than) (?:the )?(?:max(?:imum)?|allowed|limit)\b.{0,40}(?:size|dimension|mb|bytes|pixels|limit)|(?:image|file|photo|picture).{0,40}exceed\w*.{0,40}(?:max|limit|size|mb)|too large.{0,40}(?:image|file|photo)|decompression ?bomb|(?:image|file) must be (?:less|smaller|under|below)|exceeds pixel limit|(?:image|file|photo|picture) (?:is |was |of )?(?:over|above|larger than|bigger than|more than) \d|the object exceeded the maximum allowed size|maximum (?:image|file) size|image_too_large|file_too_large|source image resolution|maxcontentlength size of \d+ exceeded)", unless=(r"openai", r"gemini|anthropic", r"rekognition", r"context", r"image\.source")),
    Rule("image.too-large", 83, r"\b(?:image|photo|picture)\b", status=(413,)),
    Rule("image.url-invalid", 82, r"only absolute urls", also=(r"image|picture|photo",)),
    Rule("image.url-invalid", 82, r"(?:invalid (?:image ?)?(?:url|uri)\b|url is (?:invalid|malformed|not valid|empty)|(?:image )?url (?:is )?(?:malformed|not valid|invalid)|no (?:image )?(?:url|host)(?: (?:supplied|given|provided|part))|relative url without a base|only (?:https? (?:is|urls?|and)|http\(s\))|err_invalid_url|unsupported (?:protocol|url)|url scheme .{0,30}(?:not supported|must be)|failed to parse url|invalid protocol|invalidschema|missingschema|no scheme supplied|not a valid url|protocol .{0,20}not supported|unknown url type|request url is missing|invalid urls?:|(?:image|picture|photo) ?_?(?:url|uri):? (?:must (?:be (?:a valid|an? absolute|https?)|start|use|begin)|should (?:be|start|use)|has to)|(?:image|picture|photo) (?:source|src|path|link|url) (?:is )?(?:empty|null|undefined|blank)|(?:malformed|broken|bad) (?:image|picture|photo)? ?_?(?:url|uri|link)|invalid src prop|hostname \S+ is not configured under images|has no (?:image|picture|photo) ?_?(?:url|uri|link)|(?:null|empty|missing|no) image ?_?(?:url|uri)\b(?: in| for| on))", unless=(r"openai", r"supabaseurl", r"expected a base64", r"code: invalid_url", r"\.wasm\b|esm\.sh|deno\.land")),
)
