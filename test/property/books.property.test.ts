import { expect } from 'chai';
import fc from 'fast-check';
import {
  aDroplet,
  aProject,
  aSnapshot,
  emptyAccount,
  invoiceCsv,
  type InvoiceCsvRow,
} from '../../simulators/digitalocean/index.ts';
import { sharingRules } from '../../src/pricing/cost-sharing.ts';
import { ok, type Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { unlimited } from '../support/processes/provider-stage.ts';
import { completed, inventoryOf, syncAll } from '../support/processes/sync-run.ts';
import { runs } from '../support/property/runs.ts';
import { expectRowsOfJournal } from './rows.ts';

const which = fc.nat(9);
const names = ['a (s)', 'b (s)', 'c (s)', 'nowhere (s)', 'nowhere (s)'] as const;
const lines = fc.array(
  fc.record({
    description: fc.constantFrom(...names, 'GST', 'Support'),
    cents: fc.integer({ min: -500, max: 3000 }),
    time: fc.constantFrom(
      null,
      ['2026-04-01', '2026-05-01'] as const,
      ['2026-04-03', '2026-04-09'] as const,
      ['2026-03-28', '2026-04-12'] as const,
      ['2026-04-20', '2026-05-02'] as const,
      ['2026-03-01', '2026-04-01'] as const,
      ['2026-04-11', '2026-04-11'] as const,
    ),
  }),
  { minLength: 1, maxLength: 8 },
);
const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('invoice' as const),
      invoice: which,
      lines,
      isIngested: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('replace' as const), invoice: which }) },
  fc.record({ type: fc.constant('again' as const), invoice: which }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('link' as const),
      line: fc.nat(20),
      resource: fc.option(which),
      ends: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('share' as const),
      rule: fc.constantFrom(...sharingRules),
      kinds: fc.constantFrom(null, ['other'], ['droplet', 'tax'], ['other', 'tax', 'droplet']),
      tax_is_cost: fc.boolean(),
    }),
  },
  fc.record({ type: fc.constant('rule' as const), project: which, deployment: fc.option(which) }),
  fc.record({ type: fc.constant('tie' as const), resource: which, deployment: which }),
  fc.record({ type: fc.constant('untie' as const), resource: which }),
  fc.record({ type: fc.constant('assign' as const), project: which, tenant: which }),
  fc.record({ type: fc.constant('bill' as const), tenant: which, isVoid: fc.boolean() }),
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

const rowOf = ({ description, cents, time }: Json): InvoiceCsvRow => ({
  product: description === 'GST' ? 'Taxes' : description === 'Support' ? 'Support' : 'Droplets',
  description,
  usd: `${cents < 0 ? '-' : ''}$${(Math.abs(cents) / 100).toFixed(2)}`,
  start: time === null ? '' : `${time[0]} 00:00:00 +0000`,
  end: time === null ? '' : `${time[1]} 00:00:00 +0000`,
});

const of = <T>(all: readonly T[], index: number): T => all[index % all.length] as T;
const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);
const sumOf = (rows: Json, field: string): number => sum(rows.map((one: Json) => one[field] ?? 0));
/** A dollar is 1.5 of the ledger's currency; half away from zero. */
const converted = (cents: number): number => Math.sign(cents) * Math.floor((Math.abs(cents) * 3 + 1) / 2) + 0;

