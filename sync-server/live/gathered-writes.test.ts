import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gatherWrites } from './gathered-writes.ts';

/** A connection that notes what each call of the system would be given. */
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

describe('what is written to a connection', () => {
  it('in one turn leaves in one call, in order, also what a finished promise adds', async () => {
    const { stream, calls } = connection();
    stream.write('1');
    stream.cork(); // as for a frame's head and body
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

  it('leaves too where the connection is ended or destroyed in the same turn', async () => {
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
