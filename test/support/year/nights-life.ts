/** What the process that works by night is started with, and what it and its parent say to each other. */
import type { ConnectTarget } from '../../../src/database/db.ts';

/** What the process that works by night is started with. */
export interface NightsLife {
  target: ConnectTarget;
  /** Where its clock stands at first (ISO). */
  now: string;
  smtpUrl: string;
  digitalOcean: { url: string; token: string };
}

/** An order to work the night that a day begins with. */
export interface NightOrder {
  day: string;
}

/** What the process says: that it is open, that it does something, that a night is over, or that it fails. */
export type NightNews =
  | { kind: 'ready' }
  | { kind: 'step'; step: string }
  | { kind: 'over'; night: Night }
  | { kind: 'failed'; error: string };

/** What a night came to. */
export interface Night {
  day: string;
  /** The runs that the schedule made, in order: the job, with its input. */
  runs: string[];
  /** Months that are not closed yet, and the items of the close list that block them. */
  held: { period: string; blocked_by: string[] }[];
}
