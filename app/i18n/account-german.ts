import type { accountEnglish } from './account-english.ts';
import { plural, say, type Message } from './message.ts';

export const accountGerman: Record<keyof typeof accountEnglish, Message> = {
  'app.tagline': 'Deine Chats, auch wenn du offline bist.',

  'field.name': 'Name',
  'field.email': 'E-Mail',
  'field.password': 'Passwort',
  'field.showPassword': 'Passwort anzeigen',
  'field.hidePassword': 'Passwort verbergen',
  'field.passwordHint': 'Mindestens 8 Zeichen',
  'signIn.title': 'Bei TeamLink anmelden',
  'signIn.new': 'Neu hier?',
  'signIn.forgotten': 'Passwort vergessen?',
  'passkey.signIn': 'Passkey verwenden',
  'passkey.declined': 'Es wurde kein Passkey verwendet. Versuche es erneut oder melde dich auf andere Weise an.',
  'sharedComputer.choice': 'Das ist ein gemeinsam genutzter Computer',
  'sharedComputer.about':
    'Darauf bleibt nichts zurück: Deine Chats sind nur in diesem Tab, und wenn du ihn schließt oder neu lädst, wirst du abgemeldet. Mitteilungen bleiben aus.',
  'join.signIn': 'Du bist in eine Gruppe eingeladen. Melde dich an oder erstelle ein Konto, um beizutreten.',
  'person.signIn': 'Jemand möchte mit dir chatten. Melde dich an oder erstelle ein Konto, um zu schreiben.',
  'account.byInvitation':
    'Für diesen Server brauchst du eine Einladung. Bitte die Person, die ihn betreibt, um einen Link.',
  'account.invitationUsed': 'Du brauchst eine Einladung, und diese gilt nicht mehr. Bitte um einen neuen Link.',
  'account.suspended': 'Dieses Konto ist gesperrt. Wende dich an die Person, die den Server betreibt.',
  'field.code': 'Code',
  'field.codeHint': 'Sechs Ziffern aus deiner Authenticator-App oder ein Wiederherstellungscode',
  'account.wrongCode': 'Dieser Code ist falsch. Gib den ein, den die App jetzt anzeigt.',
  'account.codeLate':
    'Das hat zu lange gedauert, oder es waren zu viele falsche Codes. Lade die Seite neu und beginne von vorn.',
  'account.closed': 'Dieser Server nimmt keine neuen Konten an. Wende dich an die Person, die ihn betreibt.',
  'signUp.title': 'Konto erstellen',
  'signUp.body': 'Du brauchst nur einen Namen, eine E-Mail-Adresse und ein Passwort.',
  'signUp.button': 'Registrieren',
  'signUp.have': 'Du hast schon ein Konto?',
  'account.passkeyRefused': 'Dieser Passkey gehört hier zu keinem Konto. Melde dich auf andere Weise an.',
  'account.domain':
    'Dieser Server nimmt nur bestimmte E-Mail-Adressen an. Verwende eine Adresse deiner Arbeit, deiner Schule oder deines Vereins.',
  'account.confirmFirst': 'Öffne den Link in der E-Mail, die wir dir geschickt haben, und melde dich dann an.',
  'account.working': 'Einen Moment …',
  'account.wrong': 'E-Mail oder Passwort ist falsch.',
  'account.taken': 'Zu dieser E-Mail-Adresse gibt es schon ein Konto. Melde dich an oder verwende eine andere Adresse.',
  'account.noSession':
    'Die Anmeldung hat nicht geklappt. Wenn du zu dieser E-Mail-Adresse schon ein Konto hast, melde dich damit an.',
  'account.offline': 'Der Server ist nicht erreichbar. Versuche es noch einmal, sobald du verbunden bist.',
  'account.silent': 'Der Server hat nicht geantwortet. Versuche es gleich noch einmal.',
  'account.common': 'Angreifer probieren dieses Passwort zuerst. Ergänze es um ein paar Wörter oder wähle ein anderes.',
  'account.rate': say`Zu viele Versuche. Warte ${plural('seconds', { one: '# Sekunde', other: '# Sekunden' })} und versuche es dann erneut.`,
  'account.rateUnknown': 'Zu viele Versuche. Warte kurz und versuche es dann erneut.',
  'account.refused': 'Der Server hat das abgelehnt. Prüfe deine Eingaben.',
  'account.server': 'Auf dem Server ist etwas schiefgegangen. Versuche es gleich noch einmal.',

  'obstacle.page':
    'Statt des Servers antwortet eine andere Seite. Vielleicht verlangt dein Netzwerk oder ein Proxy, dass du dich dort erst anmeldest.',
  'obstacle.gateway': 'Der Server ist gerade nicht verfügbar. Versuche es in ein paar Minuten noch einmal.',
  'obstacle.address':
    'Dieser Server ist für eine andere Adresse eingerichtet. Sag der Person Bescheid, die ihn betreibt: Die Einstellung heißt PUBLIC_URL.',
  'obstacle.open': 'Diese Seite öffnen',
};
