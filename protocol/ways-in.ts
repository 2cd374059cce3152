import * as v from 'valibot';
import { limits } from './limits.ts';
import { strict, text } from './shape.ts';

/** Bytes in base64url. */
const Bytes = (max: number) => v.pipe(v.string(), v.maxLength(max), v.regex(/^[\w-]*$/));

/** A browser's answer for a passkey, in WebAuthn's JSON form, without the fields that are not used. [SEC-33] */
export const PasskeyAnswer = v.object({
  id: v.pipe(Bytes(1_400), v.minLength(1)),
  rawId: Bytes(1_400),
  type: v.literal('public-key'),
  clientExtensionResults: v.optional(v.object({}), {}),
  response: v.object({
    clientDataJSON: Bytes(4_000),
    /** The answer that registers a new passkey. */
    attestationObject: v.optional(Bytes(8_000)),
    /** The answer of a passkey that signs. */
    authenticatorData: v.optional(Bytes(4_000)),
    signature: v.optional(Bytes(2_000)),
    userHandle: v.optional(v.nullable(Bytes(200))),
  }),
});
export type PasskeyAnswer = v.InferOutput<typeof PasskeyAnswer>;

export const PasskeyName = v.pipe(text(limits.name), v.trim(), v.minLength(1));

export const NewPasskey = strict({ name: PasskeyName, answer: PasskeyAnswer });
export const NamedPasskey = strict({ id: v.pipe(Bytes(1_400), v.minLength(1)), name: PasskeyName });
export const OnePasskey = strict({ id: v.pipe(Bytes(1_400), v.minLength(1)) });

/** `createdAt` and `usedAt`: milliseconds since 1970. */
export const ShownPasskey = v.object({
  id: v.string(),
  name: v.string(),
  createdAt: v.number(),
  usedAt: v.optional(v.number()),
});
export type ShownPasskey = v.InferOutput<typeof ShownPasskey>;

/** `GET /api/auth/ways-in`: how the person can sign in. [SEC-34] */
export const WaysIn = v.object({
  password: v.boolean(),
  /** The ids of the providers that are linked. */
  linked: v.array(v.string()),
  passkeys: v.array(ShownPasskey),
});
export type WaysIn = v.InferOutput<typeof WaysIn>;
