import type { UserId } from '#protocol/ids.ts';

export interface Session {
  id: string;
  userId: UserId;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface AccountsEvents {
  /** Sessions ended (sign-out, revocation, change of password): their sockets must close within 2 s. [LV6] [SEC-23] */
  sessionsEnded(sessionIds: readonly string[], reason: string): void;
  /** A name or picture changed: every member record must follow. [RC5] */
  profileChanged(userId: UserId): void;
  /** The account is gone: the person leaves every group, under the name that the accounts now return. [AC2] */
  personDeleted(userId: UserId): Promise<void>;
}

/** The log of the accounts; it has the same shape as the server's Log, because this layer imports nothing from the wiring. */
export interface AccountsLog {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}
