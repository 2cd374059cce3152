import { directMembers, isDirect, type ConversationId, type OpId } from '#protocol/ids.ts';

/** The paths of the pages other than conversations. `shell/routes.ts` says what each path shows. */
export const paths = { list: '/', newChat: '/new', settings: '/settings', signUp: '/sign-up' } as const;

export const DETAILS = '/details';

/** The two ids of a direct chat are path segments: a dot between them would look like a file name to a server. */
export function chatPath(stream: ConversationId): string {
  if (isDirect(stream)) return `/chat/d/${directMembers(stream).join('/')}`;
  return `/chat/g/${stream.slice(2)}`;
}

export function detailsPath(stream: ConversationId): string {
  return `${chatPath(stream)}${DETAILS}`;
}

/** The chat, scrolled to this message. */
export function messagePath(stream: ConversationId, message: OpId): string {
  return `${chatPath(stream)}?message=${message}`;
}
