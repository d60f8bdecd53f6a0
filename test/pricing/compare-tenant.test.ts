import { expect } from 'chai';
import fc from 'fast-check';
import type { TenantInvoicingInputs } from '../../src/pricing/invoice.ts';
import { addCents, sumCents } from '../../src/pricing/money.ts';
import { billLines } from '../support/pricing/bill-lines.ts';
import type { InvoiceOfLines } from '../support/pricing/bill-lines.ts';
import type { SubscriptionFact } from '../../src/pricing/subscription-terms.ts';
import type { PlanItemTerms, PlanTerms } from '../../src/pricing/types.ts';
import { compareTenant, OverrideTooLarge } from '../../src/pricing/compare-tenant.ts';
import type { TenantWhatIf } from '../../src/pricing/compare-tenant.ts';
import { overriddenCatalog } from '../../src/pricing/what-if-overrides.ts';
import type { Overrides, PlanOverride } from '../../src/pricing/what-if-overrides.ts';
import { cents, plan, price, quantity } from '../support/pricing/arbitraries.ts';
import { journal, started, state } from '../support/pricing/history.ts';
import type { GivenFact } from '../support/pricing/history.ts';
import { deploymentInputs, deploymentOf } from '../support/pricing/inputs.ts';
import { pro, starter, storage50, studio } from '../support/pricing/sample-terms.ts';

const none: Overrides = { plans: new Map(), addons: new Map(), tax_rate: null };
const nothing: PlanOverride = { version: null, terms: null, base_price_cents: null, items: new Map() };
const onPlan = (code: string, override: Partial<PlanOverride>): Overrides => ({
  ...none,
  plans: new Map([[code, { ...nothing, ...override }]]),
});

function tenantOf(...deployments: GivenFact[][]): TenantInvoicingInputs {
  return {
    tenant_id: 'acme',
    period: '2026-04-01',
    currency: 'AUD',
    tax: { name: 'GST', rate: '0.10' },
    resource_prices: [],
    deployments: deployments.map((facts, index) =>
      deploymentInputs({
        deployment_id: `d${index}`,
        facts: journal(...facts),
        usage: { droplet_hours: '2160' },
      }),
    ),
  };
}

function compared(inputs: TenantInvoicingInputs, overrides: Overrides): TenantWhatIf {
  const tenant = compareTenant(inputs, overriddenCatalog(overrides));
  if (tenant === null) throw new Error('there is nothing to invoice');
  return tenant;
}

const shown = ({ lines }: TenantWhatIf) =>
  lines.map((line) => [
    line.deployment_id,
    line.kind,
    line.resource_kind,
    line.before_cents,
    line.after_cents,
  ]);

