import { whatIf } from '../../src/invoicing/what-if.ts';
import { type WhatIfOfMonth } from '../../src/invoicing/what-if-result.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';
import { openMonthLedger, PERIOD, SUBSCRIPTIONS, sumUsage, tax } from './month-of-tenants.ts';
import { adminMeta } from './service.ts';

/**
 * A what-if over all subscriptions: deployments of one plan would pay more for usage beyond their
 * allowance.
 */
export async function openWhatIf(context: BenchContext): Promise<OpenPair> {
  const open = await openMonthLedger(context);
  const { ledger, sql } = open;
  return {
    pair: {
      name: 'what_if_10k',
      unit: 'ms',
      aim: { valueAtMost: 2_000 },
      floorName: "the month's usage summed up by one statement",
      async value() {
        return (
          1_000 *
          (await secondsOf(async () => {
            const { affected, untouched } = (
              (await whatIf(
                { ledger, sql, tax },
                {
                  period: PERIOD,
                  overrides: {
                    plans: { starter: { items: { spaces_gb_month: { overage_price_cents: 3 } } } },
                  },
                },
                adminMeta(),
              )) as WhatIfOfMonth
            ).subscriptions;
            if (affected + untouched !== SUBSCRIPTIONS)
              throw new Error(`${affected} affected, ${untouched} untouched`);
          }))
        );
      },
      floor: async () => 1_000 * (await secondsOf(() => sumUsage(context.sql))),
    },
    close: () => open.close(),
  };
}
