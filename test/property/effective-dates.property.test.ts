import { expect } from 'chai';
import fc from 'fast-check';
import { addDays, daysFrom, lastDay } from '../../src/pricing/calendar.ts';
import { seededLedger } from '../support/http/invoices-month.ts';
import { ok, type Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { adminToken, tenantToken } from '../support/http/tokens.ts';

/** A command on a day of the month, by an admin who may date it back, or by the tenant. */
const command = fc.record({
  day: fc.integer({ min: 2, max: 29 }),
  site: fc.nat(2),
  /** Undefined: no day is named. */
  back: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  isAdmin: fc.boolean(),
  action: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        path: fc.constant('transition'),
        to: fc.constantFrom('active', 'paused', 'past_due', 'active', 'suspended'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        path: fc.constant('change-plan'),
        plan_code: fc.constantFrom('starter', 'studio', 'pro'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        path: fc.constant('addons'),
        code: fc.constantFrom('storage_50gb', 'llm_1m_tokens'),
        qty: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        path: fc.constantFrom('addons/storage_50gb', 'addons/llm_1m_tokens'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ path: fc.constant('transition'), to: fc.constant('cancelled') }) },
  ),
});
type Command = typeof command extends fc.Arbitrary<infer Each> ? Each : never;

const slugs = ['site', 'shop', 'trial'] as const;

