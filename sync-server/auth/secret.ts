import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'auth-secret';

/**
 * Signs the session cookies. Configured, or created once and kept in the data folder, readable only by its owner. If it is lost,
 * everybody is signed out, without further consequences.
 */
export async function authSecret(dataDir: string, configured: string | undefined): Promise<string> {
  if (configured !== undefined) return configured;
  const path = join(dataDir, FILE);
  const kept = await read(path);
  if (kept !== null) return kept;

  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const draft = join(dataDir, `${FILE}.${randomBytes(6).toString('hex')}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(randomBytes(48).toString('base64url'));
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // A link never replaces a file, so two servers that start at once both use the first one's secret.
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return (await read(path)) ?? fail(path);
}

async function read(path: string): Promise<string | null> {
  try {
    const secret = (await readFile(path, 'utf8')).trim();
    return secret.length >= 32 ? secret : fail(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

function fail(path: string): never {
  throw new Error(`${path} holds no secret; remove it to create a new one, which signs everybody out.`);
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
