import type { Theme } from '#app/state/settings.ts';
import { rememberForStart } from './start-choices.ts';

/** Applies a theme. It is not personal, so it survives signing out. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  showBarColour(theme);
  rememberForStart('theme', theme === 'system' ? undefined : theme);
}

/** As in index.html. */
const barColours = { light: '#f9f6f1', dark: '#0d1315' };

/** The colour of the browser's bar. The page has one element for each of the system's themes; a chosen theme applies to both. */
function showBarColour(theme: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
    const systems = meta.media.includes('dark') ? 'dark' : 'light';
    meta.content = barColours[theme === 'system' ? systems : theme];
  }
}
