import type { Connection } from 'mongoose';
import type { Health, ReportPage } from '#protocol/administration.ts';
import type { UserId } from '#protocol/ids.ts';
import type { ReportOutcome } from '#protocol/reports.ts';
import type { EndSessions } from '#server/auth/end-sessions.ts';
import { type Administrators, createAdministrators } from './administrator.ts';
import { type Invitations, createInvitations } from './invitations.ts';
import { type AdministeredPeople, createAdministeredPeople } from './people.ts';

/** What people have reported to the administrator. [RP3] */
export interface ReadReports {
  countOpen(): Promise<number>;
  page(state: 'open' | 'resolved', before?: string): Promise<ReportPage>;
  resolve(id: string, by: UserId, outcome: ReportOutcome): Promise<boolean>;
}

/** The functions for the administrator of a server. */
export interface Administration extends Administrators {
  people: AdministeredPeople;
  invitations: Invitations;
  /** Bytes of files on the server. */
  storedBytes(): Promise<number>;
  health(): Promise<Health>;
  reports: ReadReports;
  /** True if emails are only written to the log. */
  mailIsLogged: boolean;
}

interface AdministrationParts {
  connection: Connection;
  now: () => number;
  endSessions: EndSessions;
  storedBytes(): Promise<number>;
  health(): Promise<Health>;
  reports: ReadReports;
  mailIsLogged: boolean;
}

export function openAdministration({ connection, now, endSessions, ...facts }: AdministrationParts): Administration {
  return {
    ...createAdministrators(connection),
    people: createAdministeredPeople(connection, endSessions),
    invitations: createInvitations(connection, now),
    ...facts,
  };
}
