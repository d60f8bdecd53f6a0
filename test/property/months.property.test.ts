import { expect } from 'chai';
import fc from 'fast-check';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { loadInvoicingInputs } from '../../src/invoicing/load-invoicing-inputs.ts';
import { commands } from '../../src/processes/commands.ts';
import { Refused } from '../../src/ledger/refusal.ts';
import { deploymentStates } from '../../src/events/deployments.ts';
import { addDays, addMonths, daysInMonth, monthOf, nthDay } from '../../src/pricing/calendar.ts';
import { addCents, totalOf } from '../../src/pricing/money.ts';
import { billLines } from '../support/pricing/bill-lines.ts';
import { expectExplained } from '../support/http/invoice-explain.ts';
import {
  charge,
  invoiceOf,
  meter,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { runs } from '../support/property/runs.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { expectRowsOfJournal } from './rows.ts';

const plan = fc.constantFrom('starter', 'studio', 'pro');
const addonCode = fc.constantFrom('storage_50gb', 'storage_250gb', 'llm_1m_tokens');
const kind = fc.constantFrom(
  'droplet_hours',
  'spaces_gb_month',
  'snapshot_gb_month',
  'bandwidth_gb',
  'dns_zones',
  'llm_tokens',
  'backup_gb_month',
  'constructor',
);
const quantity = fc
  .tuple(fc.integer({ min: 0, max: 4000 }), fc.stringMatching(/^\d{1,12}$/))
  .map(([whole, part]) => `${String(whole)}.${part}`);
const usageOfMonth = fc.uniqueArray(fc.record({ resource_kind: kind, qty: quantity }), {
  selector: ({ resource_kind }) => resource_kind,
  maxLength: 5,
});

/** A change of a deployment, some days after the previous one. */
const step = fc.record({
  daysLater: fc.integer({ min: 0, max: 6 }),
  deployment: fc.integer({ min: 0, max: 1 }),
  act: fc.oneof(
    fc.record({
      type: fc.constant('subscribe' as const),
      plan_code: plan,
      addons: fc.array(addonCode, { maxLength: 3 }),
      shift: fc.integer({ min: -20, max: 10 }),
    }),
    fc.record({ type: fc.constant('change' as const), plan_code: plan }),
    fc.record({
      type: fc.constant('attach' as const),
      code: addonCode,
      packs: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ type: fc.constant('detach' as const), code: addonCode }),
    fc.record({ type: fc.constant('transition' as const), to: fc.constantFrom(...deploymentStates) }),
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('meter' as const),
        back: fc.integer({ min: 0, max: 40 }),
        used: usageOfMonth,
      }),
    },
    fc.record({
      type: fc.constant('charge' as const),
      back: fc.integer({ min: 0, max: 40 }),
      cents: quantity,
    }),
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('one-off' as const),
        back: fc.integer({ min: -3, max: 40 }),
        amount_cents: fc.integer({ min: -600, max: 3000 }),
        takenBack: fc.boolean(),
      }),
    },
    fc.record({
      type: fc.constant('price' as const),
      resource_kind: kind,
      price_cents: fc.integer({ min: 0, max: 9 }),
      shift: fc.integer({ min: -20, max: 10 }),
    }),
    { weight: 3, arbitrary: fc.record({ type: fc.constant('rollup' as const), force: fc.boolean() }) },
    fc.record({ type: fc.constant('settle' as const), paid: fc.boolean() }),
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Plays steps on two deployments of a tenant; a refused step must change nothing. */
class Player {
  private requests = 0;
  private readonly sets = new Map<string, number>();
  private readonly ledger: TestLedger;
  private readonly tenant: string;
  private readonly deployments: string[] = [];

  constructor(ledger: TestLedger, tenant: string) {
    this.ledger = ledger;
    this.tenant = tenant;
  }

  async open(): Promise<void> {
    for (const slug of ['a', 'b']) {
      const { data } = await ok(
        this.ledger.api.post('deployments', { tenant_id: this.tenant, slug, display_name: slug }),
        201,
      );
      this.deployments.push(data.id);
    }
  }

