// PostgreSQL refuses to run as root: who runs it then, and where that user can work.
import { execFile } from 'node:child_process';
import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The system user that runs the server when this process is root. */
export type SystemUser = { uid: number; gid: number };

const userName = 'postgres';

/**
 * The user to run the server as: null for our own, unless that is root; then the system's `postgres`, which
 * is made when it is missing.
 */
export async function findSystemUser(): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const existing = await lookUp();
  if (existing) return existing;
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      userName,
    ]);
  } catch (error) {
    // Two first starts at once both try; the one that lost finds the user there.
    const other = await lookUp();
    if (other) return other;
    throw new Error(
      `PostgreSQL does not run as root, and the user "${userName}" could not be made. ` +
        'Run as another user, create that one, or set DATABASE_URL to a server of your own.',
      { cause: error },
    );
  }
  const created = await lookUp();
  if (!created) throw new Error(`The user "${userName}" was made but can't be found.`);
  return created;
}

async function lookUp(): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', userName]), run('id', ['-g', userName])]);
    return { uid: Number(uid.stdout.trim()), gid: Number(gid.stdout.trim()) };
  } catch {
    return null;
  }
}

/** Whether `user` may pass through every directory down to `path` and read it. `path` must exist. */
export async function canReach(path: string, user: SystemUser): Promise<boolean> {
  const target = await realpath(path);
  for (let directory = target; ; directory = dirname(directory)) {
    const { mode, uid, gid } = await stat(directory);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    const needed = directory === target ? 0o5 : 0o1;
    if (((mode >> shift) & needed) !== needed) return false;
    if (directory === dirname(directory)) return true;
  }
}

/**
 * A directory of root's that every user can pass through, for files that the server has to reach while the
 * project itself lies below a private directory, whose permissions are not changed.
 */
export async function sharedRoot(user: SystemUser): Promise<string> {
  const problems: unknown[] = [];
  for (const parent of ['/var/lib', '/var/tmp']) {
    const directory = join(parent, 'arcadia-cloud');
    try {
      await mkdir(directory, { recursive: true, mode: 0o755 });
      const { uid } = await stat(directory);
      // In /var/tmp any user may have made it; only root's own is trusted with programs and data.
      if (uid !== 0) throw new Error(`${directory} belongs to another user.`);
      await chmod(directory, 0o755);
      if (await canReach(directory, user)) return directory;
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AggregateError(
    problems,
    'No directory was found that the PostgreSQL server user can reach. Set DATABASE_URL or ARCADIA_DATA.',
  );
}
