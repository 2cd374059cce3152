import type { Ask, TransportEvents } from './transport.ts';

/** The longest time between two signs of progress before the welcome. */
export const PROGRESS_WITHIN_MS = 15_000;

/** One connection over one way. */
export interface OpenWay {
  ask: Ask;
  emit(event: string, payload: unknown): void;
  /** Whether a request waits for its answer. */
  isBusy(): boolean;
  /** Ends the connection, without an event. */
  close(): void;
}

export interface WayEvents extends TransportEvents {
  /** The try made no progress; `lost` is called before or after this. */
  hung(): void;
}
