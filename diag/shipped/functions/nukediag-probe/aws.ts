// Are the AWS keys good, and may they do what the function needs? Two free calls.
//
// 1. sts:GetCallerIdentity needs no permission, so it proves the pair of key id and secret.
//    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
// 2. rekognition:DetectLabels with bytes that are no picture: refused as a picture means allowed as a call. That the
//    permission is looked at before the bytes is concluded, not documented, and marked so.

import { AwsClient } from "npm:aws4fetch@1.0.20";
import { fitsInHeader } from "../_shared/keys.ts";
import type { Environment } from "./caller.ts";
import { call, documentOf, type Reply } from "./outgoing.ts";
import { type Finding, found, invalid, UNKNOWN, unknown, unsendable, valid, type Verdict } from "./verdict.ts";

const ID = "AWS_ACCESS_KEY_ID";
const SECRET = "AWS_SECRET_ACCESS_KEY";
const SKEW_SECONDS = 15 * 60;

export async function verifyAws(environment: Environment, timeout: number): Promise<Finding[]> {
  const [id, secret, token] = [environment[ID], environment[SECRET], environment.AWS_SESSION_TOKEN];
  if (!id || !secret) return [];
  const names = token ? [ID, SECRET, "AWS_SESSION_TOKEN"] : [ID, SECRET];
  const about = { provider: "aws" as const, names, step: "sts:GetCallerIdentity" };
  if (!fitsInHeader(id.trim())) return [unsendable(about, "aws.key-malformed")];
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || "us-east-1";
  if (!/^[a-z]{2}(-[a-z]+){1,3}-\d$/.test(region)) {
    return [unsendable({ ...about, names: ["AWS_REGION"] }, "aws.region-invalid")];
  }
  const client = new AwsClient({ accessKeyId: id, secretAccessKey: secret, sessionToken: token, region, retries: 0 });
  const identity = await whoAmI(client, about, region, environment, timeout);
  return identity.verdict === "valid"
    ? [identity, await mayDetect(client, about, region, environment, timeout)]
    : [identity];
}

type About = Parameters<typeof found>[0];

async function whoAmI(
  client: AwsClient,
  about: About,
  region: string,
  environment: Environment,
  timeout: number,
): Promise<Finding> {
  const request = await client.sign(endpoint("sts", region, environment), {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
    aws: { service: "sts", region },
  });
  const reply = await call(request, timeout);
  const code = codeOf(reply);
  const finding = found(about, reply, code, readAws(reply, code));
  const account = /<Account>(\d{12})<\/Account>/.exec(reply.body)?.[1];
  return account ? { ...finding, account } : finding;
}

async function mayDetect(
  client: AwsClient,
  about: About,
  region: string,
  environment: Environment,
  timeout: number,
): Promise<Finding> {
  const request = await client.sign(endpoint("rekognition", region, environment), {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "RekognitionService.DetectLabels" },
    body: JSON.stringify({ Image: { Bytes: btoa("no picture") } }),
    aws: { service: "rekognition", region },
  });
  const reply = await call(request, timeout);
  const code = codeOf(reply);
  return found({ ...about, step: "rekognition:DetectLabels" }, reply, code, readAws(reply, code));
}

/** The address of a service, with the same overrides as AWS's own SDKs. */
function endpoint(service: "sts" | "rekognition", region: string, environment: Environment): string {
  const own = environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || environment.AWS_ENDPOINT_URL;
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return own ? `${own.replace(/\/+$/, "")}/` : `https://${service}.${region}.${suffix}/`;
}

/** STS answers XML, Rekognition JSON with `__type`, both perhaps with a namespace in front. */
export function codeOf(reply: Pick<Reply, "body" | "headers">): string | null {
  const document = documentOf(reply.body);
  const named = document.__type ?? document.code ?? reply.headers.get("x-amzn-errortype");
  const text = typeof named === "string" ? named : /<Code>([^<]{1,80})<\/Code>/.exec(reply.body)?.[1];
  return text?.split("#").at(-1)?.split(":")[0] ?? null;
}

const VERDICTS: readonly [RegExp, Verdict][] = [
  [/^(RequestExpired|RequestTimeTooSkewed)/, unknown("aws.clock-skew")],
  [/^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId)/, invalid("aws.key-invalid")],
  [/^(IncompleteSignature|MissingAuthenticationToken)/, invalid("aws.key-malformed")],
  [/^ExpiredToken/, invalid("aws.token-expired")],
  [/^(SignatureDoesNotMatch|InvalidSignature)/, invalid("aws.signature-mismatch")],
  [/^AccessDenied/, valid("aws.access-denied")],
  [/^(SubscriptionRequired|OptInRequired)/, valid("aws.subscription-required")],
  [/^(Throttl|ProvisionedThroughput|LimitExceeded)/, unknown("aws.throttled")],
];

/** Pure but for the reply's arrival: the provider's clock is compared with `now`. */
export function readAws(reply: Reply, code: string | null, now = Date.now()): Verdict {
  if (reply.status === 200) return valid();
  if (reply.noSuchHost) return unknown("aws.region-invalid");
  if (reply.status === null || reply.status >= 500 || code === null) return UNKNOWN;
  if (/^(InvalidImageFormat|ImageTooLarge)/.test(code)) return { ...valid(), inferred: true };
  // Clock, region and wrong secret share a code; only a wrong secret is the credential's fault.
  if (/Signature (expired|not yet current)/.test(reply.body) || isSkewed(reply.headers, now)) {
    return unknown("aws.clock-skew");
  }
  if (/scoped to a valid region/.test(reply.body)) return unknown("aws.region-invalid");
  return VERDICTS.find(([pattern]) => pattern.test(code))?.[1] ?? UNKNOWN;
}

function isSkewed(headers: Headers, now: number): boolean {
  const theirs = Date.parse(headers.get("date") ?? "");
  return Math.abs(theirs - now) > SKEW_SECONDS * 1000;
}
