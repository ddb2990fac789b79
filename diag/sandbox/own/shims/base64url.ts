// std/encoding/base64url: the names of old and new versions.
import { decodeBase64, encodeBase64 } from "./base64.ts";

export function encodeBase64Url(data: ArrayBuffer | Uint8Array | string): string {
  return encodeBase64(data).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function decodeBase64Url(text: string): Uint8Array {
  return decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

export { decodeBase64Url as decode, encodeBase64Url as encode };
