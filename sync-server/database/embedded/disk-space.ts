import { statfs } from 'node:fs/promises';

/** With less room than this on the disk, the next larger write fails again. */
const ENOUGH_BYTES = 4 * 1024 * 1024;
const LOOK_EVERY_MS = 2_000;

export interface DiskSpace {
  /** A write failed because the disk is full. `probe` writes something small that changes nothing, and rejects while the disk is full. */
  failed(probe: () => Promise<unknown>): void;
  /** True from the first write that failed until there is room again and a write has succeeded. */
  isFull(): boolean;
  close(): void;
}

interface DiskSpaceParts {
  folder: string;
  log: (sentence: string) => void;
  everyMs?: number;
  /** For tests. */
  freeBytes?: (folder: string) => Promise<number>;
}

/** Tells the operator once that the disk is full, and once that it has room again, however many writes fail in between. [REL-20] */
export function watchDiskSpace({
  folder,
  log,
  everyMs = LOOK_EVERY_MS,
  freeBytes = freeOnDisk,
}: DiskSpaceParts): DiskSpace {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  async function hasRoom(probe: () => Promise<unknown>): Promise<boolean> {
    try {
      if ((await freeBytes(folder)) < ENOUGH_BYTES) return false;
      await probe();
      return true;
    } catch {
      return false;
    }
  }

  async function look(probe: () => Promise<unknown>): Promise<void> {
    const isOver = await hasRoom(probe);
    if (isClosed) return;
    if (!isOver) return void (timer = setTimeout(() => void look(probe), everyMs).unref());
    timer = undefined;
    log('the disk has room again, and everything is stored as usual');
  }

  return {
    failed(probe) {
      if (timer !== undefined || isClosed) return;
      log(
        `the disk that holds ${folder} is full: nothing new is stored until there is room; what is stored can be read`,
      );
      timer = setTimeout(() => void look(probe), everyMs).unref();
    },
    isFull: () => timer !== undefined,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

async function freeOnDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
