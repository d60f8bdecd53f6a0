import { Refused } from '../../ledger/refusal.ts';

/** Most tries of a change whose invoice another process changes at the same time. */
const mostTries = 10;

/** Runs a task again while it is refused with `conflict`: what it had read was changed meanwhile. */
export async function retried<T>(task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await task();
    } catch (error) {
      const isLost = error instanceof Refused && error.refusal.refused === 'conflict';
      if (!isLost || attempt === mostTries) throw error;
    }
  }
}
