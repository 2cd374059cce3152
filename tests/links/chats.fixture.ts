import { groupStream, type ConversationId } from '#protocol/ids.ts';
import { newId, push, sendOp, signUp, type Person } from '#tests/faults/person.fixture.ts';

const OPS_PER_PUSH = 100;

export interface Account {
  person: Person;
  chats: ConversationId[];
}

/** A person in so many groups of two, with so many texts in each; the last text of each is `text <number>`. */
export async function accountWith(origin: string, chats: number, texts = 8): Promise<Account> {
  const [person, other] = await Promise.all([signUp(origin, 'Ann Archer'), signUp(origin, 'Bob Burns')]);
  const streams = Array.from({ length: chats }, () => groupStream(newId()));
  const ops = streams.flatMap((stream, at) => [
    { id: newId(), stream, kind: 'conversation.create', title: `Group ${at}`, memberIds: [person.userId] },
    ...Array.from({ length: texts }, (_, no) => sendOp(stream, `text ${no} about the plan for next week, chat ${at}`)),
  ]);
  await pushAll(origin, other, ops);
  return { person, chats: streams };
}

/** Pushes until every op is stored. */
export async function pushAll(origin: string, person: Person, ops: object[]): Promise<void> {
  for (let at = 0; at < ops.length; at += OPS_PER_PUSH) {
    const { answer } = await push(origin, person, ...ops.slice(at, at + OPS_PER_PUSH));
    const refused = answer.results?.find(({ ok }) => !ok);
    if (answer.results === undefined || refused !== undefined) throw new Error(JSON.stringify(refused ?? answer));
  }
}
