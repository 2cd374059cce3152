/**
 * Below this, sending a file again after a fault costs less than asking where it stopped. The system may take a whole file into its
 * buffers at once, so that nothing says how much has left: even the slowest links carry this much before a form counts as stalled.
 */
export const RESUMABLE_BYTES = 128 * 1024;
