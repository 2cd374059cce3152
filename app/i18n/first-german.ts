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

  'store.missing': 'Dieser Browser speichert keine Daten für diese Website',
  'store.missingBody':
    'TeamLink braucht Speicher für deine Nachrichten. Private Fenster und blockierte Websitedaten verhindern das; erlaube Websitedaten und versuche es erneut.',
  'store.waiting': 'Warten auf den Speicher dieses Geräts',
  'store.waitingBody':
    'Das Gerät ist vielleicht beschäftigt, oder eine ältere Version von TeamLink ist in einem anderen Tab offen; schließe in diesem Fall den anderen Tab. Es geht automatisch weiter.',
  'store.newer': 'Die Daten auf diesem Gerät sind neuer als diese App',
  'store.newerBody':
    'Auf diesem Gerät wurde eine neuere Version benutzt. Lade die Seite neu, um sie zu bekommen; es geht nichts verloren.',
  'store.gone': 'Die Daten auf diesem Gerät wurden gelöscht',
  'store.goneBody':
    'Dein Browser oder ein anderer Tab hat gelöscht, was diese Website gespeichert hatte. Versuche es erneut, um deine Chats zu laden. Ungesendete Nachrichten sind verloren.',
  'store.broken': 'Die Daten auf diesem Gerät lassen sich nicht lesen',
  'store.brokenBody':
    'Versuche es zuerst erneut. Hilft das nicht, melde dich ab und wieder an: Deine Chats kommen zurück, ungesendete Nachrichten nicht.',
  'crash.title': 'Etwas ist schiefgegangen',
  'crash.body': 'Deine Nachrichten sind auf diesem Gerät sicher. Lade die Seite neu, um weiterzumachen.',
  'crash.reload': 'Neu laden',
};
