import type { Clock } from '../src/ledger/clock.ts';

/** A clock that runs, and that the demo moves on to the next day of its story. */
export interface DemoClock extends Clock {
  /** Moves on to an instant. @throws {RangeError} it lies before now */
  moveTo(instant: string): void;
}

/** A clock that begins at an instant and goes on from there. */
export function createDemoClock(start: string): DemoClock {
  let offset = Date.parse(start) - Date.now();
  const now = (): string => new Date(Date.now() + offset).toISOString();
  return {
    now,
    moveTo(instant) {
      if (instant < now()) throw new RangeError(`it is ${now()} already: the clock can't go to ${instant}`);
      offset = Date.parse(instant) - Date.now();
    },
  };
}
