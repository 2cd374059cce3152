import { afterAll, beforeAll } from 'vitest';
import { type StreamId, type UserId, personalStream } from '#protocol/ids.ts';
import { type TestPerson, type TestServer, type TestSocket, startTestServer } from '#server/testing/server.fixture.ts';

/** How a verb travels: an event with an ack, or `POST /api/sync/<verb>`. [VB1] */
export const transports = ['socket', 'http'] as const;
export type Transport = (typeof transports)[number];

/** A person who asks over one transport. Their socket is open in any case, for live changes. */
export interface Client {
  userId: UserId;
  name: string;
  own: StreamId;
  person: TestPerson;
  socket: TestSocket;
  ask: TestSocket['ask'];
}

/** One server for all tests of a file. */
export function serverForFile(env: Record<string, string> = {}): () => TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => void (server = await startTestServer(env)));
  afterAll(() => server?.close());
  return () => {
    if (server === undefined) throw new Error('the server has not started');
    return server;
  };
}

/** For all tests of a suite: Ann, Bob, Eve and Dan, who share no conversation yet. */
export function fourPeople(
  server: () => TestServer,
  transport: Transport,
  use: (people: [Client, Client, Client, Client]) => void,
): void {
  beforeAll(async () => {
    const names = ['Ann', 'Bob', 'Eve', 'Dan'];
    const clients = names.map(async (name) => clientOf(await server().signUp(name), name, transport));
    use((await Promise.all(clients)) as [Client, Client, Client, Client]);
  });
}

export async function clientOf(person: TestPerson, name: string, transport: Transport): Promise<Client> {
  const socket = await person.connect();
  const { userId } = person;
  const overHttp: Client['ask'] = async (verb, request) => (await person.post(verb, request)).answer;
  return {
    userId,
    name,
    own: personalStream(userId),
    person,
    socket,
    ask: transport === 'socket' ? socket.ask : overHttp,
  };
}
