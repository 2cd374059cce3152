import { chatPath } from '#protocol/chat-path.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';

/** The paths of the pages other than conversations. `shell/routes.ts` says what each path shows. */
export const paths = {
  list: '/',
  newChat: '/new',
  settings: '/settings',
  administration: '/administration',
  outbox: '/outbox',
  signUp: '/sign-up',
  forgotten: '/forgotten-password',
  reset: '/reset-password',
  verify: '/verify-email',
} as const;

/** The page of a link to a group: `/join/<token>`. */
export const JOIN = '/join/';

/** The page of a link to a person: `/u/<userId>`. */
export const PERSON = '/u/';

/** Whether it is the path of one of these two. */
export const isLink = (path: string) => /^\/(join|u)\/./.test(path);

export const DETAILS = '/details';

export function detailsPath(stream: ConversationId): string {
  return `${chatPath(stream)}${DETAILS}`;
}

/** The chat, scrolled to this message. */
export function messagePath(stream: ConversationId, message: OpId): string {
  return `${chatPath(stream)}?message=${message}`;
}