describe('a month under an overridden catalog', () => {
  const second: PlanTerms = { ...studio, plan_version: 2, base_price_cents: 6000 };

  it('applies an override to every version of the plan that a deployment is on', () => {
    const inputs = tenantOf([
      started('2026-03-01', studio),
      { type: 'plan_changed', day: '2026-04-16', plan: second },
    ]);
    const tenant = compared(
      inputs,
      onPlan('studio', {
        base_price_cents: 9000,
        items: new Map([['droplet_hours', { overage_price_cents: 3, included_qty: '2000' }]]),
      }),
    );
    // Half a month of each version, shown as one line; 672 hours at 1, 160 at 3.
    expect(shown(tenant)).to.deep.equal([
      ['d0', 'plan_base', null, 2500 + 3000, 9000],
      ['d0', 'overage', 'droplet_hours', 672, 480],
      [null, 'tax', null, 617, 948],
    ]);
    expect(tenant).to.deep.include({
      affected: ['d0'],
      grandfathered: [],
      untouched: 0,
      revenue: { before_cents: 6172, after_cents: 9480 },
    });
  });

  it('applies an override that names a version to that version alone, even for a single day', () => {
    const [old, moved, other] = [
      [started('2026-03-01', studio)],
      [
        started('2026-03-01', studio),
        { type: 'plan_changed', day: '2026-04-30', plan: second },
      ] as GivenFact[],
      [started('2026-04-01', starter)],
    ];
    const tenant = compared(
      tenantOf(old, moved, other),
      onPlan('studio', { version: 2, base_price_cents: 9000 }),
    );
    expect(tenant).to.deep.include({ affected: ['d1'], grandfathered: ['d0'], untouched: 1 });
    expect(tenant.lines.filter(({ delta_cents }) => delta_cents !== 0)).to.deep.equal([
      {
        deployment_id: 'd1',
        kind: 'plan_base',
        resource_kind: null,
        before_cents: 4833 + 200,
        after_cents: 4833 + 300,
        delta_cents: 100,
      },
      {
        deployment_id: null,
        kind: 'tax',
        resource_kind: null,
        before_cents: 1479,
        after_cents: 1489,
        delta_cents: 10,
      },
    ]);
  });

  it('counts affected deployments by their days in force in the month', () => {
    const before = [
      started('2026-01-01', studio),
      { type: 'plan_changed', day: '2026-04-01', plan: starter },
    ] as GivenFact[];
    const trial = [started('2026-01-01', studio), state('2026-01-01', 'trial')];
    expect(
      compared(
        tenantOf(before, trial, [started('2026-04-30', studio)]),
        onPlan('studio', { base_price_cents: 1 }),
      ),
    ).to.deep.include({ affected: ['d2'], grandfathered: [], untouched: 1 });
  });

  it('leaves out versions without the item, and items for which the override gives no terms', () => {
    const without = {
      ...studio,
      plan_version: 2,
      items: studio.items.filter(({ resource_kind }) => resource_kind !== 'llm_tokens'),
    };
    const inputs = tenantOf([started('2026-03-01', studio)], [started('2026-03-01', without)]);
    expect(
      compared(inputs, onPlan('studio', { items: new Map([['llm_tokens', { included_qty: '0' }]]) })),
    ).to.deep.include({ affected: ['d0'], grandfathered: ['d1'], delta_cents: 0 });
    expect(compared(inputs, onPlan('studio', { items: new Map([['llm_tokens', {}]]) }))).to.deep.include({
      affected: [],
      grandfathered: ['d0', 'd1'],
    });
  });

  it('takes the terms of another version whole; a line that only one side has is 0 on the other', () => {
    const draft = {
      ...pro,
      plan_code: 'studio',
      plan_version: 7,
      items: pro.items.filter(({ resource_kind }) => resource_kind !== 'droplet_hours'),
    };
    const dns: TenantInvoicingInputs = {
      ...tenantOf([started('2026-03-01', studio)]),
      resource_prices: [
        { resource_kind: 'gpu_hours', unit: 'hour', price_cents: 4, effective_from: '2026-01-01' },
      ],
    };
    const inputs = {
      ...dns,
      deployments: dns.deployments.map((one) =>
        deploymentInputs({ ...one, usage: { droplet_hours: '2160', gpu_hours: '10' } }),
      ),
    };
    const tenant = compared(
      inputs,
      onPlan('studio', {
        terms: {
          ...draft,
          items: [
            ...draft.items,
            {
              resource_kind: 'gpu_hours',
              included_qty: '10',
              overage_unit: 'hour',
              overage_price_cents: 4,
              hard_cap_qty: null,
            },
          ],
        },
      }),
    );
    expect(shown(tenant)).to.deep.equal([
      ['d0', 'plan_base', null, 5000, 12000],
      ['d0', 'overage', 'droplet_hours', 672, 0],
      ['d0', 'overage', 'gpu_hours', 40, 0],
      [null, 'tax', null, 571, 1200],
    ]);
  });

  it('sets and lifts caps', () => {
    const capped = { ...studio, items: studio.items.map((item) => ({ ...item, hard_cap_qty: '100' })) };
    const inputs = tenantOf([started('2026-03-01', capped)]);
    const overage = (cap: { hard_cap_qty?: string | null }) =>
      compared(
        inputs,
        onPlan('studio', { items: new Map([['droplet_hours', { overage_price_cents: 1, ...cap }]]) }),
      ).lines[1];
    expect(
      [overage({}), overage({ hard_cap_qty: null }), overage({ hard_cap_qty: '5' })].map((line) => [
        line?.before_cents,
        line?.after_cents,
      ]),
    ).to.deep.equal([
      [100, 100],
      [100, 672],
      [100, 5],
    ]);
  });

  it('reprices addon snapshots, those attached at the start and later ones', () => {
    const later: GivenFact = {
      type: 'addon_attached',
      day: '2026-04-16',
      attachment_id: 'later',
      addon: { ...storage50, price_cents: 600, packs: 2 },
    };
    const inputs = tenantOf(
      [started('2026-03-01', studio, storage50), later],
      [started('2026-03-01', studio)],
    );
    const tenant = compared(inputs, { ...none, addons: new Map([['storage_50gb', 1000]]) });
    expect(tenant.lines[1]).to.deep.equal({
      deployment_id: 'd0',
      kind: 'addon',
      resource_kind: 'spaces_gb_month',
      before_cents: 750 + 600,
      after_cents: 2000,
      delta_cents: 650,
    });
    expect(tenant).to.deep.include({ affected: ['d0'], grandfathered: [], untouched: 1 });
  });

  it('returns inputs and plans that no override changes as the same objects', () => {
    const inputs = tenantOf([started('2026-03-01', studio, storage50)]);
    const catalog = overriddenCatalog({
      ...onPlan('pro', { base_price_cents: 1 }),
      addons: new Map([['llm_1m_tokens', 1]]),
    });
    expect(catalog.inputs(inputs)).to.equal(inputs);
    expect(catalog.plan(studio)).to.equal(studio);
    expect(overriddenCatalog({ ...none, tax_rate: '0.2' }).inputs(inputs)).to.not.equal(inputs);
  });

  it('reports amounts that are too large as a fault of the overrides only where these cause it', () => {
    const huge = { ...studio, base_price_cents: Number.MAX_SAFE_INTEGER };
    const inputs = tenantOf([started('2026-03-01', studio)]);
    expect(() => compared(inputs, onPlan('studio', { base_price_cents: Number.MAX_SAFE_INTEGER }))).to.throw(
      OverrideTooLarge,
    );
    expect(() => compared(tenantOf([started('2026-03-01', huge)]), onPlan('studio', { base_price_cents: 1 })))
      .to.throw(RangeError)
      .and.not.be.instanceOf(OverrideTooLarge);
  });
});

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const kinds = fc.constantFrom(
  'droplet_hours',
  'spaces_gb_month',
  'snapshot_gb_month',
  'dns_zones',
  'constructor',
);
const someItem = fc.record(
  {
    included_qty: quantity,
    overage_price_cents: fc.integer({ min: 0, max: 9 }),
    hard_cap_qty: maybe(quantity),
  },
  { requiredKeys: [] },
);
const planOverride: fc.Arbitrary<PlanOverride> = fc.record({
  version: maybe(fc.integer({ min: 1, max: 3 })),
  terms: maybe(plan),
  base_price_cents: maybe(cents),
  items: fc.array(fc.tuple(kinds, someItem), { maxLength: 3 }).map((entries) => new Map(entries)),
});
const overridesOf: fc.Arbitrary<Overrides> = fc.record({
  plans: fc
    .array(fc.tuple(fc.constantFrom('starter', 'studio', 'pro'), planOverride), { maxLength: 3 })
    .map((entries) => new Map(entries)),
  addons: fc
    .array(fc.tuple(fc.constantFrom('storage_50gb', 'storage_250gb', 'llm_1m_tokens'), cents), {
      maxLength: 2,
    })
    .map((entries) => new Map(entries)),
  tax_rate: maybe(fc.constantFrom('0', '0.1', '0.15', '0.125', '1')),
});
const tenant: fc.Arbitrary<TenantInvoicingInputs> = fc.record({
  tenant_id: fc.constant('acme'),
  period: fc.constant('2026-04-01'),
  currency: fc.constant('AUD'),
  tax: fc.constant({ name: 'GST', rate: '0.10' }),
  resource_prices: fc.array(price, { maxLength: 3 }),
  deployments: fc
    .uniqueArray(fc.tuple(fc.uuid(), deploymentOf('2026-04-01')), { selector: ([id]) => id, maxLength: 3 })
    .map((all) => all.map(([deployment_id, one]) => ({ deployment_id, ...one }))),
});

