/** The kinds of emails. Those with a token were started by the accounts' library; the others get their token when they are sent. */
export type AccountEmail = { language: Language } & (
  | { kind: 'reset'; address: string }
  | { kind: 'verify'; userId: string }
  /** To the current address, asking whether it may change. */
  | { kind: 'confirm-change'; address: string; newAddress: string; token: string }
  /** To the address that an account is to have. */
  | { kind: 'verify-change'; address: string; token: string }
  /** The account is deleted at that time, milliseconds since 1970, unless its person signs in. */
  | { kind: 'deletion'; address: string; deletedAfter: number }
  /** The account has a new passkey, or its first password. */
  | { kind: 'new-passkey' | 'new-password'; address: string }
);

/** How long the link in an email about an address works. */
export const LINK_SECONDS = 86_400;

export type Language = 'en' | 'de';

/** The language of emails that a browser prefers. */
export function languageOf(acceptLanguage: string | null): Language {
  for (const part of (acceptLanguage ?? '').slice(0, 200).split(',')) {
    const [language = ''] = part.trim().toLowerCase().split(/[-;]/);
    if (language === 'en' || language === 'de') return language;
  }
  return 'en';
}

/** The token is in the fragment, which browsers send to no server and name in no referrer. */
export function linkOf(kind: AccountEmail['kind'], token: string, origin: string): string {
  if (kind === 'deletion') return `${origin}/`;
  if (kind === 'new-passkey' || kind === 'new-password') return `${origin}/settings`;
  return `${origin}/${kind === 'reset' ? 'reset-password' : 'verify-email'}#${token}`;
}

export function textOf(email: AccountEmail, link: string): { subject: string; text: string } {
  const { subject, paragraphs } = words[email.language][email.kind];
  const changed = email.kind === 'confirm-change' ? email.newAddress : '';
  const day = email.kind === 'deletion' ? dayOf(email.deletedAfter, email.language) : '';
  const text = paragraphs.map((paragraph) =>
    paragraph
      .replace('{link}', () => link)
      .replace('{address}', () => changed)
      .replace('{day}', () => day),
  );
  return { subject, text: `${text.join('\n\n')}\n` };
}

function dayOf(timeMs: number, language: Language): string {
  return new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    timeMs,
  );
}

type Words = Record<AccountEmail['kind'], { subject: string; paragraphs: string[] }>;

