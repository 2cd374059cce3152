import * as v from 'valibot';
import { Presence, TypingNotice } from '#protocol/live.ts';

/** Events of the server that are shown for a while and never stored. [LV7] [LV8] */
export const Ephemeral = v.variant('kind', [
  v.object({ kind: v.literal('typing'), notice: TypingNotice }),
  v.object({ kind: v.literal('presence'), notice: Presence }),
]);
export type Ephemeral = v.InferOutput<typeof Ephemeral>;
