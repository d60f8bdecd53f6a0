import {
  createBackgroundRunStore,
  type BackgroundKind,
  type BackgroundRun,
  type BackgroundRunStore,
} from '../database/background-run-store.ts';
import type { Sql } from '../database/db.ts';
import { Refused } from '../ledger/refusal.ts';
import type { Logger } from '../runtime/logger.ts';

/** What work in the background is given. */
export interface InBackground {
  /** Aborted when the process stops. */
  signal: AbortSignal;
  /** Called as often as one likes; throws once the process stops. `done` of `total` pieces of a step. */
  onStep: (step: string, done: number, total: number) => void;
}

/** What came of it: a few members for lists, and the whole. */
export interface BackgroundOutcome {
  summary: unknown;
  result: unknown;
}

/** Long work that requests start in this process. Each is recorded, for any process to show. */
export interface BackgroundRuns extends Pick<BackgroundRunStore, 'find' | 'result' | 'list' | 'purge'> {
  /**
   * Records the work and starts it; of one kind, one after the other. A run of that id that is recorded
   * already is not started again.
   * @returns null where that id, or a verification of any process, is under way
   */
  start(
    run: { id: string; kind: BackgroundKind; actor: string; input: unknown },
    work: (background: InBackground) => Promise<BackgroundOutcome>,
  ): Promise<BackgroundRun | null>;
  /** Stops all work; it is recorded as failed. */
  stop(): Promise<void>;
}

/** The least time between two records of progress, and between two signs of life. */
const RECORD_MS = 500;
const RENEW_MS = 15_000;

export function createBackgroundRuns(sql: Sql, logger: Logger): BackgroundRuns {
  const store = createBackgroundRunStore(sql);
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const last = new Map<BackgroundKind, Promise<void>>();
  let renewing: NodeJS.Timeout | undefined;

  const unrecorded = (id: string) => (error: unknown) => {
    logger.warn({ background_run: id, err: error }, 'the progress of a background run could not be recorded');
  };
  const renew = (): void => {
    for (const id of running.keys()) store.renew([id]).catch(unrecorded(id));
    if (running.size > 0) return;
    clearInterval(renewing);
    renewing = undefined;
  };

  /** Records progress now and then, one record after the other, so that none is overtaken. */
  function recorder(id: string) {
    let recordedAt = Number.NEGATIVE_INFINITY;
    let known: string | null = null;
    let recording: Promise<void> = Promise.resolve();
    return {
      onStep: (step: string, done: number, total: number): void => {
        stopping.signal.throwIfAborted();
        if (step === known && performance.now() - recordedAt < RECORD_MS) return;
        [known, recordedAt] = [step, performance.now()];
        recording = recording.then(() => store.step(id, step, done, total)).catch(unrecorded(id));
      },
      recorded: () => recording,
    };
  }

  async function carryOut(
    id: string,
    kind: BackgroundKind,
    work: (background: InBackground) => Promise<BackgroundOutcome>,
  ): Promise<void> {
    const { onStep, recorded } = recorder(id);
    try {
      stopping.signal.throwIfAborted();
      const { summary, result } = await work({ signal: stopping.signal, onStep });
      await recorded();
      await store.complete(id, summary, result);
    } catch (error) {
      await recorded();
      if (!(error instanceof Refused) && !stopping.signal.aborted)
        logger.error({ background_run: id, kind, err: error }, 'work in the background failed');
      await store
        .fail(id, error instanceof Error ? error.message : String(error))
        .catch((failure: unknown) => unrecorded(id)(failure));
    }
  }

  return {
    find: (kind, id) => store.find(kind, id),
    result: (id) => store.result(id),
    list: (kind, page) => store.list(kind, page),
    purge: (days) => store.purge(days),
    async start(run, work) {
      const { id, kind } = run;
      if (!(await store.insert(run))) return store.find(kind, id);
      const before = last.get(kind) ?? Promise.resolve();
      const done = before
        .then(() => carryOut(id, kind, work))
        .finally(() => {
          running.delete(id);
        });
      last.set(kind, done);
      running.set(id, done);
      renewing ??= setInterval(renew, RENEW_MS).unref();
      return store.find(kind, id);
    },
    async stop() {
      stopping.abort(new Error('the process that ran it was stopped'));
      await Promise.all(running.values());
    },
  };
}
