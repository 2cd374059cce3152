import type { Theme } from '#app/state/settings.ts';

/**
 * Shows a theme and leaves it where /theme.js finds it before the first paint: the device's own table can only be read
 * asynchronously, when a light page would have flashed already. Not personal, so it outlives signing out.
 */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // Storage may be forbidden; then the theme is right after the first paint instead of before it.
  }
}
