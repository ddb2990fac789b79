# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""nukediag's own connection, and client-side exceptions that somebody pastes."""

from diag.catalogue.model import Rule, Signature
from diag.diagnosis import Remedy, Scope, Verdict

_FAILED = Verdict.FAILED

SIGNATURES = (
    Signature("network.dns", "the project's host name cannot be resolved", _FAILED, Scope.PROJECT, (Remedy("Look first whether the project is paused or deleted: such a host does not resolve.", None, "https://supabase.com/dashboard/project/{ref}",), Remedy("Check SUPABASE_URL and this machine's DNS.", "nukediag config show"),)),
    Signature("network.tls", "no trusted TLS connection comes about", _FAILED, Scope.PROJECT, (Remedy("Check the machine's clock and certificates, and any inspecting proxy (SSL_CERT_FILE)."),)),
    Signature("network.proxy", "the proxy refuses the connection", _FAILED, Scope.PROJECT, (Remedy("Check HTTPS_PROXY, NO_PROXY and the proxy's credentials."),)),
    Signature("network.refused", "the connection was refused", _FAILED, Scope.TRANSIENT, (Remedy("Check the address and port; try again."),)),
    Signature("network.timeout", "no answer came in time", _FAILED, Scope.TRANSIENT, (Remedy("Look at the row before calling again: the function may have finished its work."),)),
    Signature("network.reset", "the connection broke off", _FAILED, Scope.TRANSIENT, (Remedy("Try again."),)),
)

RULES = (
    Rule("network.dns", 50, r"(?:\benotfound|eai_again|getaddrinfo|gaierror|name or service not known|nodename nor servname|(?:name|dns) (?:resolution|lookup)|could not resolve (?:host|proxy)|no such host|nxdomain|err_name_not_resolved|failed to lookup address|dns error|no address associated|unknownhostexception|nameresolutionerror|remote name could not be resolved|failed host lookup|dns_probe|curl: \(6\)|could not resolve)"),
    Rule("network.dns", 54, r"getaddrinfo (?:failed|enotfound|eai_\w+)|\[errno (?:11001|11002|-2|-3|-5|8)\]|nameresolutionerror|clientconnectordnserror"),
    Rule("network.reset", 45, r"functionsfetcherror|failed to send a request to the edge function"),
    Rule("network.refused", 50, r"all connection attempts failed"),
    Rule("network.tls", 75, r"(?:certificate_verify_failed|certificate verify failed|sslcertverification\w*|unable to (?:get local issuer|verify the first)|(?:ssl|tls|secure) connection could not be established|self.?signed certificate|ssl: |sslerror|ssl_error|ssl handshake|handshake (?:failure|failed)|tlsv1 alert|wrong version number|certificate (?:has expired|is not trusted|is not yet valid)|depth_zero_self|cert_has_expired|err_tls\w*|invalid peer certificate|unknownissuer|x509: |hostname mismatch|err_cert\w*|pkix path|sslhandshake\w*|unexpected_eof_while_reading|bad certificate|\beproto\b|curl: \((?:35|51|60|77)\)|javax\.net\.ssl|tls handshake|certificate_unknown|certificate's altnames|certificate .{0,60}(?:invalid|not trusted|untrusted|rejected|unknown authority)|err_ssl\w*)"),
    Rule("network.proxy", 80, r"(?:proxyerror|proxy auth\w+ required|407 proxy|(?:status(?: code)?|http\S*|code|error):? 407\b|tunnel connection failed|cannot connect to proxy|unable to connect to proxy|err_proxy\w*|err_tunnel\w*|proxyconnect|received http code \d+ from proxy|http connect failed|proxy connection|tunneling socket|socks\w* (?:error|proxy)|proxy (?:refused|error)|could not resolve proxy|curl: \(5\))"),
    Rule("network.refused", 52, r"(?:econnrefused|connection refused|err_connection_refused|actively refused|connectionrefused\w*|connect call failed|curl: \(7\)|couldn't connect to server)"),
    Rule("network.reset", 52, r"(?:econnreset|connection (?:was )?(?:reset|aborted|closed)|connection reset by peer|remotedisconnected|remote end closed|remoteprotocolerror|server disconnected|socket hang ?up|err_connection_(?:reset|closed)|broken pipe|epipe|connectionreset\w*|incompleteread|incomplete (?:chunked )?read|und_err_socket|other side closed|premature close|err_http2\w*|chunkedencodingerror|unexpected end of (?:stream|file)|unexpected eof|stream (?:was )?reset|goaway|forcibly closed|connectionaborted\w*|err_empty_response|empty reply from server|transfer closed|peer closed connection|curl: \((?:52|56|92)\)|without sending (?:complete )?(?:a )?response)"),
    Rule("network.timeout", 51, r"(?:etimedout|esockettimedout|timed? ?out|connect ?timeout|read ?timeout|write ?timeout|pool ?timeout|timeoutexception|timeouterror|err_connection_timed_out|err_timed_out|und_err_(?:connect|headers|body)_timeout|headers timeout|deadline exceeded|connecttimeout\w*|i/o timeout|operation timed out|timeout of \d+ ?ms exceeded|curl: \(28\))"),
    Rule("network.refused", 45, r"(?:ehostunreach|enetunreach|no route to host|network is unreachable|host is unreachable|all connection attempts failed|failed to establish a new connection)"),
)
