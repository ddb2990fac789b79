# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""Words that several components' patterns are made of."""

ABSENT = (
    r"(?:missing|not (?:been )?(?:set|configured|found|provided|available|defined|present|specified|initiali[sz]ed|supplied|given|in env\w*|exist)"
    r"|n't (?:set|configured|defined|provided|found)|(?:is |are |be )?required|undefined|unset|(?:is |are )?empty|is null|is none|unavailable"
    r"|must be (?:set|provided|configured|defined|supplied)|needs? to be set|does ?n[o']t exist|absent|unconfigured)"
)
"""Something is not there, said after its name."""

LACKS = (
    r"(?:missing|no|without|need|requires?|set|provide|configure|add|define|undefined|could not find|cannot find|can't find|unable to find|not set|not configured"
    r"|expected|lacks?|failed to (?:read|get|load))"
)
"""Something is not there, said before its name."""

BROKEN_CONNECTION = (
    r"(?:econnrefused|econnreset|etimedout|esockettimedout|\benotfound|eai_again|ehostunreach|enetunreach|epipe|econnaborted|und_err_\w+"
    r"|socket hang ?up|connection (?:to \S+ )?(?:is |was |has been )?(?:refused|reset|closed|lost|ended|aborted|error|timed out|timeout|terminated|failed)|fetch failed|failed to fetch(?:\W*$|\s*\n|[.:;,)\]}]| at\b)"
    r"|network (?:error|timeout|connection)|networkerror|\btimed? ?out|timeout(?:error|exception)?\b|deadline exceeded|error sending request"
    r"|getaddrinfo|dns error|failed to lookup|name resolution|name or service not known|nodename nor servname|tcp connect error|client error \(connect\)"
    r"|could not connect|cannot connect|unable to connect|failed to connect|connect error|connecttimeout\w*|readtimeout\w*|connecterror|connectionerror|apiconnection\w*"
    r"|unreachable|aborterror|(?:operation|signal|request) (?:was|has been) (?:aborted|timed out|cancell?ed)|broken pipe|client network socket disconnected|unexpected eof|remote end closed"
    r"|server disconnected|error reading a body from connection|error decoding response body|connection closed before message|max retries exceeded|premature close|other side closed|bad record mac|no route to host|i/o timeout|took too long|not respond(?:ing)?\b|did(?: not|n't) (?:respond|answer|reply)|(?:could not|cannot|can't|unable to|failed to) reach|dns (?:lookup|failure|resolution))"
)
"""A connection that did not come about, broke, or took too long."""
