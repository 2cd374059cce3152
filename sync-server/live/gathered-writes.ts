import type { Duplex } from 'node:stream';

/**
 * All writes to a connection in one turn are sent with one system call at the turn's end. Answers to a busy device become durable
 * together, and a system call for each frame would be the most expensive part of an answer.
 */
export function gatherWrites(connection: Duplex): void {
  const write = connection.write.bind(connection);
  let isGathering = false;
  const release = () => {
    isGathering = false;
    connection.uncork();
  };
  const gathered = (...args: Parameters<Duplex['write']>) => {
    if (!isGathering) {
      isGathering = true;
      connection.cork();
      process.nextTick(release);
    }
    return write(...args);
  };
  connection.write = gathered as Duplex['write'];
  // A refused upgrade is an answer and a destroy in the same turn, and the answer must still be sent.
  const destroy = connection.destroy.bind(connection);
  connection.destroy = (error?: Error) => {
    if (isGathering) release();
    return destroy(error);
  };
}
