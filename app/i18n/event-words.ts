import type { Words } from './words.ts';

/** What a system message tells, as it stands in records. */
interface SystemEvent {
  kind: string;
  by: string;
  userIds?: string[] | undefined;
  title?: string | undefined;
}

/** A system message in words. `kind` is open: what a newer server made has a sentence too. */
export function eventWords(event: SystemEvent, nameOf: (userId: string) => string, words: Words): string {
  const by = nameOf(event.by);
  const who = (event.userIds ?? []).map(nameOf).join(', ');
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
