import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { MeteringConfigEvent } from '../../src/events/usage.ts';
import { meteredBillingKinds, type Granularity } from '../../src/pricing/metering.ts';
import { meteringConfig, meteringConfigStream } from './metering-config.ts';

/** What is left out stays as it is. */
export interface ConfigureMetering {
  resource_kind: string;
  granularity?: Granularity | undefined;
  retention_days?: number | null | undefined;
}

/**
 * Sets how a billing kind is metered from the next run on. Metered days keep their records until they are
 * metered anew.
 */
export const configureMetering = defineCommand({
  name: 'configure-metering',
  aggregate: meteringConfig,
  stream: (input: ConfigureMetering) => meteringConfigStream(input.resource_kind),
  decide(state, input): MeteringConfigEvent[] | Refusal {
    const { resource_kind } = input;
    if (!meteredBillingKinds().includes(resource_kind)) {
      return refuse(
        'not-found',
        `${resource_kind} is not metered; metered kinds are ${meteredBillingKinds().join(', ')}`,
      );
    }
    const wanted = {
      granularity: input.granularity ?? state.granularity,
      retention_days: input.retention_days === undefined ? state.retention_days : input.retention_days,
    };
    if (wanted.granularity === state.granularity && wanted.retention_days === state.retention_days) return [];
    return [{ type: 'MeteringConfigured', data: { resource_kind, ...wanted } }];
  },
  result: (state, input) => ({ resource_kind: input.resource_kind, ...state }),
});
