import * as v from 'valibot';
import { strict } from './shape.ts';

export const PRIVACY_PATH = '/api/privacy';

/** What a person lets others see. A person who hides something does not see it of others either. [PV1] */
export const Privacy = strict({
  /** How far they have read. That a message was delivered is always shown. */
  readReceipts: v.boolean(),
  typing: v.boolean(),
  /** Whether they are online, and when they last were. */
  lastSeen: v.boolean(),
});
export type Privacy = v.InferOutput<typeof Privacy>;

/** The values until the person chooses. */
export const OPEN: Privacy = { readReceipts: true, typing: true, lastSeen: true };
