import { expect } from 'chai';
import { subscriptionHistories } from '../../projections/deployments/invoicing-queries.ts';
import {
  daysInForce,
  factsOfMonth,
  firstDayInForce,
  firstStart,
} from '../../src/invoicing/facts-of-month.ts';
import { loadDeployments } from '../../src/invoicing/load-invoicing-inputs.ts';
import { readUnbilled, unbilledOfPeriod } from '../../src/invoicing/unbilled.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { segmentsInPeriod, type DayRange } from '../../src/pricing/segments.ts';
import { ok, type Json } from '../support/http/api.ts';
import { meter, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { serviceToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const months = ['2026-03-01', '2026-04-01', '2026-05-01'];
const all = (ranges: readonly DayRange[]): string[] => ranges.flatMap(({ from, to }) => daysFrom(from, to));

/** What is known of a month without reading every fact is what all facts say. */
describe('the facts of a month', () => {
  let ledger: TestLedger;
  const ids = new Map<string, string>();
  const id = (slug: string): string => ids.get(slug) ?? '';
  const today = (day: string): void => {
    ledger.clock.set(`${day}T09:00:00.000Z`);
  };
  const post = (slug: string, what: string, body: Json, status = 200) =>
    ok(ledger.api.post(`deployments/${id(slug)}/${what}`, body), status);

  before(async () => {
    ledger = await seededLedger({ now: '2026-04-01T09:00:00.000Z' });
    const starts = { steady: '2026-04-01', changed: '2026-04-01', gone: '2026-04-01', late: '2026-04-11' };
    for (const [slug, starts_on] of Object.entries({ ...starts, paused: '2026-04-01', next: '2026-05-04' }))
      ids.set(slug, await subscribed(ledger, slug === 'late' ? 'globex' : 'acme', slug, { starts_on }));
    for (const [slug, state] of [
      ['trial', 'trial'],
      ['none', 'active'],
    ] as const) {
      const body = { tenant_id: 'acme', slug, display_name: slug, state };
      ids.set(slug, (await ok(ledger.api.post('deployments', body), 201)).data.id);
    }
    await post('trial', 'subscribe', { plan_code: 'starter', addons: [] }, 201);
    today('2026-04-10');
    await post('changed', 'change-plan', { plan_code: 'starter' });
    await post('paused', 'transition', { to: 'paused' });
    today('2026-04-20');
    await post('paused', 'transition', { to: 'active' });
    await post('gone', 'transition', { to: 'cancelled' });
    today('2026-05-06');
    for (const slug of ids.keys())
      for (const day of ['2026-04-01', '2026-04-15', '2026-04-30', '2026-05-02'])
        await meter(ledger, slug === 'late' ? 'globex' : 'acme', id(slug), day, [
          { resource_kind: 'dns_zones', qty: '0.25' },
        ]);
    const report = { source: 'cdn', external_id: '1', resource_kind: 'bandwidth_gb', qty: '3' };
    const events = [{ ...report, deployment_id: id('none'), day: '2026-04-15' }];
    const { data } = await ok(ledger.api.post('usage', { events }, { token: serviceToken() }));
    expect(data[0].status).to.equal('recorded');
    await ledger.settled();
  });
  after(() => ledger.close());

  it('read those of some deployments alone', async () => {
    const facts = await ledger.ledger.read((db) => factsOfMonth(db, '2026-04-01'));
    expect([...facts.steady.keys()]).to.have.members([id('steady'), id('changed')]);
    const others = ['gone', 'late', 'paused', 'trial'].map(id);
    expect(facts.histories.map(({ deployment_id }) => deployment_id)).to.have.members(others);
  });

  for (const period of months) {
    it(`say who was in force on which days of ${period.slice(0, 7)} and before`, async () => {
      const [facts, histories] = await ledger.ledger.read(async (db) => [
        await factsOfMonth(db, period),
        await subscriptionHistories(db, { period }),
      ]);
      const days = daysInForce(period, facts, new Set([...ids.values(), null]));
      for (const { deployment_id, facts: own } of histories)
        expect(all(days.get(deployment_id) ?? [])).to.deep.equal(all(segmentsInPeriod(own, period)));
      for (const month of months.filter((one) => one <= period)) {
        const first = histories
          .flatMap(({ facts: own }) => segmentsInPeriod(own, month)[0]?.from ?? [])
          .sort();
        expect(firstDayInForce(month, facts), month).to.equal(first[0] ?? null);
      }
      const starts = histories.flatMap(({ facts: own }) => own.filter(({ type }) => type === 'started'));
      expect(firstStart(facts)).to.equal(starts.map(({ day }) => day).sort()[0] ?? null);
    });

    it(`find the usage of ${period.slice(0, 7)} that is not billed`, async () => {
      const [found, expected] = await ledger.ledger.read(async (db) => [
        await readUnbilled(db, period, await factsOfMonth(db, period)),
        unbilledOfPeriod(period, await loadDeployments(db, { period })),
      ]);
      expect(found).to.deep.equal(expected);
      expect(found.length === 0).to.equal(period === '2026-03-01');
    });
  }
});
