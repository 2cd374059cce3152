import * as v from 'valibot';
import { strict } from './shape.ts';

export const PRIVACY_PATH = '/api/privacy';

/** What a person lets others see. Whoever hides something does not see it of others either. [PV1] */
export const Privacy = strict({
  /** How far they have read. That a message was delivered is always shown. */
  readReceipts: v.boolean(),
  typing: v.boolean(),
  /** Whether they are online, and when they were last. */
  lastSeen: v.boolean(),
});
export type Privacy = v.InferOutput<typeof Privacy>;

/** Until they choose. */
export const OPEN: Privacy = { readReceipts: true, typing: true, lastSeen: true };
