import type { Connection } from 'mongoose';
import type { EndSessions } from '#server/auth/end-sessions.ts';
import { createIsAdministrator } from './administrator.ts';
import { type Invitations, createInvitations } from './invitations.ts';
import { type AdministeredPeople, createAdministeredPeople } from './people.ts';

/** What the administrator of a server uses. */
export interface Administration {
  isAdministrator(userId: string): Promise<boolean>;
  people: AdministeredPeople;
  invitations: Invitations;
  /** Bytes of files on the server. */
  storedBytes(): Promise<number>;
}

interface AdministrationParts {
  connection: Connection;
  now: () => number;
  endSessions: EndSessions;
  storedBytes(): Promise<number>;
}

export function openAdministration({ connection, now, endSessions, storedBytes }: AdministrationParts): Administration {
  return {
    isAdministrator: createIsAdministrator(connection),
    people: createAdministeredPeople(connection, endSessions),
    invitations: createInvitations(connection, now),
    storedBytes,
  };
}
