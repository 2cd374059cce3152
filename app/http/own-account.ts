import * as v from 'valibot';
import { DeletionAnswer } from '#protocol/account.ts';
import type { MediaId } from '#protocol/ids.ts';
import { request, type Outcome } from './request.ts';

const Anything = v.unknown();

/** The password is absent only for somebody who signs in by a provider. */
export function deleteAccount(password: string): Promise<Outcome<DeletionAnswer>> {
  const body = password === '' ? {} : { password };
  return request('/api/auth/delete-account', DeletionAnswer, { method: 'POST', body });
}

export function changePassword(currentPassword: string, newPassword: string): Promise<Outcome<unknown>> {
  return request('/api/auth/change-password', Anything, { method: 'POST', body: { currentPassword, newPassword } });
}

/** A file that was uploaded to the person's own stream; null for none. [MD12] */
export function changePicture(image: MediaId | null): Promise<Outcome<unknown>> {
  return request('/api/auth/update-user', Anything, { method: 'POST', body: { image } });
}

export function changeName(name: string): Promise<Outcome<unknown>> {
  return request('/api/auth/update-user', Anything, { method: 'POST', body: { name } });
}

/** The line about the person; null for none. [RC6] */
export function changeAbout(about: string | null): Promise<Outcome<unknown>> {
  return request('/api/auth/update-user', Anything, { method: 'POST', body: { about } });
}