const words: Record<Language, Words> = {
  en: {
    reset: {
      subject: 'Choose a new TeamLink password',
      paragraphs: [
        'Somebody asked for a new password for your TeamLink account. If it was you, open this link within an hour:',
        '{link}',
        'If it wasn’t you, ignore this email. Your password stays as it is.',
      ],
    },
    verify: {
      subject: 'Confirm your email address for TeamLink',
      paragraphs: [
        'An account on TeamLink was created with this email address. To confirm that the address is yours, open this link within a day:',
        '{link}',
        'If you didn’t create the account, ignore this email.',
      ],
    },
    'confirm-change': {
      subject: 'Change your TeamLink email address?',
      paragraphs: [
        'Somebody who is signed in to your TeamLink account asked to change its email address to {address}. If it was you, open this link within a day. A second email then goes to the new address.',
        '{link}',
        'If it wasn’t you, don’t open the link. Nothing changes then, but sign out your other devices in the settings and choose a new password.',
      ],
    },
    'verify-change': {
      subject: 'Confirm your new email address for TeamLink',
      paragraphs: [
        'To sign in to TeamLink with this email address from now on, open this link within a day:',
        '{link}',
        'If you didn’t ask for this, ignore this email.',
      ],
    },
    deletion: {
      subject: 'Your TeamLink account will be deleted',
      paragraphs: [
        'You asked to delete your TeamLink account. You are signed out everywhere, and the account will be deleted on {day}.',
        'To keep it, sign in before that day:',
        '{link}',
        'If it wasn’t you, sign in now and choose a new password.',
      ],
    },
    'new-passkey': {
      subject: 'A passkey was added to your TeamLink account',
      paragraphs: [
        'From now on, a new passkey signs in to your TeamLink account. If you added it, there is nothing to do.',
        'If it wasn’t you, remove it in the settings, sign out your other devices, and choose a new password:',
        '{link}',
      ],
    },
    'new-password': {
      subject: 'A password was set for your TeamLink account',
      paragraphs: [
        'From now on, a password signs in to your TeamLink account. If you set it, there is nothing to do.',
        'If it wasn’t you, remove it in the settings, and sign out your other devices:',
        '{link}',
      ],
    },
  },
  de: {
    reset: {
      subject: 'Wähle ein neues Passwort für TeamLink',
      paragraphs: [
        'Jemand hat ein neues Passwort für dein TeamLink-Konto angefordert. Wenn du das warst, öffne innerhalb einer Stunde diesen Link:',
        '{link}',
        'Wenn du es nicht warst, ignoriere diese E-Mail. Dein Passwort bleibt, wie es ist.',
      ],
    },
    verify: {
      subject: 'Bestätige deine E-Mail-Adresse für TeamLink',
      paragraphs: [
        'Mit dieser E-Mail-Adresse wurde ein TeamLink-Konto erstellt. Wenn die Adresse dir gehört, öffne innerhalb eines Tages diesen Link:',
        '{link}',
        'Wenn du das Konto nicht erstellt hast, ignoriere diese E-Mail.',
      ],
    },
    'confirm-change': {
      subject: 'Soll sich deine E-Mail-Adresse bei TeamLink ändern?',
      paragraphs: [
        'Jemand, der bei deinem TeamLink-Konto angemeldet ist, möchte dessen E-Mail-Adresse in {address} ändern. Wenn du das warst, öffne innerhalb eines Tages diesen Link. Danach geht eine zweite E-Mail an die neue Adresse.',
        '{link}',
        'Wenn du es nicht warst, öffne den Link nicht. Dann ändert sich nichts. Melde aber in den Einstellungen deine anderen Geräte ab und wähle ein neues Passwort.',
      ],
    },
    'verify-change': {
      subject: 'Bestätige deine neue E-Mail-Adresse für TeamLink',
      paragraphs: [
        'Wenn du dich ab jetzt mit dieser E-Mail-Adresse bei TeamLink anmelden möchtest, öffne innerhalb eines Tages diesen Link:',
        '{link}',
        'Wenn du das nicht wolltest, ignoriere diese E-Mail.',
      ],
    },
    deletion: {
      subject: 'Dein TeamLink-Konto wird gelöscht',
      paragraphs: [
        'Du möchtest dein TeamLink-Konto löschen. Du bist überall abgemeldet, und am {day} wird das Konto gelöscht.',
        'Wenn du es behalten möchtest, melde dich vorher an:',
        '{link}',
        'Wenn du es nicht warst, melde dich jetzt an und wähle ein neues Passwort.',
      ],
    },
    'new-passkey': {
      subject: 'Dein TeamLink-Konto hat einen neuen Passkey',
      paragraphs: [
        'Ab jetzt kann man sich mit einem neuen Passkey bei deinem TeamLink-Konto anmelden. Wenn du ihn hinzugefügt hast, musst du nichts tun.',
        'Wenn du es nicht warst, entferne ihn in den Einstellungen, melde deine anderen Geräte ab und wähle ein neues Passwort:',
        '{link}',
      ],
    },
    'new-password': {
      subject: 'Dein TeamLink-Konto hat jetzt ein Passwort',
      paragraphs: [
        'Ab jetzt kann man sich mit einem Passwort bei deinem TeamLink-Konto anmelden. Wenn du es festgelegt hast, musst du nichts tun.',
        'Wenn du es nicht warst, entferne es in den Einstellungen und melde deine anderen Geräte ab:',
        '{link}',
      ],
    },
  },
};
