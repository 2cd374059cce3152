import { IN_BACKGROUND } from './embedded/background.ts';

/** Options of a write whose result nobody waits for. It is as durable as any other, and no append has to wait for it. */
export const inBackground = { comment: IN_BACKGROUND } as const;
