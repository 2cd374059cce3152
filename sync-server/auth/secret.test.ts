import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authSecret } from './secret.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teamlink-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('authSecret', () => {
  it('is long, created once, kept, and readable only by its owner', async () => {
    const dataDir = join(folder, 'new', 'deep');
    const first = await authSecret(dataDir, undefined);
    expect(first.length).toBeGreaterThanOrEqual(32);
    expect(await authSecret(dataDir, undefined)).toBe(first);
    expect((await stat(join(dataDir, 'auth-secret'))).mode & 0o077).toBe(0);
    expect(await readdir(dataDir)).toEqual(['auth-secret']);
  });

  it('is the same for servers that start at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => authSecret(folder, undefined)));
    expect(new Set(all).size).toBe(1);
    expect(await readFile(join(folder, 'auth-secret'), 'utf8')).toBe(all[0]);
    expect(await readdir(folder)).toEqual(['auth-secret']);
  });

  it('is the configured one if there is one, and then no file is written', async () => {
    expect(await authSecret(folder, 'configured')).toBe('configured');
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a file without a secret, and does not replace it', async () => {
    await writeFile(join(folder, 'auth-secret'), 'short\n');
    await expect(authSecret(folder, undefined)).rejects.toThrow(/holds no secret/);
    expect(await readFile(join(folder, 'auth-secret'), 'utf8')).toBe('short\n');
  });
});
