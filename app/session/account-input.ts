import type { MessageKey } from '#app/i18n/words.ts';
import type { Outcome } from '#app/http/request.ts';
import { limits } from '#protocol/limits.ts';
import { cleanName, isVisible } from '#protocol/names.ts';

export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 128;

/** A request that starts a session without the fields of a form. */
export type AccountRun = () => Promise<Outcome<unknown>>;

export interface AccountInput {
  name: string;
  email: string;
  password: string;
  /** A code of an authenticator app or a recovery code; required once the password was right. [AC6] */
  code?: string;
  /** This is a shared computer. [SEC-54] */
  isShared?: boolean;
}

/** The error code for a right password that is not enough. */
export const CODE_REQUIRED = 'CODE_REQUIRED';

export type AccountErrors = Partial<Record<'name' | 'email' | 'password', MessageKey>>;

/** Checks the fields before they are sent; the server checks them again. A password is never trimmed. */
export function checkAccount(input: AccountInput, mode: 'sign-in' | 'sign-up'): AccountErrors {
  const errors: AccountErrors = {};
  if (mode === 'sign-up') {
    const name = cleanName(input.name);
    if (!isVisible(name)) errors.name = 'account.emptyName';
    else if (name.length > limits.name) errors.name = 'account.name';
    const found = newPasswordError(input.password);
    if (found !== undefined) errors.password = found;
  } else if (input.password === '') {
    errors.password = 'account.emptyPassword';
  }
  if (!isAddress(input.email)) errors.email = 'account.email';
  return errors;
}

export function newPasswordError(password: string): MessageKey | undefined {
  if (password.length < PASSWORD_MIN) return 'account.short';
  return password.length > PASSWORD_MAX ? 'account.long' : undefined;
}

export function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/u.test(text.trim());
}
