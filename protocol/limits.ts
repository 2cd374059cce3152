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
/** A poll's question and each of its options, and how many options and voters it may have. [PO1] [PO2] */
export const MAX_POLL_QUESTION = 300;
export const MAX_POLL_OPTION = 100;
export const MIN_POLL_OPTIONS = 2;
export const MAX_POLL_OPTIONS = 12;
export const MAX_VOTERS_PER_POLL = 1_000;
/** How many messages of one person may wait for their time, and how many days that may be ahead. [SM1] */
export const MAX_SCHEDULED = 100;
export const MAX_SCHEDULED_DAYS = 366;
export const MAX_WATCHED = 200;
/** An HTTP body may be larger than a socket packet. */
export const MAX_HTTP_BODY_BYTES = 4 * 1024 * 1024;
/** A client splits a push at this size, which leaves room for framing below the packet limit. */
export const PUSH_SPLIT_BYTES = 200 * 1024;
export const HISTORY_DEFAULT = 50;
/** How large an answer to `pull` and `history` is unless `maxBytes` says otherwise, and the bounds of `maxBytes`. [VB10] */
export const ANSWER_BYTES = 32 * 1024;
export const MIN_ANSWER_BYTES = 2 * 1024;
export const MAX_ANSWER_BYTES = 1024 * 1024;
/** How many cells a digest may have: with fewer bytes than a packet, for about 10,000 streams that differ. [DG5] */
export const MAX_DIGEST_CELLS = 12_288;
/** How long a link to a group may work, and how many people it may let in. [GL1] */
export const MAX_LINK_DAYS = 365;
export const MAX_LINK_USES = 1_000;
/** How many links of one group may work at the same time. */
export const MAX_OPEN_LINKS = 20;
/** The length of the text that people may add to a report, and how many reports the administrator gets at once. [RP1] [RP3] */
export const MAX_REPORT_NOTE = 1_000;
export const REPORTS_PAGE = 50;
export const DIRECTORY_PAGE = 20;
export const SEARCH_PAGE = 50;
/** A `typing` notice expires after this time unless it is renewed. [LV7] */
export const TYPING_MS = 6_000;
export const HEADS_INTERVAL_MS = 30_000;
