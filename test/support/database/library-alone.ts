import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConnectTarget } from '../../../src/database/db.ts';

/** A program's exit code and output. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Runs a program in a process of its own, where the library is as it comes: in this process its queries are
 * repaired. The program has `open(options)`, which opens a pool of the library, `target`, and `killer`, a
 * pool that may end other sessions.
 */
export async function libraryAlone(target: ConnectTarget, program: string): Promise<Ended> {
  const text = `
    import { connect as dial } from 'node:net';
    import { setTimeout as sleep } from 'node:timers/promises';
    import postgres from 'postgres';
    const target = ${JSON.stringify(target)};
    const open = (options) =>
      typeof target === 'string'
        ? postgres(target, { onnotice() {}, ...options })
        : postgres({ ...target, onnotice() {}, ...options });
    const killer = open({ max: 1 });
    const kill = (pid) => killer\`select pg_terminate_backend(\${pid})\`;
    const say = (what) => { process.stdout.write(what, () => process.exit(0)); };
    ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}
