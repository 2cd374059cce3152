/** What is stored for a PIN. The PIN can be found from it by trying all PINs, each at the cost of `ROUNDS`. */
export interface HashedPin {
  salt: string;
  hash: string;
}

const ROUNDS = 600_000;
const BYTES = 32;

/** The browser's PBKDF2, which only pages with https have. [SEC-55] */
export async function hashPin(
  pin: string,
  salt = hexOf(crypto.getRandomValues(new Uint8Array(16))),
): Promise<HashedPin> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits']);
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: new TextEncoder().encode(salt), iterations: ROUNDS };
  const bits = await crypto.subtle.deriveBits(parameters, key, 8 * BYTES);
  return { salt, hash: hexOf(new Uint8Array(bits)) };
}

export async function isPin(pin: string, { salt, hash }: HashedPin): Promise<boolean> {
  return (await hashPin(pin, salt)).hash === hash;
}

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
