/** The comment on a write whose result nobody waits for. The embedded engine flushes it together with others; MongoDB ignores it. */
export const IN_BACKGROUND = 'background';
