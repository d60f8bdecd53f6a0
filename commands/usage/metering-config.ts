import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { MeteringConfigEvent } from '../../src/events/usage.ts';
import type { Granularity } from '../../src/pricing/metering.ts';

/** The stream of a billing kind's metering configuration. */
export const meteringConfigStream = (resourceKind: string): string =>
  `metering-config-${idFrom('metering-config', resourceKind)}`;

/**
 * How a billing kind is metered. `retention_days` is kept for the operator and purges nothing; null: no
 * limit.
 */
export interface MeteringConfigState {
  granularity: Granularity;
  retention_days: number | null;
}

/** A billing kind's metering configuration, by default one record a day. */
export const meteringConfig: Aggregate<MeteringConfigState, MeteringConfigEvent> = {
  name: 'metering-config',
  initialState: { granularity: 'day', retention_days: null },
  evolve(_state, event): MeteringConfigState {
    switch (event.type) {
      case 'MeteringConfigured':
        return { granularity: event.data.granularity, retention_days: event.data.retention_days };
    }
  },
};
