import { arg, say, type Message } from './message.ts';

/** The words that are needed before anything else is loaded, and on every screen. */
export const firstEnglish = {
  'app.name': 'TeamLink',
  'app.loading': 'The app is loading …',
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

  'store.missing': 'This browser isn’t keeping any data for this site',
  'store.missingBody':
    'TeamLink needs storage to keep your messages. Private windows and blocked site data prevent this; allow site data, then try again.',
  'store.waiting': 'Waiting for this device’s storage',
  'store.waitingBody':
    'The device may be busy, or an older version of TeamLink may be open in another tab; if so, close that tab. This continues automatically.',
  'store.newer': 'The data on this device is newer than this app',
  'store.newerBody': 'A newer version has been used on this device. Reload the page to get it; nothing is lost.',
  'store.gone': 'The data on this device was deleted',
  'store.goneBody':
    'Your browser or another tab has deleted what this site had stored. Try again to load your chats. Unsent messages are gone.',
  'store.broken': 'The data on this device can’t be read',
  'store.brokenBody':
    'First, try again. If that doesn’t help, sign out and back in: your chats come back, but unsent messages don’t.',
  'crash.title': 'Something went wrong',
  'crash.body': 'Your messages are safe on this device. Reload the page to continue.',
  'crash.reload': 'Reload',
} satisfies Record<string, Message>;
