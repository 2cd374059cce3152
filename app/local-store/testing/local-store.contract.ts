import { describe } from 'vitest';
import { describeAcceptedOps } from './accepted-ops.contract.ts';
import { describeBlocks } from './blocks.contract.ts';
import { describeEdits } from './edits.contract.ts';
import { describeDrafts } from './drafts.contract.ts';
import { describeOutbox } from './outbox.contract.ts';
import { describeOverlays } from './overlays.contract.ts';
import { describePages } from './pages.contract.ts';
import { describeReading } from './reading.contract.ts';
import { describeRefusedOps } from './refused-ops.contract.ts';
import { describeResets } from './resets.contract.ts';
import { describeRuns } from './runs.contract.ts';
import type { TestDevice } from './test-device.ts';
import { describeWaiting } from './waiting.contract.ts';

/** The contract of every local store, whatever its backing. Its person is `ann`. */
export function describeLocalStore(name: string, newDevice: () => TestDevice): void {
  describe(`local store: ${name}`, () => {
    describePages(newDevice);
    describeRuns(newDevice);
    describeResets(newDevice);
    describeReading(newDevice);
    describeDrafts(newDevice);
    describeOutbox(newDevice);
    describeAcceptedOps(newDevice);
    describeRefusedOps(newDevice);
    describeOverlays(newDevice);
    describeWaiting(newDevice);
    describeBlocks(newDevice);
    describeEdits(newDevice);
  });
}
