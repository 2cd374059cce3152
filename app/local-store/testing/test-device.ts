import { afterEach, beforeEach } from 'vitest';
import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { actsOn } from './acts.fixture.ts';
import { newGroup } from './records.fixture.ts';

/** A device: `tab` opens its store, once more for each further tab. */
export interface TestDevice {
  tab(): Promise<LocalStore>;
  close(): Promise<void>;
}

interface OpenDevice {
  device: TestDevice;
  /** The first tab's. */
  store: LocalStore;
  /** A group of which the device has nothing. */
  stream: ConversationId;
  acts: ReturnType<typeof actsOn>;
}

/** Opens a new device before every test, and closes it afterwards. */
export function forEveryTest(newDevice: () => TestDevice, use: (opened: OpenDevice) => void): void {
  let device: TestDevice;
  beforeEach(async () => {
    device = newDevice();
    const [store, stream] = [await device.tab(), newGroup()];
    use({ device, store, stream, acts: actsOn(store, stream) });
  });
  afterEach(() => device.close());
}
