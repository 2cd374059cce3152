import { type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { commandIn, eachMessage, failureOf, firstDocuments } from '#server/database/wire-messages.fixture.ts';

/**
 * What becomes of commands: they wait; they fail without having come; or of the first, an insert, only the batch and one entry
 * are written, it fails, and the others wait, as where the database is killed in the middle of it and starts again.
 */
type Fate = 'waits' | 'fails' | 'is cut short';

interface Fault {
  /** A command that is meant has come; what is cut short is written. */
  met: Promise<void>;
  /** From here on all passes, also what waits. */
  end(): void;
}

export interface DatabaseLink {
  uri: string;
  /** Until its end, for every command of this name that has all of these texts in it. */
  begin(fate: Fate, command: string, ...texts: string[]): Fault;
  close(): void;
}

/** Stands between a server and its database. */
export async function startDatabaseLink(target: string, folder: string): Promise<DatabaseLink> {
  const path = join(folder, 'link.sock');
  const open = new Set<Socket>();
  const faults = new Set<{ isMeant(message: Buffer): boolean; fate: Fate; waiting: (() => void)[]; meet(): void }>();

  const server = createServer((near) => {
    const far = connect(target);
    let whenAnswered: (() => void) | undefined;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
    }
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    // A driver sends the next command of a connection when it has the answer to the last one.
    near.on(
      'data',
      eachMessage((message) => {
        const fault = [...faults].find(({ isMeant }) => isMeant(message));
        if (fault === undefined) return void far.write(message);
        if (fault.fate === 'is cut short') {
          fault.fate = 'waits';
          whenAnswered = () => {
            near.write(failureOf(message));
            fault.meet();
          };
          return void far.write(firstDocuments(message, 2));
        }
        if (fault.fate === 'waits') fault.waiting.push(() => far.write(message));
        else near.write(failureOf(message));
        fault.meet();
      }),
    );
    far.on(
      'data',
      eachMessage((answer) => {
        if (whenAnswered === undefined) near.write(answer);
        else whenAnswered();
        whenAnswered = undefined;
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));

  return {
    uri: `mongodb://${encodeURIComponent(path)}`,
    begin(fate, command, ...texts) {
      let meet: () => void = () => undefined;
      const met = new Promise<void>((resolve) => (meet = resolve));
      const isMeant = (message: Buffer) =>
        commandIn(message)[0] === command && texts.every((text) => message.includes(text));
      const fault = { isMeant, fate, waiting: [] as (() => void)[], meet };
      faults.add(fault);
      return {
        met,
        end() {
          faults.delete(fault);
          for (const pass of fault.waiting.splice(0)) pass();
        },
      };
    },
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
