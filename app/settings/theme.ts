import type { Theme } from '#app/state/settings.ts';

/**
 * Applies a theme, and stores it in localStorage, where /theme.js finds it before the first paint. IndexedDB can only be read
 * asynchronously, after a light page would have flashed. The theme is not personal, so it survives signing out.
 */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // localStorage may be blocked; then the theme is applied after the first paint instead of before it.
  }
}
