import type { Theme } from '#app/state/settings.ts';
import { rememberForStart } from './start-choices.ts';

/** Applies a theme. It is not personal, so it survives signing out. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  rememberForStart('theme', theme === 'system' ? undefined : theme);
}
