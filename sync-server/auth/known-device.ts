import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const DAYS = 180;

export interface KnownDevices {
  /** The key for counting this device's attempts if it has signed in to this address before, otherwise null. */
  read(cookie: string | null, email: string): string | null;
  /** A Set-Cookie line for a device that has just signed in. */
  issue(email: string): string;
}

/**
 * Recognizes a browser that has signed in before, so that guesses from elsewhere do not lock an address's owner out. The
 * cookie reveals nothing about the person: it is a random word, and an HMAC over the word and the address. [SEC-22]
 */
export function createKnownDevices(secret: string, isSecure: boolean): KnownDevices {
  const name = `${isSecure ? '__Host-' : ''}teamlink.device`;
  const seal = (word: string, email: string) =>
    createHmac('sha256', secret).update(`known device\n${word}\n${email.toLowerCase()}`).digest('base64url');
  return {
    read(cookie, email) {
      const [word, given, ...rest] = (readCookie(cookie, name) ?? '').split('.');
      if (word === undefined || given === undefined || rest.length > 0 || !/^[\w-]{22}$/.test(word)) return null;
      const [a, b] = [Buffer.from(given), Buffer.from(seal(word, email))];
      return a.length === b.length && timingSafeEqual(a, b) ? word : null;
    },
    issue(email) {
      const word = randomBytes(16).toString('base64url');
      return `${name}=${word}.${seal(word, email)}; Max-Age=${DAYS * 86_400}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
    },
  };
}

/** A cookie's value as it was sent; the first one if there are several. */
export function readCookie(header: string | null | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}
