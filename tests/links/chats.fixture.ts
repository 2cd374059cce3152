import { randomBytes } from 'node:crypto';
import { groupStream, type ConversationId } from '#protocol/ids.ts';
import { newId, push, sendOp, signUp, type Person } from '#tests/faults/person.fixture.ts';

const OPS_PER_PUSH = 100;

export interface Account {
  person: Person;
  chats: ConversationId[];
}

interface Texts {
  /** In each chat. */
  count?: number;
  /** Makes all of them random and so long: compression gains little. */
  randomLength?: number;
}

/** A person in so many groups of two, with texts in each. */
export async function accountWith(origin: string, chats: number, texts: Texts = {}): Promise<Account> {
  const { count = 8, randomLength } = texts;
  const [person, other] = await Promise.all([signUp(origin, 'Ann Archer'), signUp(origin, 'Bob Burns')]);
  const streams = Array.from({ length: chats }, () => groupStream(newId()));
  const text = (no: number, at: number) =>
    randomLength === undefined
      ? `text ${no} about the plan for next week, chat ${at}`
      : randomBytes(randomLength).toString('base64').slice(0, randomLength);
  const ops = streams.flatMap((stream, at) => [
    { id: newId(), stream, kind: 'conversation.create', title: `Group ${at}`, memberIds: [person.userId] },
    ...Array.from({ length: count }, (_, no) => sendOp(stream, text(no, at))),
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
