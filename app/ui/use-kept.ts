import { useState } from 'react';

const kept = new WeakMap<object, Map<string, unknown>>();

/**
 * The state of a form, which outlives the form as long as `owner` exists, so that it is still there after the PIN was asked for
 * in between. Call `forget` once it was sent or discarded. [SEC-55]
 */
export function useKept<T>(
  owner: object,
  key: string,
  initial: T,
): { held: T; keep: (next: T) => void; forget: () => void } {
  const [all] = useState(() => {
    const known = kept.get(owner) ?? new Map<string, unknown>();
    kept.set(owner, known);
    return known;
  });
  const [held, setHeld] = useState(() => (all.has(key) ? (all.get(key) as T) : initial));
  return {
    held,
    keep(next) {
      all.set(key, next);
      setHeld(next);
    },
    forget: () => void all.delete(key),
  };
}
