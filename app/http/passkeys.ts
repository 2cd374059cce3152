import * as v from 'valibot';
import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { request, type Outcome } from './request.ts';

// Separate from the other requests, because only people with a passkey need its library.
const Anything = v.unknown();
const Options = v.looseObject({ challenge: v.string() });

/** The browser's result: an answer for the server, or nothing, because the person or the device declined. */
type Asked = { answer: object } | undefined;

async function asked(ask: () => Promise<object>): Promise<Asked> {
  try {
    return { answer: await ask() };
  } catch {
    // The browser reports only that it was cancelled, because the reason would tell pages what the device holds.
    return undefined;
  }
}

/** The person or the device declined to make or to use a passkey. */
const declined = { ok: false, failure: { kind: 'refused', status: 0, code: 'PASSKEY_DECLINED' } } as const;

async function used(): Promise<Outcome<object>> {
  const options = await request('/api/auth/passkey/request-options', Options, { method: 'POST', body: {} });
  if (!options.ok) return options;
  const found = await asked(() => startAuthentication({ optionsJSON: options.value }));
  return found === undefined ? declined : { ok: true, value: found.answer };
}

/** Signs in with any passkey of this device. [SEC-33] */
export async function signInWithPasskey(): Promise<Outcome<unknown>> {
  const found = await used();
  if (!found.ok) return found;
  return request('/api/auth/sign-in/passkey', Anything, { method: 'POST', body: { answer: found.value } });
}

/** Proves by a passkey that the user is still present. [SEC-32] */
export async function proveWithPasskey(): Promise<Outcome<unknown>> {
  const found = await used();
  if (!found.ok) return found;
  return request('/api/auth/prove', Anything, { method: 'POST', body: { passkey: found.value } });
}

/** Makes a passkey on this device, or on one that the browser reaches. */
export async function addPasskey(name: string): Promise<Outcome<unknown>> {
  const options = await request('/api/auth/passkey/creation-options', Options, { method: 'POST', body: {} });
  if (!options.ok) return options;
  const made = await asked(() => startRegistration({ optionsJSON: options.value as never }));
  if (made === undefined) return declined;
  return request('/api/auth/passkey/add', Anything, { method: 'POST', body: { name, answer: made.answer } });
}
