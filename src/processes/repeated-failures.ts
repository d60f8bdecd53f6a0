import { Refused } from '../ledger/refusal.ts';

/** Trouble that all further requests would have too. */
const lasting: ReadonlySet<unknown> = new Set(['unauthorized', 'forbidden', 'rate-limited']);

/** How many objects in a row may find a service unavailable before a run stops. */
const mostInARow = 3;

/**
 * Watches a run over many objects for failures that repeat. One object that fails is no reason to stop the
 * run; a service that is away is.
 */
export class RepeatedFailures {
  #unavailable = 0;

  /** Takes note of a success. */
  succeeded(): void {
    this.#unavailable = 0;
  }

  /** Takes note of a failure; true when the run had better stop. */
  failed(error: unknown): boolean {
    const reason = error instanceof Refused ? error.refusal.extra?.['reason'] : undefined;
    if (lasting.has(reason)) return true;
    this.#unavailable = reason === 'unavailable' ? this.#unavailable + 1 : 0;
    return this.#unavailable >= mostInARow;
  }
}
