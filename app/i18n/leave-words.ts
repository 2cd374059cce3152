import type { Words } from './words.ts';

interface Leaving {
  /** The group's name. */
  name: string;
  /** The role of the person who leaves. */
  role: string | undefined;
  /** The name of the next owner, if an owner leaves others behind. */
  successor: string | undefined;
}

/** The question for somebody who is about to leave a group. [OP15] */
export function leaveQuestion({ name, role, successor }: Leaving, words: Words): { title: string; body: string } {
  const after =
    successor !== undefined
      ? words('details.leaveSuccessor', { name: successor })
      : role === 'owner'
        ? words('details.leaveAlone')
        : '';
  return { title: words('details.leaveTitle', { name }), body: `${words('details.leaveBody')} ${after}`.trim() };
}
