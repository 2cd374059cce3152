import * as v from 'valibot';
import { ConversationId, directMembers, isDirect, type OpId } from '#protocol/ids.ts';

/** A chat's path. The two parts of a direct chat's name are path segments, so that no server takes the dot for a file's. */
export function chatPath(stream: ConversationId): string {
  if (isDirect(stream)) return `/chat/d/${directMembers(stream).join('/')}`;
  return `/chat/g/${stream.slice(2)}`;
}

const DETAILS = '/details';

export function detailsPath(stream: ConversationId): string {
  return `${chatPath(stream)}${DETAILS}`;
}

/** The chat, shown at this message. */
export function messagePath(stream: ConversationId, message: OpId): string {
  return `${chatPath(stream)}?message=${message}`;
}

export function isDetails(path: string): boolean {
  return path.endsWith(DETAILS) && namedBy(path.slice(0, -DETAILS.length)) !== undefined;
}

/** The conversation that a path names, itself or its details; undefined for any other text, which a link may hold. */
export function chatAt(path: string): ConversationId | undefined {
  return namedBy(path) ?? (path.endsWith(DETAILS) ? namedBy(path.slice(0, -DETAILS.length)) : undefined);
}

function namedBy(path: string): ConversationId | undefined {
  const [, chat, kind, first, second, ...rest] = path.split('/');
  if (chat !== 'chat' || rest.length > 0 || first === undefined) return undefined;
  const name =
    kind === 'd' && second !== undefined
      ? `d:${first}.${second}`
      : kind === 'g' && second === undefined
        ? `g:${first}`
        : '';
  const parsed = v.safeParse(ConversationId, name);
  return parsed.success ? parsed.output : undefined;
}
