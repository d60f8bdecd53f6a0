import { Refused } from '../ledger/refusal.ts';

/** Trouble that all further requests would have too. */
const lasting: ReadonlySet<unknown> = new Set(['unauthorized', 'forbidden', 'rate-limited']);

/** How many objects in a row may find a service unavailable before a run stops. */
const mostInARow = 3;

/** Finds out, in a run over many objects, whether one object failed or a whole service is away. */
export class RepeatedFailures {
  #unavailable = 0;

  succeeded(): void {
    this.#unavailable = 0;
  }

  /** Counts a failure; true when the run should stop. */
  failed(error: unknown): boolean {
    const reason = error instanceof Refused ? error.refusal.extra?.['reason'] : undefined;
    if (lasting.has(reason)) return true;
    this.#unavailable = reason === 'unavailable' ? this.#unavailable + 1 : 0;
    return this.#unavailable >= mostInARow;
  }
}
