import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gatherWrites } from './gathered-writes.ts';

/** A connection that records what each system call would get. */
function connection() {
  const calls: string[][] = [];
  const stream = new Duplex({
    read: () => undefined,
    write(chunk, _encoding, done) {
      calls.push([String(chunk)]);
      done();
    },
    writev(chunks, done) {
      calls.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  gatherWrites(stream);
  return { stream, calls };
}

describe('writes to a connection', () => {
  it('are sent with one system call per turn, in order, including those of a settled promise', async () => {
    const { stream, calls } = connection();
    stream.write('1');
    stream.cork(); // as a frame's head and body are
    stream.write('2');
    stream.write('3');
    stream.uncork();
    await Promise.resolve();
    stream.write('4');
    expect(calls).toEqual([]);
    await turn();
    expect(calls).toEqual([['1', '2', '3', '4']]);
    stream.write('5');
    await turn();
    expect(calls).toEqual([['1', '2', '3', '4'], ['5']]);
  });

  it('are sent even if the connection is ended or destroyed in the same turn', async () => {
    const ended = connection();
    ended.stream.write('1');
    ended.stream.end('2');
    const destroyed = connection();
    destroyed.stream.write('1');
    destroyed.stream.destroy();
    await turn();
    expect(ended.calls.flat()).toEqual(['1', '2']);
    expect(destroyed.calls).toEqual([['1']]);
  });
});
