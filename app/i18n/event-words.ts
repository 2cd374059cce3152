import { isolated } from './isolate.ts';
import type { Words } from './words.ts';

/** The event of a system message, as the record has it. */
interface SystemEvent {
  kind: string;
  by: string;
  userIds?: string[] | undefined;
  title?: string | undefined;
}

/** The text of a system message. `kind` is open: an event of a newer server has a text too. */
export function eventWords(event: SystemEvent, nameOf: (userId: string) => string, words: Words): string {
  const by = nameOf(event.by);
  const who = (event.userIds ?? []).map((id) => isolated(nameOf(id))).join(', ');
  switch (event.kind) {
    case 'member.add':
      return words('event.member.add', { by, who });
    case 'member.remove':
      return event.userIds?.[0] === event.by
        ? words('event.member.left', { by })
        : words('event.member.remove', { by, who });
    case 'member.role':
      return words('event.member.role', { by, who });
    case 'conversation.update':
      return event.title === undefined
        ? words('event.conversation.update', { by })
        : words('event.conversation.title', { by, title: event.title });
    default:
      return words('event.other', { by });
  }
}
