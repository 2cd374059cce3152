import { locale, useWords } from '#app/i18n/words.ts';

/*
 * The words of this folder. They are not in the catalogues, which every page needs before it can be shown, because few people
 * open these settings, and few see the offer of notifications more than once.
 */
const english = {
  title: 'Notifications',
  offer: 'Get a notification when somebody writes to you, even while the app is closed.',
  turnOn: 'Turn on',
  turnOff: 'Turn off',
  notNow: 'Not now',
  isOn: 'Notifications are on.',
  'state.on': 'On for this device',
  'state.off': 'Off on this device',
  'state.denied': 'Your browser blocks notifications from this site.',
  'unblock.chrome':
    'To allow them, press the icon before the address, turn on “Notifications” and load the page again.',
  'unblock.firefox':
    'To allow them, press the crossed-out bubble or the lock before the address, remove “Blocked” and load the page again.',
  'unblock.safari':
    'To allow them, open Safari’s settings, choose “Websites” and “Notifications”, and allow this site.',
  'unblock.android': 'To allow them, press the icon before the address, choose “Permissions” and allow notifications.',
  'unblock.installed': 'To allow them, open your system’s settings for this app and turn on notifications.',
  'unblock.ios': 'To allow them, open the Settings app, choose “Notifications” and this app, and allow notifications.',
  'state.unsupported': 'This browser can’t show notifications.',
  'state.not-installed':
    'To get notifications, add the app to your Home Screen: press Share, then “Add to Home Screen”.',
  'problem.denied': 'Your browser blocks notifications from this site.',
  'problem.dismissed': 'You haven’t allowed notifications yet.',
  'problem.browser': 'Your browser can’t reach its notification service. Try again later.',
  'problem.server': 'The server hasn’t answered as expected. Try again later.',
  show: 'Notifications show',
  'show.text': 'The message',
  'show.sender': 'Only the sender',
  'show.nothing': 'Nothing',
  sound: 'With a sound',
  everywhere: 'On all your devices',
  mentions: 'When I’m mentioned, also from muted chats',
  quiet: 'Quiet hours',
  quietNote: 'No notifications in this time. What is still unread comes afterwards.',
  'quiet.from': 'From',
  'quiet.to': 'To',
  'quiet.same': 'The two times must differ.',
  test: 'Send a test',
  works: 'Notifications work on this device.',
  'step.permission': 'Your browser allows notifications',
  'step.subscription': 'This device is registered',
  'step.server': 'The server has sent a test',
  'step.service': 'The notification service has taken it',
  'step.shown': 'The notification is on the screen',
  'failed.permission': 'Your browser doesn’t allow notifications',
  'failed.subscription': 'This device isn’t registered: turn notifications off and on again',
  'failed.server': 'The server hasn’t confirmed the test',
  'failed.service': 'The notification service didn’t take it',
  'failed.shown': 'The notification didn’t arrive. Check your system’s notification settings',
};
export type PushWord = keyof typeof english;

const german: Record<PushWord, string> = {
  title: 'Mitteilungen',
  offer: 'Lass dir Bescheid geben, wenn dir jemand schreibt, auch wenn die App geschlossen ist.',
  turnOn: 'Einschalten',
  turnOff: 'Ausschalten',
  notNow: 'Nicht jetzt',
  isOn: 'Mitteilungen sind eingeschaltet.',
  'state.on': 'Auf diesem Gerät eingeschaltet',
  'state.off': 'Auf diesem Gerät ausgeschaltet',
  'state.denied': 'Dein Browser blockiert Mitteilungen dieser Website.',
  'unblock.chrome':
    'Um sie zu erlauben, klicke auf das Symbol vor der Adresse, schalte „Benachrichtigungen“ ein und lade die Seite neu.',
  'unblock.firefox':
    'Um sie zu erlauben, klicke auf die durchgestrichene Sprechblase oder das Schloss vor der Adresse, entferne „Blockiert“ und lade die Seite neu.',
  'unblock.safari':
    'Um sie zu erlauben, öffne die Einstellungen von Safari, wähle „Websites“ und „Mitteilungen“ und erlaube diese Website.',
  'unblock.android':
    'Um sie zu erlauben, tippe auf das Symbol vor der Adresse, wähle „Berechtigungen“ und erlaube Benachrichtigungen.',
  'unblock.installed':
    'Um sie zu erlauben, öffne die Einstellungen deines Systems für diese App und schalte Mitteilungen ein.',
  'unblock.ios':
    'Um sie zu erlauben, öffne die App „Einstellungen“, wähle „Mitteilungen“ und diese App und erlaube Mitteilungen.',
  'state.unsupported': 'Dieser Browser kann keine Mitteilungen anzeigen.',
  'state.not-installed':
    'Für Mitteilungen brauchst du die App auf dem Home-Bildschirm: Tippe auf „Teilen“ und dann auf „Zum Home-Bildschirm“.',
  'problem.denied': 'Dein Browser blockiert Mitteilungen dieser Website.',
  'problem.dismissed': 'Du hast Mitteilungen noch nicht erlaubt.',
  'problem.browser': 'Dein Browser erreicht seinen Mitteilungsdienst nicht. Versuche es später noch einmal.',
  'problem.server': 'Der Server hat nicht wie erwartet geantwortet. Versuche es später noch einmal.',
  show: 'Mitteilungen zeigen',
  'show.text': 'Die Nachricht',
  'show.sender': 'Nur den Namen',
  'show.nothing': 'Nichts',
  sound: 'Mit Ton',
  everywhere: 'Auf allen deinen Geräten',
  mentions: 'Bei Erwähnungen auch aus stummgeschalteten Chats',
  quiet: 'Ruhezeit',
  quietNote: 'In dieser Zeit kommen keine Mitteilungen. Was dann noch ungelesen ist, kommt danach.',
  'quiet.from': 'Von',
  'quiet.to': 'Bis',
  'quiet.same': 'Die beiden Zeiten müssen sich unterscheiden.',
  test: 'Test senden',
  works: 'Mitteilungen funktionieren auf diesem Gerät.',
  'step.permission': 'Dein Browser erlaubt Mitteilungen',
  'step.subscription': 'Dieses Gerät ist registriert',
  'step.server': 'Der Server hat einen Test gesendet',
  'step.service': 'Der Mitteilungsdienst hat ihn angenommen',
  'step.shown': 'Die Mitteilung ist auf dem Bildschirm',
  'failed.permission': 'Dein Browser erlaubt keine Mitteilungen',
  'failed.subscription': 'Dieses Gerät ist nicht registriert: Schalte Mitteilungen aus und wieder ein',
  'failed.server': 'Der Server hat den Test nicht bestätigt',
  'failed.service': 'Der Mitteilungsdienst hat ihn nicht angenommen',
  'failed.shown': 'Die Mitteilung ist nicht angekommen. Prüfe die Mitteilungseinstellungen deines Systems',
};

/** The texts of the active language; the component renders again when it changes. */
export function usePushWords(): (word: PushWord) => string {
  useWords();
  const table = locale() === 'de' ? german : english;
  return (word) => table[word];
}
