import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { explainInvoice } from '../../src/invoicing/explain.ts';
import { rollUp } from '../../src/processes/roll-up.ts';
import { invoiceById } from '../../projections/invoicing/invoice-queries.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';
import {
  forgetInvoices,
  openMonthLedger,
  PERIOD,
  rollUpDeps,
  sumUsage,
  tenantName,
} from './month-of-tenants.ts';
import { adminMeta } from './service.ts';

/** Explanations of one run, one after the other. */
const EXPLAINED = 100;

/**
 * An ordinary invoice explained, among ten thousand subscriptions: of ten, with their plans, addons and usage
 * beyond the allowance.
 */
export async function openExplain(context: BenchContext): Promise<OpenPair> {
  const open = await openMonthLedger(context);
  const { ledger } = open;
  // Rolls up only the tenants that are explained: the whole month is another figure.
  for (let n = 0; n < EXPLAINED; n++)
    await rollUp(rollUpDeps(open), { period: PERIOD, tenant_id: tenantName(n) }, adminMeta);
  await ledger.waitFor(await ledger.position());
  const explain = (id: string) =>
    ledger.read(async (db) => {
      const invoice = await invoiceById(db, id);
      if (invoice === null) throw new Error(`no invoice ${id}`);
      const { matches } = await explainInvoice(db, invoice, {
        currency: ledger.currency,
        usage: { after: null, limit: 50 },
      });
      if (!matches) throw new Error(`invoice ${id} does not come out as it was issued`);
    });
  return {
    pair: {
      name: 'explain',
      unit: 'ms',
      aim: { valueAtMost: 50 },
      floorName: "the tenant's usage of the month summed up by one statement",
      value: async () =>
        (1_000 / EXPLAINED) *
        (await secondsOf(async () => {
          for (let n = 0; n < EXPLAINED; n++) await explain(invoiceId(tenantName(n), PERIOD));
        })),
      floor: async () =>
        (1_000 / EXPLAINED) *
        (await secondsOf(async () => {
          for (let n = 0; n < EXPLAINED; n++) await sumUsage(context.sql, tenantName(n));
        })),
    },
    async close() {
      await open.close();
      await forgetInvoices(context.sql);
    },
  };
}