/** The exact sum of cents over days, as a share of the month, rounded half up once. */
const shareOf = (cents: number, days: number): number => Math.floor((2 * cents + days) / (2 * days));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('changes that are dated back', () => {
  let ledger: TestLedger;
  const prices = new Map<string, number>();
  before(async () => {
    ledger = await seededLedger({ now: '2026-05-01T08:00:00.000Z' });
    for (const code of ['starter', 'studio', 'pro']) {
      const { data } = await ok(ledger.api.get(`catalog/plans/${code}`));
      for (const { version, base_price_cents } of data.versions)
        prices.set(`${code} ${version}`, base_price_cents);
    }
  });
  after(() => ledger.close());

  /** Sends a command, again under its key, and again where it names its day: only the first adds events. */
  async function send(id: string, tenant: string, { action, back, isAdmin }: Command, key: string) {
    const today = ledger.clock.now().slice(0, 10);
    const { path, ...fields } = action;
    const effective_on = back === undefined ? undefined : addDays(today, -back);
    const request = (named: boolean) => ({
      token: isAdmin ? adminToken() : tenantToken(tenant),
      headers: named ? { 'idempotency-key': key } : {},
    });
    const once = (named: boolean) =>
      path.startsWith('addons/')
        ? ledger.api.delete(
            `deployments/${id}/${path}${effective_on === undefined ? '' : `?effective_on=${effective_on}`}`,
            request(false),
          )
        : ledger.api.post(`deployments/${id}/${path}`, { ...fields, effective_on }, request(named));
    const first = await once(true);
    const events = await ledger.eventCount();
    const again = [await once(true), ...(effective_on === undefined ? [] : [await once(false)])];
    expect(await ledger.eventCount(), `${JSON.stringify(action)} again`).to.equal(events);
    if (first.status >= 300) return;
    if (!path.startsWith('addons/')) expect(again[0]?.body).to.deep.equal(first.body);
    if (effective_on !== undefined)
      for (const answer of again) expect(answer.status, JSON.stringify(answer.body)).to.be.below(300);
  }

  /** What the deployment's plan and addons cost in the month, by its state on each day. */
  async function reckoned(id: string, period: string): Promise<{ base: number; addons: number }> {
    const days = daysFrom(period, lastDay(period));
    let base = 0;
    const addons = new Map<string, number>();
    for (const day of days) {
      const { state, subscription } = (await ok(ledger.api.get(`deployments/${id}?as_of=${day}`))).data;
      if (['trial', 'paused', 'cancelled', 'archived'].includes(state)) continue;
      if (subscription?.status !== 'active') continue;
      base += prices.get(`${subscription.plan_code} ${subscription.plan_version}`) ?? Number.NaN;
      for (const { code, packs, price_cents } of subscription.addons as Json[])
        addons.set(code, (addons.get(code) ?? 0) + packs * price_cents);
    }
    const share = (cents: number) => shareOf(cents, days.length);
    return { base: share(base), addons: sum([...addons.values()].map(share)) };
  }

  it('count on every day alike for as-of reads, accrual, preview and invoice', async function () {
    this.timeout(240_000);
    let month = 4;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 18, maxLength: 30, size: 'max' }), async (commands) => {
        month += 1;
        const period = `2026-${String(month).padStart(2, '0')}-01`;
        const tenant = `tenant-${month}`;
        ledger.clock.set(`${period}T08:00:00.000Z`);
        const ids: string[] = [];
        for (const slug of slugs) {
          const state = slug === 'trial' ? 'trial' : 'active';
          const body = { tenant_id: tenant, slug, display_name: slug, state };
          const { data } = await ok(ledger.api.post('deployments', body), 201);
          await ok(ledger.api.post(`deployments/${data.id}/subscribe`, { plan_code: 'studio' }), 201);
          ids.push(data.id);
        }
        const inOrder = [...commands].sort((a, b) => a.day - b.day);
        for (const [index, one] of inOrder.entries()) {
          ledger.clock.set(`${addDays(period, one.day - 1)}T12:00:00.000Z`);
          await send(ids[one.site] as string, tenant, one, `${tenant}-${index}`);
        }
        const usage = {
          source: 'probe',
          external_id: tenant,
          deployment_id: ids[0],
          resource_kind: 'bandwidth_gb',
        };
        ledger.clock.set(`${lastDay(period)}T20:00:00.000Z`);
        await ok(ledger.api.post('usage', { events: [{ ...usage, qty: '7000', day: addDays(period, 9) }] }));
        const expected = new Map<string, { base: number; addons: number }>();
        for (const id of ids) expected.set(id, await reckoned(id, period));
        const accrued = (await ok(ledger.api.get('dashboard/accrual'))).data.subscriptions as Json[];
        for (const [id, { base, addons }] of expected)
          expect(
            accrued.find(({ deployment_id }) => deployment_id === id)?.recurring_cents ?? 0,
            `accrual of ${id}`,
          ).to.equal(base + addons);
        const ofTenant = accrued.filter(({ tenant_id }) => tenant_id === tenant);
        const total = sum(ofTenant.map(({ total_cents }) => total_cents));
        ledger.clock.set(`${addDays(lastDay(period), 1)}T06:00:00.000Z`);
        // The tenants of earlier months are billed in this one too.
        const [preview] = (await ok(ledger.api.get(`invoices/preview?period=${period}&tenant_id=${tenant}`)))
          .data;
        await ok(ledger.api.post('invoices/rollup', { period, tenant_id: tenant }));
        const own = { token: tenantToken(tenant) };
        const [row] = (await ok(ledger.api.get(`invoices?period=${period}`, own))).data as Json[];
        if (row === undefined) {
          expect([preview, total]).to.deep.equal([undefined, 0]);
          return;
        }
        const invoice = (await ok(ledger.api.get(`invoices/${row.id}`))).data;
        expect(invoice.subtotal_cents, 'the invoice is what was accrued').to.equal(total);
        expect(preview.lines, 'and what the preview said').to.deep.equal(invoice.lines);
        for (const [id, { base, addons }] of expected)
          for (const [kind, cents] of [
            ['plan_base', base],
            ['addon', addons],
          ] as const)
            expect(
              sum(
                (invoice.lines as Json[])
                  .filter((line) => line.deployment_id === id && line.kind === kind)
                  .map(({ amount_cents }) => amount_cents),
              ),
              `${kind} of ${id}`,
            ).to.equal(cents);
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });
});
