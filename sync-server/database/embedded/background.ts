/** The comment of a write whose result nobody waits for. The embedded engine flushes it with others; to MongoDB it means nothing. */
export const IN_BACKGROUND = 'background';
