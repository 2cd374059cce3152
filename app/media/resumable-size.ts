/** Below this, sending a file again after a fault costs less than asking where it stopped. */
export const RESUMABLE_BYTES = 1024 * 1024;
