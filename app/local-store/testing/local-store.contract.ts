import { describe } from 'vitest';
import { describeOutbox } from './outbox.contract.ts';
import { describeOverlays } from './overlays.contract.ts';
import { describePages } from './pages.contract.ts';
import { describeReading } from './reading.contract.ts';
import { describeResets } from './resets.contract.ts';
import type { TestDevice } from './test-device.ts';

/** The contract of every local store, whatever its backing. Its person is `ann`. */
export function describeLocalStore(name: string, newDevice: () => TestDevice): void {
  describe(`local store: ${name}`, () => {
    describePages(newDevice);
    describeResets(newDevice);
    describeReading(newDevice);
    describeOutbox(newDevice);
    describeOverlays(newDevice);
  });
}
