/** What a process does to the world outside, step by step, and where a test stops it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Appended, EventLog } from '../../../src/journal/event-log.ts';
import type { OpenLog } from '../../../src/open-log.ts';
import { asError } from '../../../src/runtime/as-error.ts';

/** One of the runs of a process; those of one process share nothing but the process. */
export interface WatchedRun {
  key: string;
  /** Texts that name it in streams, URLs and bodies; not needed for one that begins by `within`. */
  texts?: readonly string[];
  /** The step that it stops at, from 1; null: none. */
  stopAt: number | null;
}

/** The parts of a path that are ids. */
const ids = /\/(?:\d+|[\da-f]{8}-[\da-f-]{27})(?=\/|$)/g;

/** What a run has come to: it stops at a step for ever, or has appended its last event. */
export type RunState = 'under way' | 'stopped' | 'ended';

/**
 * Counts the steps of runs: the moment before each append and request, and the one after each that changes
 * something, when the process does not know the answer yet. (The moment after a read leaves what the one
 * before the next call does.) A run that is stopped goes on waiting; a SIGKILL then ends it there.
 */
export class StepWatch {
  /** By run, the names of the steps so far. */
  readonly steps = new Map<string, string[]>();
  private readonly states = new Map<string, RunState>();
  private readonly current = new AsyncLocalStorage<string>();
  private readonly runs: readonly WatchedRun[];
  private readonly onChange: () => void;

  constructor(runs: readonly WatchedRun[], onChange: () => void) {
    this.runs = runs;
    this.onChange = onChange;
    for (const { key } of runs) this.steps.set(key, []);
  }

  count(state: RunState): number {
    return this.runs.filter(({ key }) => (this.states.get(key) ?? 'under way') === state).length;
  }

  end(key: string): void {
    this.states.set(key, 'ended');
    this.onChange();
  }

  /** Begins a run: all that it does is its own. */
  within<T>(key: string, run: () => T): T {
    return this.current.run(key, run);
  }

  /** A log whose appends are steps. @param isLast says of an append's event types whether it ends the run */
  openLog(open: OpenLog, isLast: (types: readonly string[]) => boolean = () => false): OpenLog {
    return async (connections) => {
      const followed = await open(connections);
      return { ...followed, log: this.watched(followed.log, isLast) };
    };
  }

  /** Requests whose sending is a step. */
  fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? 'GET';
    const text = typeof init?.body === 'string' ? init.body : '';
    const run = this.runOf(`${url.pathname} ${text}`);
    const name = `${method} ${url.pathname.replaceAll(ids, '/:id')}`;
    return this.around(run, name, method !== 'GET', () => fetch(input, init));
  };

  private watched(log: EventLog, isLast: (types: readonly string[]) => boolean): EventLog {
    const append: EventLog['append'] = async (stream, events, expected, until) => {
      const types = events.map(({ type }) => type);
      const run = this.runOf(stream);
      const name = `append ${types.join(' + ')}`;
      const appended = await this.around(run, name, true, () => log.append(stream, events, expected, until));
      if (run !== undefined && isLast(types)) this.end(run.key);
      return appended;
    };
    return {
      ...log,
      append,
      // A process may be killed between any two of many: each is a step.
      async appendEach(appends, until) {
        const answers: (Appended | Error)[] = [];
        for (const { stream, events, expectedRevision } of appends)
          answers.push(await append(stream, events, expectedRevision, until?.()).catch(asError));
        return answers;
      },
    };
  }

  private runOf(text: string): WatchedRun | undefined {
    const current = this.current.getStore();
    if (current !== undefined) return this.runs.find(({ key }) => key === current);
    return this.runs.find(({ texts = [] }) => texts.some((one) => text.includes(one)));
  }

  private async around<T>(
    run: WatchedRun | undefined,
    name: string,
    changes: boolean,
    call: () => Promise<T>,
  ): Promise<T> {
    if (run === undefined) return call();
    await this.step(run, `before ${name}`);
    const answer = await call();
    if (changes) await this.step(run, `after ${name}`);
    return answer;
  }

  private async step({ key, stopAt }: WatchedRun, name: string): Promise<void> {
    const steps = this.steps.get(key) ?? [];
    steps.push(name);
    if (steps.length !== stopAt) return;
    this.states.set(key, 'stopped');
    this.onChange();
    await new Promise(() => undefined);
  }
}
