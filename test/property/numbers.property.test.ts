import fc from 'fast-check';
import { settleAll } from '../../src/processes/documents/settler.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import { ok, type Json } from '../support/http/api.ts';
import { seededLedger } from '../support/http/invoices-month.ts';
import { setSeller } from '../support/http/parties.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { expectNumbered, subscribedTenants } from '../support/processes/issued-numbers.ts';

const tenants = 6;
const tenant = fc.integer({ min: 0, max: tenants - 1 });
const period = fc.constantFrom('2026-04', '2026-05', '2026-10', '2026-11', '2026-12', '2027-01');

/** What happens around numbers, some days after the step before. */
const step = fc.record({
  daysLater: fc.constantFrom(0, 0, 1, 20, 60, 200),
  act: fc.oneof(
    fc.record({
      type: fc.constant('issue' as const),
      tenants: fc.uniqueArray(tenant, { minLength: 1 }),
      period,
    }),
    fc.record({ type: fc.constant('issueAll' as const), period }),
    fc.record({ type: fc.constant('void' as const), tenant, period }),
    fc.record({ type: fc.constant('reissue' as const), tenant, period }),
    fc.record({ type: fc.constant('seller' as const), prefix: fc.constantFrom('A', 'B', 'C-1') }),
    fc.record({ type: fc.constant('settle' as const), managers: fc.integer({ min: 1, max: 3 }) }),
  ),
});
type Act = (typeof step extends fc.Arbitrary<infer Step> ? Step : never)['act'];

async function play(ledger: TestLedger, act: Act): Promise<void> {
  switch (act.type) {
    case 'issue':
      await Promise.all(
        act.tenants.map((no) =>
          ledger.api.post('invoices/rollup', { period: act.period, tenant_id: `t-${no}` }),
        ),
      );
      break;
    case 'issueAll':
      await ledger.api.post('invoices/rollup', { period: act.period });
      break;
    case 'void': {
      const { data } = await ok(ledger.api.get(`invoices?period=${act.period}`));
      const id = data.find((one: Json) => one.tenant_id === `t-${act.tenant}`)?.id;
      if (id !== undefined) await ok(ledger.api.post(`invoices/${id}/void`, {}));
      break;
    }
    case 'reissue':
      await ledger.api.post('invoices/rollup', {
        period: act.period,
        tenant_id: `t-${act.tenant}`,
        force: true,
      });
      break;
    case 'seller':
      await setSeller(ledger, { invoice_prefix: act.prefix });
      break;
    case 'settle':
      await Promise.all(Array.from({ length: act.managers }, () => settleAll(ledger.processDeps)));
  }
}

describe('numbers under random issues, voids, reissues, sellers and years', () => {
  it('are 1 to N in the order of the issues, in each year', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15 }), async (steps) => {
        const ledger = await seededLedger({ now: '2026-05-09T15:05:00.000Z' });
        try {
          await subscribedTenants(ledger, tenants);
          for (const { daysLater, act } of steps) {
            const now = ledger.clock.now();
            ledger.clock.set(`${addDays(now.slice(0, 10), daysLater)}${now.slice(10)}`);
            await play(ledger, act);
          }
          await setSeller(ledger);
          await settleAll(ledger.processDeps);
          for (const year of [2026, 2027, 2028, 2029, 2030]) await expectNumbered(ledger, year);
        } finally {
          await ledger.close();
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
