/** The end of a session is noticed after this many bytes or this much time, whichever comes first. */
const CHECKED_BYTES = 1_000_000;
const CHECKED_MS = 1_000;

/**
 * The same bytes, as long as the session of the request is valid. Rejects once it is not: the answer then breaks off, so that an
 * incomplete file does not look complete. [AC3] [SEC-23]
 */
export async function* whileValid(
  bytes: AsyncIterable<Uint8Array>,
  isValid: () => Promise<boolean>,
  now: () => number,
): AsyncGenerator<Uint8Array> {
  let passed = 0;
  let checkedAt = now();
  for await (const part of bytes) {
    passed += part.length;
    if (passed >= CHECKED_BYTES || now() - checkedAt >= CHECKED_MS) {
      if (!(await isValid())) throw new Error('the session has ended');
      passed = 0;
      checkedAt = now();
    }
    yield part;
  }
}
