import { directMembers, isDirect, type ConversationId } from './ids.ts';

/**
 * The path of a chat's page, to which notifications lead. The two ids of a direct chat are path segments, because a dot between
 * them would look like a file name to a server.
 */
export function chatPath(stream: ConversationId): string {
  if (isDirect(stream)) return `/chat/d/${directMembers(stream).join('/')}`;
  return `/chat/g/${stream.slice(2)}`;
}
