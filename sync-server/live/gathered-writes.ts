import type { Duplex } from 'node:stream';

/**
 * What is written to a connection in one turn leaves with one call of the system, at the turn's end: answers to a device
 * that sends much become durable together, and each frame would else be a call, the dearest part of an answer.
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
  // An upgrade is refused by an answer and a destroy in the same turn: the answer must have left.
  const destroy = connection.destroy.bind(connection);
  connection.destroy = (error?: Error) => {
    if (isGathering) release();
    return destroy(error);
  };
}
