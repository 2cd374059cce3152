/**
 * The limits of the protocol. `welcome` announces `limits`; the others are fixed parts of the shapes of records and ops.
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

/** A conversation with more people shares no receipts: each mark would cost a change to every member. [RD3] */
export const SHARED_RECEIPT_MEMBERS = 50;
export const MAX_MENTIONS = 50;
export const MAX_PINS = 50;
export const MAX_EMOJI_LENGTH = 32;
export const MAX_EMOJIS_PER_MESSAGE = 20;
export const MAX_REACTIONS_PER_MESSAGE = 1_000;
export const MAX_WATCHED = 200;
/** An HTTP body may be larger than a socket packet. */
export const MAX_HTTP_BODY_BYTES = 4 * 1024 * 1024;
/** A client splits a push at this size, which leaves room for framing below the packet limit. */
export const PUSH_SPLIT_BYTES = 200 * 1024;
export const HISTORY_DEFAULT = 50;
/** How large an answer to `pull` and `history` is unless `maxBytes` says otherwise, and what `maxBytes` may say. [VB10] */
export const ANSWER_BYTES = 32 * 1024;
export const MIN_ANSWER_BYTES = 2 * 1024;
export const MAX_ANSWER_BYTES = 1024 * 1024;
/** How many cells a digest may have: with fewer bytes than a packet, for about 10,000 streams that differ. [DG5] */
export const MAX_DIGEST_CELLS = 12_288;
export const DIRECTORY_PAGE = 20;
export const SEARCH_PAGE = 50;
/** A `typing` notice expires after this time unless it is renewed. [LV7] */
export const TYPING_MS = 6_000;
export const HEADS_INTERVAL_MS = 30_000;
