/**
 * Stores a choice in localStorage, where the script in index.html finds it before the first paint. IndexedDB can only be read
 * asynchronously, after a light page or a foreign language would have flashed.
 */
export function rememberForStart(choice: 'theme' | 'language', value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(choice);
    else localStorage.setItem(choice, value);
  } catch {
    // localStorage may be blocked; then the choice is applied after the first paint instead of before it.
  }
}
