import { runningReverts } from '../../projections/inventory/drift-queries.ts';
import type { Actor } from '../events/define.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobRunner } from './job-runner.ts';
import type { JobWorker } from './worker.ts';

/** Sets requested reverts going. */
export interface RevertStarter {
  /** Queues the run of a revert for the workers; where this process is none, runs it here. */
  start(runId: string, actor: Actor): Promise<void>;
  /**
   * Starts the reverts that no process is at: one that was never queued, or whose process has died. Where it
   * died between the last event and the end of its run, the run then says how the revert has ended.
   */
  takeUp(): Promise<void>;
}

const name = 'drift.revert';
const actor: Actor = { sub: `job:${name}`, tenant_id: null, roles: ['platform_admin'] };

export function createRevertStarter(
  ledger: Pick<Ledger, 'read'>,
  runner: Pick<JobRunner, 'expect' | 'start' | 'isLive' | 'interrupted'>,
  worker: Pick<JobWorker, 'queue'> | null,
): RevertStarter {
  const starting = new Map<string, Promise<void>>();
  async function begin(run_id: string, by: Actor): Promise<void> {
    if (await runner.isLive(run_id)) return;
    if (worker === null) {
      // The run's record says how it ended.
      await runner.start(name, { run_id }, { actor: by });
      return;
    }
    await runner.expect(name, { run_id }, by);
    await worker.queue(name, { run_id });
  }
  /** Requests at the same time start it once. */
  async function start(runId: string, by: Actor): Promise<void> {
    const begun = starting.get(runId) ?? begin(runId, by).finally(() => starting.delete(runId));
    starting.set(runId, begun);
    await begun;
  }
  return {
    start,
    async takeUp() {
      const running = await ledger.read((db) => runningReverts(db));
      const interrupted = await runner.interrupted(name);
      for (const runId of new Set([...running, ...interrupted])) await start(runId, actor);
    },
  };
}
