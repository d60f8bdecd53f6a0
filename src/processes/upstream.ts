import type { DigitalOceanClient } from '../digitalocean/client.ts';
import { DigitalOceanError } from '../digitalocean/errors.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { FinanceError } from '../finance/errors.ts';

/** @throws {Refused} `not-configured` without a DigitalOcean token */
export function requireDigitalOcean(client: DigitalOceanClient | null): DigitalOceanClient {
  if (client === null)
    throw new Refused(refuse('not-configured', 'no DigitalOcean token is configured (DIGITALOCEAN_TOKEN)'));
  return client;
}

/**
 * Asks an outside service. What it fails with is an answer to whoever asked us, with the reason, and no fault
 * of ours.
 * @param what names what was asked for, as in `invoice 66c6…`
 * @throws {Refused} `upstream-failed`
 */
export async function asking<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DigitalOceanError || error instanceof FinanceError) {
      throw new Refused(
        refuse('upstream-failed', `${what}: ${error.message}`, { extra: { reason: error.code } }),
        { cause: error },
      );
    }
    throw error;
  }
}

/** Trouble that every further request would meet too. */
const standing: ReadonlySet<unknown> = new Set(['unauthorized', 'forbidden', 'rate-limited']);

/** How many objects in a row may find a service unavailable before a run gives it a rest. */
const longestPatience = 3;

/** Watches a run over many objects: one that fails is no reason to stop, a service that is gone is. */
export class Patience {
  #unavailable = 0;

  /** Takes note of a success. */
  succeeded(): void {
    this.#unavailable = 0;
  }

  /** Takes note of a failure; true when it makes no sense to go on. */
  endsWith(error: unknown): boolean {
    const reason = error instanceof Refused ? error.refusal.extra?.['reason'] : undefined;
    if (standing.has(reason)) return true;
    this.#unavailable = reason === 'unavailable' ? this.#unavailable + 1 : 0;
    return this.#unavailable >= longestPatience;
  }
}