  async play({ daysLater, deployment, act }: Step): Promise<void> {
    this.ledger.clock.advance(daysLater * 86_400_000);
    const today = this.ledger.clock.now().slice(0, 10);
    const lastMonth = addMonths(monthOf(today), -1);
    const deployment_id = this.deployments[deployment] ?? '';
    const { ledger } = this.ledger;
    const meta = () => this.ledger.meta();
    switch (act.type) {
      case 'subscribe':
        return this.tolerant(() =>
          ledger.execute(
            commands.startSubscription,
            {
              deployment_id,
              plan_code: act.plan_code,
              addons: act.addons,
              starts_on: addDays(today, act.shift),
            },
            meta(),
          ),
        );
      case 'change':
        return this.tolerant(() =>
          ledger.execute(commands.changePlanVersion, { deployment_id, plan_code: act.plan_code }, meta()),
        );
      case 'attach':
        return this.tolerant(() =>
          ledger.execute(commands.attachAddon, { deployment_id, code: act.code, packs: act.packs }, meta()),
        );
      case 'detach':
        return this.tolerant(() =>
          ledger.execute(commands.detachAddon, { deployment_id, code: act.code }, meta()),
        );
      case 'transition':
        return this.tolerant(() =>
          ledger.execute(commands.transitionDeployment, { deployment_id, to: act.to, reason: null }, meta()),
        );
      case 'price':
        return this.tolerant(() =>
          ledger.execute(
            commands.setResourcePrice,
            {
              resource_kind: act.resource_kind,
              unit: 'gb',
              price_cents: act.price_cents,
              effective_from: addDays(today, act.shift),
            },
            meta(),
          ),
        );
      case 'charge':
        return charge(
          this.ledger,
          this.tenant,
          deployment_id,
          `${this.tenant}-${(this.requests += 1)}`,
          act.cents,
          `${addDays(today, -act.back)}T12:00:00.000Z`,
        );
      case 'one-off': {
        const charge_id = `${this.tenant}-${(this.requests += 1)}`;
        const day = addDays(today, -act.back);
        const terms = {
          charge_id,
          deployment_id,
          description: 'One-off',
          amount_cents: act.amount_cents,
          day,
        };
        await this.tolerant(() => ledger.execute(commands.addCharge, terms, meta()));
        if (!act.takenBack) return;
        const taken = { charge_id, deployment_id, reason: 'wrong' };
        return this.tolerant(() => ledger.execute(commands.voidCharge, taken, meta()));
      }
      case 'meter': {
        const day = addDays(today, -act.back);
        const set = (this.sets.get(`${deployment_id} ${day}`) ?? 0) + 1;
        this.sets.set(`${deployment_id} ${day}`, set);
        return meter(this.ledger, this.tenant, deployment_id, day, act.used, set);
      }
      case 'settle': {
        const id = invoiceId(this.tenant, lastMonth);
        // 404 without an invoice, 409 for one that is paid or void.
        await this.ledger.api.post(`invoices/${id}/${act.paid ? 'pay' : 'void'}`);
        return;
      }
      case 'rollup': {
        await this.ledger.settled();
        // 409 for one that is paid or void: tolerated, as all refusals here.
        await this.ledger.api.post('invoices/rollup', {
          period: lastMonth,
          tenant_id: this.tenant,
          force: act.force,
        });
      }
    }
  }

