/** What a process that reverts drifts is started with, and what it and its parent say to each other. */
import type { ConnectTarget } from '../../../src/database/db.ts';

/** A revert in one life of the process. */
export interface RevertOfLife {
  drift_id: string;
  resource_id: string;
  droplet_id: number;
  /** The droplet's name, which confirms a request. */
  name: string;
  /** Whether the client asks for it; otherwise the process has to take it up by itself. */
  isAsked: boolean;
  /** The step that it stops at; null: none. */
  stopAt: number | null;
}

export interface RevertLife {
  target: ConnectTarget;
  /** Where its clock stands at first (ISO). */
  now: string;
  digitalOcean: { url: string; token: string; writeToken: string };
  reverts: readonly RevertOfLife[];
}

/**
 * What the process says: the time is to be moved to then (milliseconds); or all its reverts have ended or
 * stopped, where it ends itself by SIGKILL if one has stopped.
 */
export type RevertNews =
  | { kind: 'time'; to: number }
  | { kind: 'over'; stopped: number; steps: Record<string, string[]> };

/** What its parent says: the time is that now, or it is to end. */
export type RevertOrder = { kind: 'moved' } | { kind: 'end' };
