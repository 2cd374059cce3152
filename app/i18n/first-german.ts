import type { FirstCatalogue } from './english.ts';
import { arg, say } from './message.ts';

export const firstGerman: FirstCatalogue = {
  'app.name': 'TeamLink',
  'app.loading': 'Die App wird geladen …',
  'app.loadingSlowly': 'Deine Verbindung ist langsam, deshalb dauert es etwas. Das ist nur einmal nötig.',
  'app.retry': 'Erneut versuchen',

  'signIn.button': 'Anmelden',
  'account.short': 'Das Passwort ist zu kurz. Verwende mindestens 8 Zeichen.',
  'account.long': 'Das Passwort ist zu lang. Verwende höchstens 128 Zeichen.',
  'account.email': 'Das sieht nicht nach einer E-Mail-Adresse aus.',
  'account.name': say`Der Name ist zu lang. Verwende höchstens ${arg('max')} Zeichen.`,
  'account.emptyName': 'Gib deinen Namen ein.',
  'account.emptyPassword': 'Gib dein Passwort ein.',

  'signOut.button': 'Abmelden',

  'outbox.title': 'Postausgang',

  'new.title': 'Neuer Chat',

  'admin.title': 'Verwaltung',
  'settings.title': 'Einstellungen',

  'crash.title': 'Etwas ist schiefgegangen',
  'crash.body': 'Deine Nachrichten sind auf diesem Gerät sicher. Lade die Seite neu, um weiterzumachen.',
  'crash.reload': 'Neu laden',
};
