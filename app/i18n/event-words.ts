import { isolated } from './isolate.ts';
import type { Words } from './words.ts';

/** The event of a system message, as it is in the record. */
interface SystemEvent {
  kind: string;
  by: string;
  userIds?: string[] | undefined;
  title?: string | undefined;
}

/** The reader, who is addressed directly in events that they caused or that happened to them. */
export interface EventReader {
  self: string;
  nameOf: (userId: string) => string;
}

/** The text of a system message. `kind` is open: an event of a newer server has a text too. */
export function eventWords(event: SystemEvent, { self, nameOf }: EventReader, words: Words): string {
  const by = nameOf(event.by);
  const ids = event.userIds ?? [];
  const who = namesWords(ids, { self, nameOf }, words);
  const isBySelf = event.by === self;
  switch (event.kind) {
    case 'member.add':
      return isBySelf ? words('event.member.add.you', { who }) : words('event.member.add', { by, who });
    case 'member.join':
      return isBySelf ? words('event.member.join.you') : words('event.member.join', { by });
    case 'member.remove':
      if (ids[0] === event.by) return isBySelf ? words('event.member.left.you') : words('event.member.left', { by });
      return isBySelf ? words('event.member.remove.you', { who }) : words('event.member.remove', { by, who });
    case 'member.role':
      if (ids[0] === self) return words('event.member.role.yours', { by });
      return isBySelf ? words('event.member.role.you', { who }) : words('event.member.role', { by, who });
    case 'conversation.update':
      return event.title === undefined
        ? isBySelf
          ? words('event.conversation.update.you')
          : words('event.conversation.update', { by })
        : isBySelf
          ? words('event.conversation.title.you', { title: event.title })
          : words('event.conversation.title', { by, title: event.title });
    default:
      return isBySelf ? words('event.other.you') : words('event.other', { by });
  }
}

/** The remaining names are replaced by their number, because somebody may add a hundred people at once. */
const MOST_NAMES = 4;

/** The reader is named first. */
function namesWords(ids: readonly string[], { self, nameOf }: EventReader, words: Words): string {
  const ordered = [...ids.filter((id) => id === self), ...ids.filter((id) => id !== self)];
  const named = ordered.slice(0, ids.length > MOST_NAMES ? MOST_NAMES - 1 : MOST_NAMES);
  const names = named.map((id) => (id === self ? words('event.you') : isolated(nameOf(id))));
  const count = ids.length - named.length;
  if (count > 0) return words('event.others', { names: names.join(', '), count });
  const last = names.pop() ?? '';
  return names.length === 0 ? last : words('event.and', { names: names.join(', '), last });
}
