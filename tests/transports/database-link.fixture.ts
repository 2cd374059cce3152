import { type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { commandIn, eachMessage, failureOf, firstDocuments } from '#server/database/testing/wire-messages.fixture.ts';

/**
 * `wait`: the command is held back. `fail`: it is answered with an error and never reaches the database. `cut short`: the
 * first command, an insert, writes only the batch and one entry and fails, and later ones are held back, as if the database were killed
 * in the middle of the insert and started again.
 */
type FaultKind = 'wait' | 'fail' | 'cut short';

interface Fault {
  /** Resolves when a matching command has arrived; of a cut one, when its document is written. */
  met: Promise<void>;
  /** Lets everything pass again, held commands included. */
  end(): void;
}

export interface DatabaseLink {
  uri: string;
  /** Affects every command of this name that contains all of these texts, until the fault ends. */
  inject(kind: FaultKind, command: string, ...texts: string[]): Fault;
  close(): void;
}

/** A proxy between a server and its database. */
export async function startDatabaseLink(target: string, folder: string): Promise<DatabaseLink> {
  const path = join(folder, 'link.sock');
  const open = new Set<Socket>();
  const faults = new Set<{ matches(message: Buffer): boolean; kind: FaultKind; held: (() => void)[]; meet(): void }>();

  const server = createServer((near) => {
    const far = connect(target);
    let whenAnswered: (() => void) | undefined;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
    }
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    // A driver sends the next command on a connection only after the answer to the last one.
    near.on(
      'data',
      eachMessage((message) => {
        const fault = [...faults].find(({ matches }) => matches(message));
        if (fault === undefined) return void far.write(message);
        if (fault.kind === 'cut short') {
          fault.kind = 'wait';
          whenAnswered = () => {
            near.write(failureOf(message));
            fault.meet();
          };
          return void far.write(firstDocuments(message, 2));
        }
        if (fault.kind === 'wait') fault.held.push(() => far.write(message));
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
    inject(kind, command, ...texts) {
      let meet: () => void = () => undefined;
      const met = new Promise<void>((resolve) => (meet = resolve));
      const matches = (message: Buffer) =>
        commandIn(message)[0] === command && texts.every((text) => message.includes(text));
      const fault = { matches, kind, held: [] as (() => void)[], meet };
      faults.add(fault);
      return {
        met,
        end() {
          faults.delete(fault);
          for (const pass of fault.held.splice(0)) pass();
        },
      };
    },
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
