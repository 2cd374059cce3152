import { useState } from 'react';

const kept = new WeakMap<object, Map<string, unknown>>();

/**
 * The state of a form, which outlives the form for as long as `owner` is held: whoever is asked for the PIN in the middle of it finds it
 * again. `forget` is called once it was sent or given up. [SEC-55]
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
