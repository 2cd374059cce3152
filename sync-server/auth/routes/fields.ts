import * as v from 'valibot';
import { strict, text } from '#protocol/shape.ts';
import { asciiAddress } from '#server/auth/ascii-address.ts';
import { COMMON, isCommonPassword } from '#server/auth/common-passwords.ts';

const MAX_ADDRESS = 254;

/** The library decides whether it is a valid address; this only bounds it. */
export const Address = v.pipe(
  text(MAX_ADDRESS),
  v.regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+\.[^\s@\p{Cc}]+$/u),
  v.transform(asciiAddress),
  v.maxLength(MAX_ADDRESS),
);

/** The library decides which lengths are allowed; this refuses only values for which its answer would be unclear. */
export const Password = text(1_000);

/** A password that is chosen now, not an existing one. */
export const NewPassword = v.pipe(
  Password,
  // If the library refuses the length, that is the reason.
  v.check((password) => password.length < 8 || password.length > 128 || !isCommonPassword(password), COMMON),
);

/** From the link of an email. */
export const LinkToken = v.pipe(text(2_000), v.regex(/^[\w.-]+$/));

export const Remember = v.optional(v.boolean());

/** Of a new account: it cannot have uploaded any. */
export const NoPicture = v.nullish(v.null());

export const Nothing = strict({});
