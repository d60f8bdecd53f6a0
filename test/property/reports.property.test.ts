import { expect } from 'chai';
import fc from 'fast-check';
import { reportedForPeriod } from '../../projections/usage/invoicing-queries.ts';
import { canonicalDecimal, sumDecimals } from '../../src/pricing/money.ts';
import { ok, type Json } from '../support/http/api.ts';
import { runs } from '../support/property/runs.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

type Step = { id: string; qty: string; day: string } & ({ act: 'report' } | { act: 'void' });

/** The reports that should count: the first of each name, unless it was taken back. */
interface Known {
  qty: string;
  day: string;
  voided: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom('report' as const, 'report' as const, 'void' as const),
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  qty: fc.constantFrom('0', '0.1', '0.10', '2', '0.000000000001', '999999999999999'),
  day: fc.constantFrom('2026-04-01', '2026-04-30'),
});

const sums = (known: ReadonlyMap<string, Known>): [string, string][] => {
  const counting = [...known.values()].filter(({ voided }) => !voided);
  const days = [...new Set(counting.map(({ day }) => day))].sort();
  return days.map((day) => [
    day,
    sumDecimals(counting.filter((one) => one.day === day).map(({ qty }) => qty)),
  ]);
};

describe('reports in any order', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(async () => {
    await ledger.close();
  });

  it('count each name once, until it is taken back, at every position', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const slug = `run-${++run}`;
        const created = ledger.api.post('deployments', { tenant_id: slug, slug, display_name: slug });
        const deployment_id = (await ok(created, 201)).data.id as string;
        const known = new Map<string, Known>();
        const history: { position: number; expected: [string, string][] }[] = [];
        for (const { act, id, qty, day } of steps) {
          const before = known.get(id);
          if (act === 'report') {
            const event = {
              source: slug,
              external_id: id,
              deployment_id,
              resource_kind: 'bandwidth_gb',
              qty,
              day,
            };
            const {
              data: [item],
            } = await ok(ledger.api.post('usage', { events: [event] }));
            const same =
              before !== undefined &&
              before.day === day &&
              canonicalDecimal(before.qty) === canonicalDecimal(qty);
            expect(item.status).to.equal(before === undefined ? 'recorded' : same ? 'duplicate' : 'rejected');
            if (before === undefined) known.set(id, { qty, day, voided: false });
          } else {
            const answer = await ledger.api.post(`usage/${slug}/${id}/void`, { reason: 'test' });
            expect(answer.status).to.equal(before === undefined ? 404 : 200);
            if (before !== undefined) known.set(id, { ...before, voided: true });
          }
          history.push({ position: await ledger.eventCount(), expected: sums(known) });
        }
        await expectSums(slug, deployment_id, history);
        const shown: Json = await ok(ledger.api.get(`usage?deployment_id=${deployment_id}`));
        expect(sumDecimals(shown.data.map((row: Json) => row.qty as string))).to.equal(
          sumDecimals(sums(known).map(([, qty]) => qty)),
        );
      }),
      { numRuns: runs(7) },
    );
  });

  async function expectSums(
    tenantId: string,
    deployment_id: string,
    history: readonly { position: number; expected: [string, string][] }[],
  ): Promise<void> {
    const apart = ['2026-04-01', '2026-04-30'].map((day) => ({ deployment_id, from: day, to: day }));
    for (const { position, expected } of history) {
      const scope = { period: '2026-04-01', tenantId, atPosition: position };
      const rows = await ledger.ledger.readLatest((db) => reportedForPeriod(db, scope, apart));
      expect(rows.map(({ from, qty }) => [from, qty])).to.deep.equal(expected);
    }
  }
});
