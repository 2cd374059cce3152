import * as v from 'valibot';
import { AdministeredPeople, Administration, OpenInvitations } from '#protocol/administration.ts';
import type { UserId } from '#protocol/ids.ts';
import { request, type Outcome } from './request.ts';

const PATH = '/api/auth/administration';
const Anything = v.unknown();

/** Whether the user is the administrator, and if so, how the server is. [AC4] */
export function administration(): Promise<Outcome<Administration>> {
  return request(PATH, Administration);
}

/** By name or whole address; without a query, the newest. */
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

export function openInvitations(): Promise<Outcome<v.InferOutput<typeof OpenInvitations>>> {
  return request(`${PATH}/invitations`, OpenInvitations);
}

export function invite(): Promise<Outcome<{ code: string }>> {
  return request(`${PATH}/invite`, v.object({ code: v.string() }), { method: 'POST', body: {} });
}

export function withdrawInvitation(id: string): Promise<Outcome<unknown>> {
  return request(`${PATH}/withdraw`, Anything, { method: 'POST', body: { id } });
}
