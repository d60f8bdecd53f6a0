import { HttpProblem } from './problem.ts';

/** How many may be at it at once, how many may wait for that, and for how many milliseconds. */
export interface GateLimits {
  atOnce: number;
  waiting: number;
  waitMs: number;
}

/** Lets a few through at a time. */
export interface Gate {
  /**
   * Waits for its turn; what it answers gives the place back, once.
   * @throws {HttpProblem} `busy` (503 with `Retry-After`) when too many wait already, or it has waited long
   * enough
   */
  enter(): Promise<() => void>;
}

const retryAfterSeconds = 5;

function busy(): HttpProblem {
  return new HttpProblem('busy', 'too many such requests are under way; try again shortly', {
    'Retry-After': String(retryAfterSeconds),
  });
}

/** A gate for work that would otherwise hold up everything else. First come, first served. */
export function createGate({ atOnce, waiting, waitMs }: GateLimits): Gate {
  let inside = 0;
  const line: { admit: () => void }[] = [];
  const placeOf = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = line.shift();
      // The place goes from one to the next.
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
