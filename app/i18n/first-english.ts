import { arg, say, type Message } from './message.ts';

/** The words that are needed before anything else is loaded, and on every screen. */
export const firstEnglish = {
  'app.name': 'TeamLink',
  'app.loading': 'The app is loading…',
  'app.loadingSlowly': 'Your connection is slow, so this takes a while. It’s only needed once.',
  'app.retry': 'Try again',

  'signIn.button': 'Sign in',
  'account.short': 'This password is too short. Use at least 8 characters.',
  'account.long': 'This password is too long. Use at most 128 characters.',
  'account.email': 'This doesn’t look like an email address.',
  'account.name': say`This name is too long. Use at most ${arg('max')} characters.`,
  'account.emptyName': 'Enter your name.',
  'account.emptyPassword': 'Enter your password.',

  'signOut.button': 'Sign out',

  'outbox.title': 'Outbox',

  'new.title': 'New chat',

  'admin.title': 'Administration',
  'settings.title': 'Settings',

  'crash.title': 'Something went wrong',
  'crash.body': 'Your messages are safe on this device. Reload the page to continue.',
  'crash.reload': 'Reload',
} satisfies Record<string, Message>;
