import { dictionary } from '@zxcvbn-ts/language-common';

/** The message of a refused password, by which it is also recognised. */
export const COMMON = 'less common';

let common: Set<string> | undefined;

/** The most frequent passwords of past leaks, in lower case. */
export function commonPasswords(): ReadonlySet<string> {
  return (common ??= new Set(dictionary['passwords-common'].filter((word) => word.length >= 4)));
}

/**
 * Whether this is one of the passwords that guesses start with: one of the most frequent ones in past leaks, in any case and with
 * or without digits and signs at its end; one or a few repeated characters; or the name of this app.
 */
export function isCommonPassword(password: string): boolean {
  const frequent = commonPasswords();
  const plain = password.toLowerCase().normalize('NFKC').trim();
  const stem = plain.replace(/[\d\s!?.,_*#@$%&+-]+$/u, '');
  if (frequent.has(plain) || /^(.{1,3})\1+.{0,2}$/su.test(plain)) return true;
  // More than the usual ending must be added to a frequent word: a year, or a few digits and a sign.
  return plain.length - stem.length <= 5 && (frequent.has(stem) || stem === 'teamlink');
}
