import { expect } from 'chai';
import fc from 'fast-check';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { commands } from '../../src/processes/commands.ts';
import type { PlanItem } from '../../src/events/catalog.ts';
import { addMonths, nthDay } from '../../src/pricing/calendar.ts';
import { sumCents } from '../../src/pricing/money.ts';
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
import { runs } from '../support/property/runs.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const kinds = ['droplet_hours', 'spaces_gb_month', 'dns_zones', 'llm_tokens'];
const units: Record<string, string> = {
  droplet_hours: 'hour',
  spaces_gb_month: 'gb',
  dns_zones: 'zone',
  llm_tokens: '1k_tokens',
};
const quantity = fc
  .tuple(fc.integer({ min: 0, max: 4000 }), fc.stringMatching(/^\d{1,12}$/))
  .map(([whole, part]) => `${String(whole)}.${part}`);
const cents = fc.integer({ min: 0, max: 9000 });
const item = (kind: string): fc.Arbitrary<PlanItem> =>
  fc.record({
    resource_kind: fc.constant(kind),
    included_qty: quantity,
    overage_unit: fc.constant(units[kind] ?? 'gb'),
    overage_price_cents: fc.integer({ min: 0, max: 60 }),
    hard_cap_qty: fc.option(quantity, { nil: null }),
  });
const terms = fc.record({
  base_price_cents: cents,
  items: fc.subarray(kinds).chain((some) => fc.tuple(...some.map(item))),
});
type Terms = typeof terms extends fc.Arbitrary<infer T> ? T : never;

/** Other terms for the same items: what an override can say item by item. */
const otherTermsFor = ({ items }: Terms): fc.Arbitrary<Terms> =>
  fc.record({
    base_price_cents: cents,
    items: fc.tuple(...items.map(({ resource_kind }) => item(resource_kind))),
  });

const month = fc
  .record({
    held: terms,
    draft: fc.boolean(),
    startsOn: fc.integer({ min: 1, max: 30 }),
    packs: fc.integer({ min: 0, max: 3 }),
    prices: fc.tuple(cents, cents),
    used: fc.uniqueArray(
      fc.record({ resource_kind: fc.constantFrom(...kinds, 'backup_gb_month'), qty: quantity }),
      { selector: ({ resource_kind }) => resource_kind, maxLength: 5 },
    ),
    charged: fc.option(quantity, { nil: null }),
  })
  .chain((drawn) => (drawn.draft ? terms : otherTermsFor(drawn.held)).map((other) => ({ ...drawn, other })));

/** A plan with one published version, and an addon; both as a catalog would have them. */
async function offer(
  ledger: TestLedger,
  code: string,
  { base_price_cents, items }: Terms,
  addonCents: number,
): Promise<void> {
  const execute = ledger.ledger.execute.bind(ledger.ledger);
  await execute(commands.createPlan, { code: `plan-${code}`, name: code }, ledger.meta());
  await execute(
    commands.draftPlanVersion,
    { plan_code: `plan-${code}`, base_price_cents, items },
    ledger.meta(),
  );
  await execute(commands.publishPlanVersion, { plan_code: `plan-${code}`, version: 1 }, ledger.meta());
  await execute(
    commands.defineAddon,
    {
      code: `addon-${code}`,
      name: code,
      resource_kind: 'spaces_gb_month',
      qty: '50',
      price_cents: addonCents,
    },
    ledger.meta(),
  );
}

/** Amounts of a tenant's lines by kind and resource kind, both given as sorted text, without zeros. */
const amounts = (lines: Json[], of: string): string[] => {
  const sums = new Map<string, number>();
  for (const line of lines) {
    const subject = `${line.kind} ${line.resource_kind}`;
    sums.set(subject, sumCents([sums.get(subject) ?? 0, line[of]]));
  }
  return [...sums]
    .filter(([, amount]) => amount !== 0)
    .map(([subject, amount]) => `${subject} ${amount}`)
    .sort();
};

