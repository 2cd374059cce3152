import type { Ask, TransportEvents } from './transport.ts';

/** From one sign of progress to the next, until the welcome. */
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
  /** The try made no progress; a `lost` follows or has preceded. */
  hung(): void;
}
