import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { MeteringEvent } from '../../src/events/usage.ts';

/** The stream of a deployment's metered UTC day. */
export const meteringStream = (deploymentId: string, day: string): string =>
  `metering-${idFrom('metering', deploymentId, day)}`;

/** A set whose last part is not stored yet: it does not count. */
export interface OpenSet {
  set_no: number;
  set_hash: string;
  parts: number;
  /** Parts stored so far. */
  stored_parts: number;
  /** Observations and unmetered resources in these parts. */
  stored_items: number;
}

/** What a day's stream holds. */
export interface DeploymentDayState {
  /** Highest number that any set began with; 0 before the first. */
  last_set_no: number;
  /** The set that counts. */
  complete: { set_no: number; set_hash: string } | null;
  /** The set that was begun last, while it is incomplete. */
  open: OpenSet | null;
}

/**
 * One deployment's metered day: numbered sets of observations, of which the highest complete one is the day's
 * usage.
 */
export const deploymentDay: Aggregate<DeploymentDayState, MeteringEvent> = {
  name: 'deployment-day',
  initialState: { last_set_no: 0, complete: null, open: null },
  evolve(state, event): DeploymentDayState {
    switch (event.type) {
      case 'UsageMetered': {
        const { set_no, set_hash, part, parts, observations, unmetered } = event.data;
        if (part === parts) return { last_set_no: set_no, complete: { set_no, set_hash }, open: null };
        const before = part === 1 ? 0 : (state.open?.stored_items ?? 0);
        const stored_items = before + observations.length + (unmetered?.length ?? 0);
        return {
          ...state,
          last_set_no: set_no,
          open: { set_no, set_hash, parts, stored_parts: part, stored_items },
        };
      }
    }
  },
};
