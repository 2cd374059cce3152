import * as v from 'valibot';
import { AdministeredPeople, Administration, Health, OpenInvitations, ReportPage } from '#protocol/administration.ts';
import type { ReportOutcome } from '#protocol/reports.ts';
import type { UserId } from '#protocol/ids.ts';
import { request, type Outcome } from './request.ts';

const PATH = '/api/auth/administration';
const Anything = v.unknown();

/** Whether the user is the administrator, and if so, the state of the server. [AC4] */
export function administration(): Promise<Outcome<Administration>> {
  return request(PATH, Administration);
}

export function health(): Promise<Outcome<Health>> {
  return request(`${PATH}/health`, Health);
}

/** Finds people by name or whole address; without a query, the newest. */
export function administeredPeople(q: string): Promise<Outcome<v.InferOutput<typeof AdministeredPeople>>> {
  const query = q === '' ? '' : `?${new URLSearchParams({ q }).toString()}`;
  return request(`${PATH}/people${query}`, AdministeredPeople);
}

export function suspend(userId: UserId, on: boolean): Promise<Outcome<unknown>> {
  return request(`${PATH}/suspend`, Anything, { method: 'POST', body: { userId, on } });
}

export function endSessionsOf(userId: UserId): Promise<Outcome<unknown>> {
  return request(`${PATH}/end-sessions`, Anything, { method: 'POST', body: { userId } });
}

export function sendReset(userId: UserId): Promise<Outcome<unknown>> {
  return request(`${PATH}/send-reset`, Anything, { method: 'POST', body: { userId } });
}

/** Makes somebody else the administrator in the user's place. */
export function handOver(userId: UserId): Promise<Outcome<unknown>> {
  return request(`${PATH}/hand-over`, Anything, { method: 'POST', body: { userId } });
}

export function openInvitations(): Promise<Outcome<v.InferOutput<typeof OpenInvitations>>> {
  return request(`${PATH}/invitations`, OpenInvitations);
}

export function invite(): Promise<Outcome<{ code: string }>> {
  return request(`${PATH}/invite`, v.object({ code: v.string() }), { method: 'POST', body: {} });
}

export function withdrawInvitation(id: string): Promise<Outcome<unknown>> {
  return request(`${PATH}/withdraw`, Anything, { method: 'POST', body: { id } });
}

/** A page of reports, newest first. `before`: the id of the last one that is known. [RP3] */
export function reportsIn(state: 'open' | 'resolved', before?: string): Promise<Outcome<ReportPage>> {
  const query = new URLSearchParams({ state, ...(before === undefined ? {} : { before }) });
  return request(`${PATH}/reports?${query.toString()}`, ReportPage);
}

export function resolveReport(id: string, outcome: ReportOutcome): Promise<Outcome<unknown>> {
  return request(`${PATH}/reports/resolve`, Anything, { method: 'POST', body: { id, outcome } });
}
