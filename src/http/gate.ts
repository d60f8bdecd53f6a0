import { HttpProblem } from './problem.ts';

/** How many may run at once, how many may wait for a place, and for how many milliseconds. */
export interface GateLimits {
  atOnce: number;
  waiting: number;
  waitMs: number;
}

/** Limits how much work runs at once. */
export interface Gate {
  /**
   * Waits for a place. The function that it resolves to gives the place back; call it once.
   * @throws {HttpProblem} `busy` (503 with `Retry-After`) when too many wait already, or after `waitMs`
   */
  enter(): Promise<() => void>;
}

const retryAfterSeconds = 5;

function busy(): HttpProblem {
  return new HttpProblem('busy', 'too many such requests are under way; try again shortly', {
    'Retry-After': String(retryAfterSeconds),
  });
}

/** A gate for work that would slow down all other requests. First come, first served. */
export function createGate({ atOnce, waiting, waitMs }: GateLimits): Gate {
  let inside = 0;
  const line: { admit: () => void }[] = [];
  const placeOf = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = line.shift();
      // The place goes to the one that has waited longest.
      if (next === undefined) inside -= 1;
      else next.admit();
    };
  };
  return {
    enter() {
      if (inside < atOnce) {
        inside += 1;
        return Promise.resolve(placeOf());
      }
      if (line.length >= waiting) return Promise.reject(busy());
      return new Promise((resolve, reject) => {
        const waiter = {
          admit: () => {
            clearTimeout(timer);
            resolve(placeOf());
          },
        };
        const timer = setTimeout(() => {
          line.splice(line.indexOf(waiter), 1);
          reject(busy());
        }, waitMs);
        line.push(waiter);
      });
    },
  };
}
