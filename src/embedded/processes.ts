// Identifies processes. Ids are reused, so an id alone does not prove that its process still lives.
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../runtime/error-code.ts';

const run = promisify(execFile);

/** A process as it is written to disk: its id and, where the system shows it, when it started. */
export type ProcessIdentity = { pid: number; started: string | null };

/** The identity of a process that runs. */
export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { pid, started: await startedAt(pid) };
}

/** Whether the process of this identity runs, not a later one with its id. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (!pidExists(identity.pid)) return false;
  if (identity.started === null) return true;
  const started = await startedAt(identity.pid);
  // Without a start time it may be either; to take it for alive is safe.
  return started === null ? pidExists(identity.pid) : started === identity.started;
}

/** Parses an identity as JSON; null for anything else. */
export function parseIdentity(text: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value)) return null;
    if (typeof value.pid !== 'number' || !Number.isSafeInteger(value.pid) || value.pid <= 0) return null;
    const started = 'started' in value && typeof value.started === 'string' ? value.started : null;
    return { pid: value.pid, started };
  } catch {
    return null;
  }
}

/** True while any process, also of another user, has this id. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** The file name of a process's program; '' for a zombie, null if unknown. */
export async function programOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux')
      return basename((await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')[0] ?? '');
    if (process.platform === 'win32') return null;
    return basename((await run('ps', ['-o', 'comm=', '-p', String(pid)])).stdout.trim());
  } catch {
    return null;
  }
}

/** A process's working directory; null if unknown (not Linux, another user's process). */
export async function directoryOf(pid: number): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}

async function startedAt(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // After the command's name, in parentheses, the 20th field is the start in clock ticks since boot.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
      return fields[0] === 'Z' ? 'gone' : `${boot}:${fields[19] ?? ''}`;
    }
    if (process.platform === 'win32') return null;
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