  private async tolerant(command: () => Promise<unknown>): Promise<void> {
    try {
      await command();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
}

/** Expects lines that add up to the invoice's totals, and that its inputs give again. */
async function expectSound(ledger: TestLedger, id: string): Promise<void> {
  const invoice = await invoiceOf(ledger, id);
  const lines = invoice.lines as { kind: string; amount_cents: number }[];
  const tax = lines.filter((line) => line.kind === 'tax');
  expect(tax, 'one tax line').to.have.length(1);
  expect(totalOf(lines), 'lines add up').to.equal(invoice.total_cents);
  expect(addCents(invoice.subtotal_cents, totalOf(tax))).to.equal(invoice.total_cents);
  for (const issue of invoice.history) {
    const [inputs] = await ledger.ledger.read((db) =>
      loadInvoicingInputs(db, {
        period: invoice.period_start,
        atPosition: issue.inputs_position,
        tenantId: invoice.tenant_id,
        currency: 'AUD',
      }),
    );
    const again = inputs === undefined ? null : billLines(inputs);
    expect(again?.lines, `issue ${issue.issue_no}, computed again at its position`).to.deep.equal(
      issue.lines.map(({ line_no: _no, ...line }: Json) => line),
    );
    await expectExplained(ledger, invoice, issue);
  }
}

describe('months under random commands, on a real ledger', () => {
  let ledger: TestLedger;
  let run = 0;
  before(async () => {
    ledger = await seededLedger({ now: '2026-01-01T09:00:00.000Z' });
  });
  after(() => ledger.close());

  it('bill exactly what was quoted for the same terms and usage', async () => {
    const subscriber = fc.record({
      plan_code: plan,
      addons: fc.array(addonCode, { maxLength: 3 }),
      day: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 })),
      used: usageOfMonth,
    });
    await fc.assert(
      fc.asyncProperty(subscriber, async ({ plan_code, addons, day, used }) => {
        const period = monthOf(ledger.clock.now().slice(0, 10));
        const starts_on = nthDay(period, Math.min(day, daysInMonth(period)));
        const tenant_id = `quoted-${(run += 1)}`;
        const deployment = await subscribed(ledger, tenant_id, 'site', { plan_code, addons, starts_on });
        await meter(ledger, tenant_id, deployment, starts_on, used);
        ledger.clock.set(`${addMonths(period, 1)}T03:00:00.000Z`);
        await ledger.settled();
        const projected_usage = Object.fromEntries(
          used.map(({ resource_kind, qty }) => [resource_kind, qty]),
        );
        const { data: quoted } = await ok(
          ledger.api.post('quote', { plan_code, addons, projected_usage, starts_on }),
        );
        await rollup(ledger, { period, tenant_id });
        const invoice = await invoiceOf(ledger, invoiceId(tenant_id, period));
        const recurring = (invoice.lines as { kind: string; amount_cents: number }[]).filter(
          ({ kind: of }) => of === 'plan_base' || of === 'addon',
        );
        expect(totalOf(recurring)).to.equal(quoted.first_invoice.total_cents);
        // Only a whole month has the whole allowance that a month of usage is quoted with.
        if (starts_on === period)
          expect(invoice.subtotal_cents).to.equal(
            addCents(quoted.first_invoice.total_cents, quoted.overage.total_cents),
          );
        await expectSound(ledger, invoice.id);
      }),
      { numRuns: runs(8) },
    );
  });

  it('add up, repeat at their positions, and add nothing when rolled up again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        const player = new Player(ledger, `played-${(run += 1)}`);
        await player.open();
        for (const one of steps) await player.play(one);
        const period = monthOf(ledger.clock.now().slice(0, 10));
        ledger.clock.set(`${addMonths(period, 1)}T03:00:00.000Z`);
        await ledger.settled();
        const first = await rollup(ledger, { period });
        const events = await ledger.eventCount();
        const second = await rollup(ledger, { period });
        const forced = await rollup(ledger, { period, force: true });
        expect(await ledger.eventCount(), 'events after two more rollups').to.equal(events);
        for (const again of [second, forced])
          expect(again.invoices.map((one: Json) => [one.tenant_id, one.total_cents])).to.deep.equal(
            first.invoices.map((one: Json) => [one.tenant_id, one.total_cents]),
          );
        const { data } = await ok(
          ledger.api.get('invoices?limit=500', { token: tenantToken(`played-${run}`) }),
        );
        for (const { id } of data) await expectSound(ledger, id);
      }),
      { numRuns: runs(6) },
    );
  });

  it('leave the rows that the journal defines, whether events are delivered once or twice', async () => {
    expect(await expectRowsOfJournal(ledger)).to.be.greaterThan(100);
  });
});