/** The terms with the overrides applied, as a full set of published terms. */
function published(terms: PlanTerms, overrides: Overrides): PlanTerms {
  const override = overrides.plans.get(terms.plan_code);
  if (override === undefined || (override.version ?? terms.plan_version) !== terms.plan_version) return terms;
  const from = override.terms ?? terms;
  const items = from.items.map(
    (item) => ({ ...item, ...override.items.get(item.resource_kind) }) as PlanItemTerms,
  );
  return { ...terms, base_price_cents: override.base_price_cents ?? from.base_price_cents, items };
}

/** The tenant's facts as if everything had been sold at the overridden terms. */
function sold(facts: readonly SubscriptionFact[], overrides: Overrides): SubscriptionFact[] {
  const priced = <Addon extends { code: string; price_cents: number }>(addon: Addon): Addon => ({
    ...addon,
    price_cents: overrides.addons.get(addon.code) ?? addon.price_cents,
  });
  return facts.map((fact) => ({
    ...fact,
    ...('plan' in fact ? { plan: published(fact.plan, overrides) } : {}),
    ...('addon' in fact ? { addon: priced(fact.addon) } : {}),
  }));
}

/** Amounts by deployment, kind and resource kind, without zeros. */
function sums(
  lines: readonly {
    deployment_id: string | null;
    kind: string;
    resource_kind: string | null;
    cents: number;
  }[],
): Map<string, number> {
  const all = new Map<string, number>();
  for (const { deployment_id, kind, resource_kind, cents: amount } of lines) {
    const subject = JSON.stringify([deployment_id, kind, resource_kind]);
    all.set(subject, addCents(all.get(subject) ?? 0, amount));
  }
  return new Map([...all].filter(([, amount]) => amount !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const billedSums = (invoice: InvoiceOfLines | null) =>
  sums((invoice?.lines ?? []).map((line) => ({ ...line, cents: line.amount_cents })));

/** Runs a computation; null where an amount is too large for it. */
function fitting<T>(compute: () => T): { value: T } | null {
  try {
    return { value: compute() };
  } catch (error) {
    if (error instanceof RangeError || error instanceof OverrideTooLarge) return null;
    throw error;
  }
}

describe('a what-if for any catalog, usage and overrides', () => {
  it('equals two roll-ups: before with the terms in force, after with the overridden terms', () => {
    fc.assert(
      fc.property(tenant, overridesOf, (inputs, overrides) => {
        const outcome = fitting(() => compareTenant(inputs, overriddenCatalog(overrides)));
        if (outcome === null) return;
        const other: TenantInvoicingInputs = {
          ...inputs,
          tax: { name: 'GST', rate: overrides.tax_rate ?? inputs.tax.rate },
          deployments: inputs.deployments.map((one) => ({ ...one, facts: sold(one.facts, overrides) })),
        };
        const [before, after] = [billLines(inputs), billLines(other)];
        const lines = outcome.value?.lines ?? [];
        expect([outcome.value?.before_cents ?? 0, outcome.value?.after_cents ?? 0]).to.deep.equal([
          before?.total_cents ?? 0,
          after?.total_cents ?? 0,
        ]);
        expect(sums(lines.map((line) => ({ ...line, cents: line.before_cents })))).to.deep.equal(
          billedSums(before),
        );
        expect(sums(lines.map((line) => ({ ...line, cents: line.after_cents })))).to.deep.equal(
          billedSums(after),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('adds up: lines to totals, and after is before and the difference', () => {
    fc.assert(
      fc.property(tenant, overridesOf, (inputs, overrides) => {
        const value = fitting(() => compareTenant(inputs, overriddenCatalog(overrides)))?.value ?? null;
        if (value === null) return;
        for (const side of ['before_cents', 'after_cents', 'delta_cents'] as const)
          expect(sumCents(value.lines.map((line) => line[side]))).to.equal(value[side]);
        for (const one of [value, ...value.lines])
          expect(addCents(one.before_cents, one.delta_cents)).to.equal(one.after_cents);
        const subjects = value.lines.map((line) =>
          JSON.stringify([line.deployment_id, line.kind, line.resource_kind]),
        );
        expect(new Set(subjects).size).to.equal(subjects.length);
        const taxOf = (side: 'before_cents' | 'after_cents') =>
          sumCents(value.lines.filter(({ kind }) => kind === 'tax').map((line) => line[side]));
        expect(addCents(value.revenue.before_cents, taxOf('before_cents'))).to.equal(value.before_cents);
        expect(addCents(value.revenue.after_cents, taxOf('after_cents'))).to.equal(value.after_cents);
      }),
      { numRuns: 300 },
    );
  });

  it('differs only for affected deployments, and not at all without overrides', () => {
    fc.assert(
      fc.property(tenant, overridesOf, (inputs, overrides) => {
        const empty = fitting(() => compareTenant(inputs, overriddenCatalog(none)))?.value ?? null;
        if (empty !== null) {
          expect(empty).to.deep.include({ delta_cents: 0, affected: [], grandfathered: [] });
          expect(empty.lines.every(({ delta_cents }) => delta_cents === 0)).to.equal(true);
        }
        const value = fitting(() => compareTenant(inputs, overriddenCatalog(overrides)))?.value ?? null;
        if (value === null) return;
        const changed = value.lines
          .filter(({ kind, delta_cents }) => kind !== 'tax' && delta_cents !== 0)
          .map(({ deployment_id }) => deployment_id);
        expect(value.affected).to.include.members(changed);
        expect(value.affected.filter((id) => value.grandfathered.includes(id))).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });
});
