import type { Connection } from 'mongoose';
import type { AccountsEvents } from '#server/auth/session.ts';
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
  events: AccountsEvents;
  storedBytes(): Promise<number>;
}

export function openAdministration({ connection, now, events, storedBytes }: AdministrationParts): Administration {
  return {
    isAdministrator: createIsAdministrator(connection),
    people: createAdministeredPeople(connection, events),
    invitations: createInvitations(connection, now),
    storedBytes,
  };
}