describe('what if, on a real ledger', () => {
  let ledger: TestLedger;
  let run = 0;
  before(async () => {
    ledger = await seededLedger({ now: '2026-05-02T00:00:00.000Z' });
  });
  after(() => ledger.close());

  it('comes to what the month is invoiced at by a ledger whose catalog has these terms', async () => {
    await fc.assert(
      fc.asyncProperty(month, async ({ held, other, draft, startsOn, packs, prices, used, charged }) => {
        run += 1;
        const [asIs, asIf] = [`is-${run}`, `if-${run}`];
        await offer(ledger, asIs, held, prices[0]);
        await offer(ledger, asIf, other, prices[1]);
        if (draft)
          await ledger.ledger.execute(
            commands.draftPlanVersion,
            { plan_code: `plan-${asIs}`, ...other },
            ledger.meta(),
          );
        await ledger.settled();
        for (const code of [asIs, asIf]) {
          const addons = Array.from({ length: packs }, () => `addon-${code}`);
          const deployment = await subscribed(ledger, code, 'site', {
            plan_code: `plan-${code}`,
            addons,
            starts_on: nthDay('2026-04-01', startsOn),
          });
          await meter(ledger, code, deployment, '2026-04-30', used);
          if (charged !== null)
            await charge(ledger, code, deployment, `${code}-charge`, charged, '2026-04-12T00:00:00.000Z');
        }
        await ledger.settled();
        const plan = draft
          ? {
              terms_of_version: (await ok(ledger.api.get(`catalog/plans/plan-${asIs}`))).data.versions.length,
            }
          : {
              base_price_cents: other.base_price_cents,
              items: Object.fromEntries(
                other.items.map(({ resource_kind, included_qty, overage_price_cents, hard_cap_qty }) => [
                  resource_kind,
                  { included_qty, overage_price_cents, hard_cap_qty },
                ]),
              ),
            };
        const overrides = {
          plans: { [`plan-${asIs}`]: plan },
          addons: { [`addon-${asIs}`]: { price_cents: prices[1] } },
        };
        const { data } = await ok(ledger.api.post('what-if', { period: '2026-04', overrides }), 201);
        await rollup(ledger, { tenant_id: asIs });
        await rollup(ledger, { tenant_id: asIf });
        const invoices = await Promise.all(
          [asIs, asIf].map((tenant) => invoiceOf(ledger, invoiceId(tenant, '2026-04-01'))),
        );
        const compared = data.tenants.find((tenant: Json) => tenant.tenant_id === asIs);
        expect([compared.before_cents, compared.after_cents]).to.deep.equal(
          invoices.map(({ total_cents }) => total_cents),
        );
        expect([
          amounts(compared.lines, 'before_cents'),
          amounts(compared.lines, 'after_cents'),
        ]).to.deep.equal(invoices.map(({ lines }) => amounts(lines, 'amount_cents')));
        expect(compared.affected).to.have.length(1);
        expect(data.delta_cents, 'no other tenant is concerned').to.equal(compared.delta_cents);
      }),
      { numRuns: runs(8) },
    );
  });

  it('is what was issued, without overrides, and adds up over tenants and months', async () => {
    await rollup(ledger);
    const months = ['2026-04-01', '2026-05-01'];
    const { data } = await ok(ledger.api.post('what-if', { periods: months, overrides: {} }), 201);
    const [april, may] = data.periods;
    expect(april.tenants).to.have.length(2 * run);
    for (const tenant of april.tenants)
      expect([tenant.before_cents, tenant.after_cents, tenant.delta_cents]).to.deep.equal([
        tenant.issued_cents,
        tenant.issued_cents,
        0,
      ]);
    expect([april.before, april.after]).to.deep.equal([april.issued, april.issued]);
    for (const side of ['before', 'after']) {
      const totals = data.periods.map((one: Json) => one[side].total_cents);
      expect(totals).to.deep.equal(
        data.periods.map((one: Json) => sumCents(one.tenants.map((tenant: Json) => tenant[`${side}_cents`]))),
      );
      expect(data[side].total_cents).to.equal(sumCents(totals));
      expect(sumCents(data.tenants.map((tenant: Json) => tenant[`${side}_cents`]))).to.equal(
        data[side].total_cents,
      );
    }
    expect(may.margin.before.revenue_cents).to.equal(
      (await ok(ledger.api.get('dashboard/accrual'))).data.total_cents,
    );
    expect(april.margin.issued.revenue_cents).to.equal(
      (await ok(ledger.api.get('dashboard/margin?period=2026-04'))).data.overall.revenue_cents,
    );
    expect(addMonths(april.period, 1)).to.equal(may.period);
  });
});
