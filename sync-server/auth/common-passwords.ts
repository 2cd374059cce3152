import { dictionary } from '@zxcvbn-ts/language-common';

/** What a refused password’s answer says, and is recognized by. */
export const COMMON = 'less common';

let common: Set<string> | undefined;

/** The most frequent passwords of past leaks, in lower case. */
export function commonPasswords(): ReadonlySet<string> {
  return (common ??= new Set(dictionary['passwords-common'].filter((word) => word.length >= 4)));
}

/**
 * Whether this is one of the passwords that guesses begin with: one of the most frequent ones of past leaks, whatever its
 * case and with or without figures and signs after it; one character or a few repeated; or the name of this app.
 */
export function isCommonPassword(password: string): boolean {
  const frequent = commonPasswords();
  const plain = password.toLowerCase().normalize('NFKC').trim();
  const stem = plain.replace(/[\d\s!?.,_*#@$%&+-]+$/u, '');
  if (frequent.has(plain) || /^(.{1,3})\1+.{0,2}$/su.test(plain)) return true;
  // What is added to a frequent word must be more than the usual ending: a year, or a few figures and a sign.
  return plain.length - stem.length <= 5 && (frequent.has(stem) || stem === 'teamlink');
}
