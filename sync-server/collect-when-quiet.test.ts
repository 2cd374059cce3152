import { setTimeout as pause } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { collectWhenQuiet } from './collect-when-quiet.ts';

it('when the thread is quiet, the memory between objects that are still in use is returned to the system', async () => {
  const heldBytes = () => getHeapStatistics().total_physical_size;
  let made: object[] = [];
  for (let at = 0; at < 800_000; at++) made.push({ at, text: `text ${at}` });
  const kept = made.filter((_, at) => at % 50 === 0);
  const before = heldBytes();
  made = [];

  const collecting = collectWhenQuiet({ lookEveryMs: 200, afterMs: [200] });
  while (heldBytes() > before - 24 * 1024 * 1024) await pause(50);

  collecting.close();
  expect(kept).toHaveLength(16_000);
});
