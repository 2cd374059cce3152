import { type Limiter, type Rule, createLimiter } from './rate-limiter.ts';
import { networkOf } from './network.ts';

const MINUTE = 60_000;

/** Wrong passwords for one address or from one device. */
const PER_ACCOUNT: Rule = { windowMs: 15 * MINUTE, max: 10 };
/** Wrong passwords from one network: more are allowed, because a whole office may share it. */
const PER_NETWORK: Rule = { windowMs: 15 * MINUTE, max: 50 };
/** A class or an office behind one address may sign up together; sixty in a row are a flood. */
const SIGN_UPS: Rule = { windowMs: 60 * MINUTE, max: 50 };
/** Limited because a changed name is written to every conversation of its person. */
const PROFILE_CHANGES: Rule = { windowMs: 10 * MINUTE, max: 30 };
/** Emails that one address gets, or one person causes. */
const EMAILS: Rule = { windowMs: 60 * MINUTE, max: 5 };
const EMAILS_PER_NETWORK: Rule = { windowMs: 60 * MINUTE, max: 30 };
/** Links that had no effect. They cannot be guessed; this only bounds the work. */
const LINKS: Rule = { windowMs: 60 * MINUTE, max: 60 };
/** Requests to a provider and back, two for each sign-in: a whole office may use them every morning. */
const WAYS_BY_PROVIDERS: Rule = { windowMs: 60 * MINUTE, max: 1_000 };
/** The requests of the administrator's page. */
const ADMINISTRATION: Rule = { windowMs: MINUTE, max: 120 };
/** A class that signs up together sends one for each pause in typing. */
const STRENGTHS: Rule = { windowMs: MINUTE, max: 600 };
const SEARCHES: Rule = { windowMs: MINUTE, max: 120 };
const SEARCHES_PER_NETWORK: Rule = { windowMs: MINUTE, max: 600 };

/** An attempt is counted before it is made, so that concurrent attempts get no further than sequential ones. */
export interface Attempt {
  /** 0 if it may be made; otherwise how long to wait, in which case nothing was counted. */
  waitMs: number;
  /** Undoes the count. */
  forgive(): void;
}

export interface Attempts {
  signIn(email: string, device: string | null, clientAddress: string): Attempt;
  /** A guess at the current password with a session. */
  password(userId: string): Attempt;
  signUp(clientAddress: string): Attempt;
  /** How strong a password is, while it is typed. */
  strength(clientAddress: string): Attempt;
  /** An email to this address, or that this person asks for. */
  sendEmail(to: string, clientAddress: string): Attempt;
  link(clientAddress: string): Attempt;
  /** A request to a provider, or back from it. */
  provider(clientAddress: string): Attempt;
  profileChange(userId: string): Attempt;
  administration(userId: string): Attempt;
  search(userId: string, clientAddress: string): Attempt;
}

export const unlimited: Attempt = { waitMs: 0, forgive: () => undefined };

/** Limits of attempts, counted in this process's memory. Switched off, everything is allowed. [SEC-22] */
export function createAttempts(now: () => number, isOn: boolean): Attempts {
  const limiter = createLimiter(now);
  const count = (...counted: [string, Rule][]) => (isOn ? take(limiter, counted) : unlimited);
  return {
    signIn(email, device, clientAddress) {
      // A known device has its own count, so that neither guesses from elsewhere nor its network lock its owner out.
      if (device !== null) return count([`device ${device}`, PER_ACCOUNT]);
      return count(
        [`account ${email.toLowerCase()}`, PER_ACCOUNT],
        [`network ${networkOf(clientAddress)}`, PER_NETWORK],
      );
    },
    password: (userId) => count([`password ${userId}`, PER_ACCOUNT]),
    signUp: (clientAddress) => count([`sign-up ${networkOf(clientAddress)}`, SIGN_UPS]),
    strength: (clientAddress) => count([`strengths ${networkOf(clientAddress)}`, STRENGTHS]),
    sendEmail: (to, clientAddress) =>
      count([`email ${to.toLowerCase()}`, EMAILS], [`emails ${networkOf(clientAddress)}`, EMAILS_PER_NETWORK]),
    link: (clientAddress) => count([`links ${networkOf(clientAddress)}`, LINKS]),
    provider: (clientAddress) => count([`providers ${networkOf(clientAddress)}`, WAYS_BY_PROVIDERS]),
    profileChange: (userId) => count([`profile ${userId}`, PROFILE_CHANGES]),
    administration: (userId) => count([`administration ${userId}`, ADMINISTRATION]),
    search: (userId, clientAddress) =>
      count([`search ${userId}`, SEARCHES], [`searches ${networkOf(clientAddress)}`, SEARCHES_PER_NETWORK]),
  };
}

function take(limiter: Limiter, counted: readonly [string, Rule][]): Attempt {
  const waitMs = Math.max(...counted.map(([key, rule]) => limiter.wait(key, rule)));
  if (waitMs === 0) for (const [key, rule] of counted) limiter.take(key, rule);
  return {
    waitMs,
    forgive() {
      if (waitMs === 0) for (const [key] of counted) limiter.release(key);
    },
  };
}
