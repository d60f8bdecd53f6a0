// PostgreSQL refuses to run as root: finds the user that runs it then, and where that user can work.
import { execFile } from 'node:child_process';
import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The system user that runs the server when this process is root. */
export type SystemUser = { uid: number; gid: number };

const userName = 'postgres';

/** Null for our own user; if that is root, the system's `postgres`, made when missing. */
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
    // Another first start may have made the user.
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

/** Whether `user` can enter all directories down to `path`, which must exist, and read it. */
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
 * A directory of root that every user can enter, for the server's files while the project lies below a
 * private directory, whose permissions are not changed.
 */
export async function sharedRoot(user: SystemUser): Promise<string> {
  const problems: unknown[] = [];
  for (const parent of ['/var/lib', '/var/tmp']) {
    const directory = join(parent, 'arcadia-cloud');
    try {
      await mkdir(directory, { recursive: true, mode: 0o755 });
      const { uid } = await stat(directory);
      // In /var/tmp any user may have made it; only root's is trusted with programs and data.
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
