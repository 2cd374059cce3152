/**
 * The numbers of the contract. `limits` is what `welcome` announces; the others are fixed parts of record and op shapes.
 * Lengths count UTF-16 code units; sizes are bytes.
 */
export const limits = {
  text: 8_000,
  title: 200,
  about: 1_000,
  name: 100,
  query: 200,
  attachments: 10,
  ops: 100,
  page: 1_000,
  members: 1_000,
  file: 104_857_600,
  packet: 262_144,
  window: 50,
} as const;

/** Beyond this many people a conversation shares no receipts: one mark would cost a change to everybody. */
export const SHARED_RECEIPT_MEMBERS = 50;
export const MAX_MENTIONS = 50;
export const MAX_PINS = 50;
export const MAX_EMOJI_LENGTH = 32;
export const MAX_EMOJIS_PER_MESSAGE = 20;
export const MAX_REACTIONS_PER_MESSAGE = 1_000;
export const MAX_WATCHED = 200;
/** An HTTP body may hold several packets' worth; a socket packet may not. */
export const MAX_HTTP_BODY_BYTES = 4 * 1024 * 1024;
/** Where a client splits a push, so that the packet limit is met with room for framing. */
export const PUSH_SPLIT_BYTES = 200 * 1024;
export const HISTORY_DEFAULT = 50;
export const DIRECTORY_PAGE = 20;
/** An unrenewed `typing` ends by itself after this time. */
export const TYPING_MS = 6_000;
export const HEADS_INTERVAL_MS = 30_000;
