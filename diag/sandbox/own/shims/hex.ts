// std/encoding/hex. The old `encode` and `decode` took and gave bytes.
export function encodeHex(data: ArrayBuffer | Uint8Array | string): string {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function decodeHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export const encode = (bytes: Uint8Array): Uint8Array => new TextEncoder().encode(encodeHex(bytes));
export const decode = (bytes: Uint8Array): Uint8Array => decodeHex(new TextDecoder().decode(bytes));
export const encodeToString = encodeHex;
export const decodeString = decodeHex;
