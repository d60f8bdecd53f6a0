// Directories that only a server and its users can enter, for its Unix socket too.
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../runtime/error-code.ts';
import { canReach } from './system-user.ts';
import type { SystemUser } from './system-user.ts';

/** The most bytes in a socket's path: 107 on Linux, 103 on macOS. */
const longestSocketPath = 103;

/**
 * The directory for the socket `file`: `run` in `directory`, or a short one in the system's temporary
 * directory when that path is too long or closed to the server's user.
 */
export async function socketDirectory(
  directory: string,
  file: string,
  user: SystemUser | null,
): Promise<string> {
  const near = join(directory, 'run');
  const fits = Buffer.byteLength(join(near, file)) <= longestSocketPath;
  if (fits && (user === null || (await canReach(directory, user)))) {
    await makePrivate(near, user);
    return near;
  }
  const base = Buffer.byteLength(tmpdir()) <= 60 ? tmpdir() : '/tmp';
  const far = join(base, `arcadia-${shortHash(directory)}`);
  await makePrivate(far, user);
  return far;
}

/** Makes a directory that only the server's user (and root) can enter; refuses one of another user. */
export async function makePrivate(directory: string, user: SystemUser | null): Promise<void> {
  await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  const found = await lstat(directory);
  const own = process.getuid?.();
  if (!found.isDirectory() || (own !== undefined && found.uid !== own && found.uid !== user?.uid)) {
    throw new Error(`${directory} belongs to another user; the server's files can't go there.`);
  }
  if (user !== null) await chown(directory, user.uid, user.gid);
  if (process.platform !== 'win32') await chmod(directory, 0o700);
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