describe('the books of a month, whatever happens to its invoices, links and rules', () => {
  let ledger: TestLedger;
  let resources: string[];
  let deployments: string[];
  /** What the margin was, and when. */
  const answered: { at: string; done: string; figures: Json }[] = [];
  const tenants = ['acme', 'globex', 'hers'];
  const droplets = ['a', 'b', 'c'].map((name) => aDroplet({ name, created_at: '2026-01-01T00:00:00Z' }));
  const projects = [aProject({ name: 'one' }), aProject({ name: 'two' })];
  const uuids = [1, 2, 3].map((n) => `a3a1e3a0-0000-4000-8000-00000000000${n}`);

  before(async () => {
    const snapshots = [aSnapshot({ resource_id: String(droplets[0]?.id), resource_type: 'droplet' })];
    const account = { ...emptyAccount(), droplets, projects, snapshots };
    ledger = await seededLedger({
      digitalOcean: { account, limits: unlimited },
      now: '2026-04-01T01:00:00.000Z',
    });
    const { digitalOcean, api } = ledger;
    for (const [n, { id }] of droplets.entries())
      digitalOcean.assign(`do:droplet:${id}`, String(of(projects, n).id));
    await syncAll(ledger);
    resources = (await inventoryOf(ledger, '&kind=droplet')).map(({ id }) => String(id));
    deployments = [
      await subscribed(ledger, 'acme', 'shop'),
      await subscribed(ledger, 'acme', 'site', { starts_on: '2026-04-16' }),
      await subscribed(ledger, 'globex', 'site', { starts_on: '2026-04-10' }),
    ];
    const idle = { tenant_id: 'hers', slug: 'idle', display_name: 'idle' };
    deployments.push((await ok(api.post('deployments', idle), 201)).data.id);
    ledger.clock.set('2026-05-02T03:00:00.000Z');
    const rate = { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-04-01' };
    await ok(api.post('fx-rates', rate), 201);
  });
  after(() => ledger.close());

  const month = async (view: string, query = ''): Promise<Json> =>
    (await ok(ledger.api.get(`dashboard/${view}?period=2026-04${query}`))).data;
  const costLines = (): Promise<Json> => ok(ledger.api.get('billing/cost-lines?period=2026-04&limit=500'));
  const invoiceOf = async (uuid: string): Promise<Json> =>
    (await ok(ledger.api.get('billing/invoices?limit=500'))).data.find((one: Json) => one.uuid === uuid);
  const ingest = (uuid: string) => ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));

  /** The provider issues an invoice, or issues it anew: `isIngested` false without a word. */
  async function issue({ invoice, lines: given, isIngested }: Extract<Act, { type: 'invoice' }>) {
    const uuid = of(uuids, invoice);
    const csv = invoiceCsv(given.map(rowOf));
    if (ledger.digitalOcean.account.invoices.some((one) => one.invoice_uuid === uuid))
      ledger.digitalOcean.setInvoiceCsv(uuid, csv);
    else ledger.digitalOcean.addInvoice({ uuid, period: '2026-04', csv });
    await (isIngested ? ingest(uuid) : completed(ledger, 'billing.history'));
  }

  /** The provider lists another invoice of the month in place of this one, and an operator agrees. */
  async function replace(invoice: number): Promise<void> {
    const { invoices } = ledger.digitalOcean.account;
    if (invoices.length < 2) return;
    const [{ invoice_uuid: uuid } = { invoice_uuid: '' }] = invoices.splice(invoice % invoices.length, 1);
    await completed(ledger, 'billing.history');
    const { reissue } = await invoiceOf(uuid);
    if ((reissue?.replaced_by ?? null) === null) return;
    await ok(ledger.api.post(`billing/invoices/${uuid}/reissue-seen`, { counts: false }));
    expect(await invoiceOf(uuid)).to.include({ status: 'replaced' });
  }

  async function link({ line, resource, ends }: Extract<Act, { type: 'link' }>): Promise<void> {
    const { data } = await costLines();
    const able = data.filter((one: Json) => one.unmatched_reason !== 'tax');
    if (able.length === 0) return;
    const path = `billing/cost-lines/${of<Json>(able, line).id}/link`;
    const resource_id = resource === null ? null : of(resources, resource);
    await ok(ends ? ledger.api.delete(path) : ledger.api.post(path, { resource_id, reason: 'seen' }));
  }

  async function bill(tenant_id: string, isVoid: boolean): Promise<void> {
    if (!isVoid) await rollup(ledger, { tenant_id });
    const { data } = await ok(ledger.api.get(`invoices?period=2026-04`));
    const issued = data.find((one: Json) => one.tenant_id === tenant_id && one.status === 'issued');
    if (isVoid && issued !== undefined)
      await ok(ledger.api.post(`invoices/${issued.id}/void`, { reason: 'wrong' }));
  }

  async function perform(one: Act): Promise<void> {
    switch (one.type) {
      case 'invoice':
        return issue(one);
      case 'replace':
        return replace(one.invoice);
      case 'again': {
        const { invoices } = ledger.digitalOcean.account;
        if (invoices.length > 0) await ingest(of(invoices, one.invoice).invoice_uuid);
        return;
      }
      case 'link':
        return link(one);
      case 'share': {
        const { type: _type, ...rule } = one;
        await ok(ledger.api.put('cost-sharing', { ...rule, effective_from: '2026-04-01' }));
        return;
      }
      case 'rule': {
        const path = `projects/${of(projects, one.project).id}/deploys`;
        const { deployment } = one;
        const deployment_id = deployment === null ? null : of(deployments, deployment);
        await ok(deployment_id === null ? ledger.api.delete(path) : ledger.api.post(path, { deployment_id }));
        return;
      }
      case 'tie': {
        const tie = { resource_id: of(resources, one.resource), effective_from: '2026-04-12' };
        // Refused where it is tied, or the month is invoiced.
        await ledger.api.post(`deployments/${of(deployments, one.deployment)}/resources`, tie);
        return;
      }
      case 'untie': {
        const { tie } = (await ok(ledger.api.get(`inventory/${of(resources, one.resource)}`))).data;
        const path = `deployments/${tie?.deployment_id}/resources/${of(resources, one.resource)}`;
        // Refused where the month is invoiced.
        if (tie !== null) await ledger.api.delete(`${path}?effective_to=2026-04-21`);
        return;
      }
      case 'assign': {
        const path = `projects/${of(projects, one.project).id}/assign`;
        await ok(ledger.api.post(path, { tenant_id: of(tenants, one.tenant) }));
        return;
      }
      case 'bill':
        return bill(of(tenants, one.tenant), one.isVoid);
    }
  }

  async function expectBalanced(done: string): Promise<void> {
    await ledger.settled();
    const { data, summary } = await costLines();
    const figures = await month('margin');
    const { overall, tenants: each, deployments: parts, by_kind } = figures;
    const cost = sum(data.map((one: Json) => converted(one.amount_cents)));
    expect(overall.cogs_cents, `${done}: lines`).to.equal(cost);
    expect(summary.total_cents, `${done}: summary`).to.equal(sumOf(data, 'amount_cents'));
    const { direct_cents, shared_cents, unattributed_cents } = overall;
    expect(direct_cents + shared_cents + unattributed_cents, done).to.equal(cost);
    expect([sumOf(each, 'direct_cents'), sumOf(each, 'shared_cents')], done).to.deep.equal([
      direct_cents,
      shared_cents,
    ]);
    expect([sumOf(parts, 'shared_cents'), sumOf(by_kind.cogs, 'cents')], done).to.deep.equal([
      shared_cents,
      cost,
    ]);
    const { items, total_cents } = await month('leakage');
    const idle = each.filter(({ revenue_cents }: Json) => revenue_cents === 0);
    expect(total_cents, `${done}: leakage`).to.equal(unattributed_cents + sumOf(idle, 'cogs_cents'));
    expect(sumOf(items, 'amount_cents'), `${done}: items`).to.equal(total_cents);
    answered.push({ at: ledger.clock.now(), done, figures });
    const { data: whatIf } = await ok(ledger.api.post('what-if', { period: '2026-04', overrides: {} }), 201);
    expect(whatIf.margin.issued.cogs_cents, `${done}: what-if`).to.equal(cost);
  }

  it('add up to the cent in margin, leakage and what-if, and later as they were known then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 25 }), async (acts) => {
        for (const [n, one] of acts.entries()) {
          ledger.clock.advance(60_000);
          await perform(one);
          await expectBalanced(`${n} ${JSON.stringify(one)}`);
        }
        for (const { at: then, done, figures } of answered.splice(0))
          expect(await month('margin', `&known_at=${then}`), `known at ${done}`).to.deep.equal(figures);
      }),
      { numRuns: runs(1), endOnFailure: true },
    );
  });

  it('have the rows that the journal defines', async () => {
    expect(await expectRowsOfJournal(ledger)).to.be.greaterThan(0);
  });
});
