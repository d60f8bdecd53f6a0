import { expect } from 'chai';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { witnessedMonth, type Witnessed } from '../support/history/as-of-month.ts';

const asked = 'dashboard/margin?period=2026-04';
const byDefault = 'dashboard/margin';

describe('the margin as it was known', () => {
  let ledger: TestLedger;
  let witnessed: Witnessed[];
  before(async () => {
    ({ ledger, witnessed } = await witnessedMonth(async () => [asked, byDefault]));
  });
  after(() => ledger.close());

  const margin = async (path: string): Promise<Json> => (await ok(ledger.api.get(path))).data;

  it('equals the answer that was given at each moment of a busy month', async () => {
    for (const { at, answers } of witnessed)
      expect(await margin(`${asked}&known_at=${at}`), at).to.deep.equal(answers.get(asked));
  });

  it('was different at enough moments for this comparison', () => {
    const figures = new Set(witnessed.map(({ answers }) => JSON.stringify(answers.get(asked))));
    expect(witnessed.length).to.be.greaterThan(40);
    expect(figures.size).to.be.greaterThan(10);
    // Each input has changed: rate, costs, attribution, invoices.
    const of = (pick: (answer: Json) => unknown) =>
      new Set(witnessed.map(({ answers }) => JSON.stringify(pick(answers.get(asked))))).size;
    expect(of(({ fx }) => fx.rate)).to.equal(3);
    expect(of(({ overall }) => overall.cogs_cents)).to.be.greaterThan(3);
    expect(of(({ overall }) => overall.revenue_cents)).to.be.greaterThan(3);
    expect(
      of(({ tenants }) => tenants.map((one: Json) => [one.tenant_id, one.cogs_cents])),
    ).to.be.greaterThan(5);
  });

  it('is of the month that was the last one then', async () => {
    const before = await margin(byDefault);
    ledger.clock.advance(40 * 86_400_000);
    expect((await margin(byDefault)).period).to.equal('2026-05-01');
    expect(await margin(`${byDefault}?known_at=${witnessed.at(-1)?.at ?? ''}`)).to.deep.equal(before);
    expect((await margin(`${byDefault}?known_at=2099-01-01`)).period, 'the future is not known').to.equal(
      '2026-05-01',
    );
  });

  it('of a day is that at its end; of the future, that of now; before any event, nothing', async () => {
    const last = witnessed.at(-1)?.answers.get(asked);
    const day = witnessed.at(-1)?.at.slice(0, 10) ?? '';
    expect(await margin(`${asked}&known_at=${day}`)).to.deep.equal(last);
    expect(await margin(`${asked}&known_at=2099-12-31T00:00:00Z`)).to.deep.equal(last);
    expect(await margin(`${asked}&known_at=2026-05-01`)).to.deep.equal({
      period: '2026-04-01',
      currency: 'AUD',
      fx: { from: 'USD', to: 'AUD', rate: '1', source: 'default' },
      overall: {
        revenue_cents: 0,
        cogs_cents: 0,
        direct_cents: 0,
        shared_cents: 0,
        margin_cents: 0,
        margin_pct: null,
        unattributed_cents: 0,
      },
      tenants: [],
      deployments: [],
      by_kind: { revenue: [], cogs: [] },
      pending: [],
      not_billable: [],
    });
  });

  it('refuses an invalid time, naming the parameter', async () => {
    for (const text of ['yesterday', '2026-02-30', '2026-05-01T25:00:00Z', '2026-05-01T10:00:00+10:00', ''])
      await problem(ledger.api.get(`${asked}&known_at=${encodeURIComponent(text)}`), 422, 'known_at');
    await problem(ledger.api.get(`${asked}&as_of=2026-05-01`), 422, 'as_of');
  });
});
