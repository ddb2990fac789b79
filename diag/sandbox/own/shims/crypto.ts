// std/crypto: the web's own.
const crypto = globalThis.crypto;
export { crypto };
