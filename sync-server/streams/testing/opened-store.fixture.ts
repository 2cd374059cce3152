import { afterAll, beforeAll } from 'vitest';

export interface OpenedStore<Store> {
  store: Store;
  close(): Promise<void>;
}

/** Opens one store for all tests of a contract, and closes it after them. */
export function openForAllTests<Store>(open: () => Promise<OpenedStore<Store>>, use: (store: Store) => void): void {
  let opened: OpenedStore<Store>;
  beforeAll(async () => {
    opened = await open();
    use(opened.store);
  });
  afterAll(() => opened.close());
}
