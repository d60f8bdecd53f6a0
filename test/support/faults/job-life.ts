/** A process that runs jobs, for a test that kills it: what it is started with, and how a life of it goes. */
import { spawn } from 'node:child_process';
import type { ConnectTarget } from '../../../src/database/db.ts';
import { argumentsFor } from '../cli/child.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** A run of a job; those of one life go on side by side. */
export interface JobOfLife {
  key: string;
  job: string;
  input?: object;
  /** The step that it stops at, from 1; null: none. */
  stopAt: number | null;
}

export interface JobLife {
  target: ConnectTarget;
  /** Where its clock stands (ISO). */
  now: string;
  digitalOcean: { url: string; token: string };
  financeUrl: string | null;
  jobs: readonly JobOfLife[];
}

/** How a life went: how many runs it was killed with, and the steps of each. */
export interface EndedLife {
  stopped: number;
  steps: Record<string, string[]>;
}

/**
 * Runs a process until each of its jobs has ended or stopped. It ends itself by SIGKILL where one has
 * stopped.
 */
export async function liveJobs(
  { target, clock, digitalOcean: { url, token } }: TestLedger,
  financeUrl: string | null,
  jobs: readonly JobOfLife[],
): Promise<EndedLife> {
  const life: JobLife = { target, now: clock.now(), digitalOcean: { url, token }, financeUrl, jobs };
  const program = argumentsFor('test/support/faults/job-child.ts');
  const child = spawn(process.execPath, [...program, JSON.stringify(life)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return new Promise((resolve, reject) => {
    let over: EndedLife | null = null;
    child.on('message', (news: EndedLife) => {
      over = news;
    });
    child.once('exit', (code, signal) => {
      const isAsMeant = over?.stopped === 0 ? code === 0 : signal === 'SIGKILL';
      if (over !== null && isAsMeant) resolve(over);
      else reject(new Error(`a process with jobs ended with ${String(code ?? signal)}`));
    });
  });
}
