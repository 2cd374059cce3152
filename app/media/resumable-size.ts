/**
 * Below this size, sending a file again after a fault costs less than asking where it stopped. The system may buffer a whole file
 * at once, so that the progress is unknown; even the slowest links carry this much before a form counts as stalled.
 */
export const RESUMABLE_BYTES = 128 * 1024;
