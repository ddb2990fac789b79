// std/http/status: the codes that functions answer with, under the names of old (OK) and new (STATUS_CODE) versions.
export const STATUS_CODE = {
  OK: 200, Created: 201, Accepted: 202, NoContent: 204, MovedPermanently: 301, Found: 302, SeeOther: 303,
  NotModified: 304, BadRequest: 400, Unauthorized: 401, PaymentRequired: 402, Forbidden: 403, NotFound: 404,
  MethodNotAllowed: 405, NotAcceptable: 406, RequestTimeout: 408, Conflict: 409, Gone: 410, ContentTooLarge: 413,
  UnsupportedMediaType: 415, UnprocessableEntity: 422, TooManyRequests: 429, InternalServerError: 500,
  NotImplemented: 501, BadGateway: 502, ServiceUnavailable: 503, GatewayTimeout: 504,
} as const;
export const Status = STATUS_CODE;
