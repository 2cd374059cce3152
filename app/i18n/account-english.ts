import { plural, say, type Message } from './message.ts';

/** What the screens say where somebody signs in, or proves who they are. */
export const accountEnglish = {
  'app.tagline': 'Your chats, even when you’re offline.',

  'field.name': 'Name',
  'field.email': 'Email',
  'field.password': 'Password',
  'field.showPassword': 'Show password',
  'field.hidePassword': 'Hide password',
  'field.passwordHint': 'At least 8 characters',
  'signIn.title': 'Sign in to TeamLink',
  'signIn.new': 'New here?',
  'signIn.forgotten': 'Forgot your password?',
  'account.byInvitation': 'This server takes new people by invitation. Ask the person who runs it for a link.',
  'account.invitationUsed': 'You need an invitation, and this one no longer works. Ask for a new link.',
  'account.suspended': 'This account is suspended. Ask the person who runs the server.',
  'field.code': 'Code',
  'field.codeHint': 'Six digits from your authenticator app, or a recovery code',
  'account.wrongCode': 'This code is wrong. Take the one that the app shows now.',
  'account.codeLate': 'This took too long, or too many codes were wrong. Reload the page and start again.',
  'account.closed': 'This server takes no new accounts. Ask the person who runs it.',
  'signUp.title': 'Create an account',
  'signUp.body': 'All you need is a name, an email address and a password.',
  'signUp.button': 'Sign up',
  'signUp.have': 'Already have an account?',
  'account.passkeyRefused': 'This passkey opens no account here. Sign in another way.',
  'account.domain': 'This server takes only certain email addresses. Use one from your work, school or club.',
  'account.confirmFirst': 'Open the link in the message that we sent you, then sign in.',
  'account.working': 'One moment…',
  'account.wrong': 'Wrong email or password.',
  'account.taken': 'An account with this email already exists. Sign in instead, or use a different email.',
  'account.noSession': 'Signing in didn’t work. If you have an account with this email, sign in instead.',
  'account.offline': 'The server can’t be reached. You need a connection to sign in.',
  'account.common': 'Others guess this password first. Add a few words to it, or take another one.',
  'account.rate': say`Too many attempts. Wait ${plural('seconds', { one: '# second', other: '# seconds' })}, then try again.`,
  'account.rateUnknown': 'Too many attempts. Wait a little, then try again.',
  'account.refused': 'The server rejected this. Check what you entered.',
  'account.server': 'Something went wrong on the server. Try again in a moment.',

  'obstacle.page':
    'Another page answers instead of the server. Your network or a proxy may want you to sign in there first.',
  'obstacle.gateway': 'The server isn’t available at the moment. Try again in a few minutes.',
  'obstacle.address':
    'This server is set up for a different address. Tell the person who runs it: the setting is PUBLIC_URL.',
  'obstacle.open': 'Open that page',
} satisfies Record<string, Message>;
