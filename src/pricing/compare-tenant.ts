/**
 * What if: a month computed from its inputs as they are, and from the same inputs under an overridden catalog
 * or tax. What no override concerns is the same on both sides.
 */
import type { BilledInvoice, DeploymentInvoicingInputs, TenantInvoicingInputs } from './invoice.ts';
import { type BilledLine, type InvoiceLineKind, invoiceLineKinds } from './types.ts';
import { addCents } from './money.ts';
import { AmountTooLarge } from './rounding.ts';
import { billableMonth } from './billable.ts';
import { segmentsInPeriod } from './segments.ts';
import type { OverriddenCatalog } from './what-if-overrides.ts';

/** The lines of one deployment, kind and resource kind, both sides. The tax line alone has no deployment. */
export interface WhatIfLine {
  deployment_id: string | null;
  kind: InvoiceLineKind;
  resource_kind: string | null;
  before_cents: number;
  after_cents: number;
  delta_cents: number;
}

/** A tenant's month, both sides. Amounts include tax; lines add up to them. */
export interface TenantWhatIf {
  tenant_id: string;
  before_cents: number;
  after_cents: number;
  delta_cents: number;
  /** Before tax: what margin counts as revenue. */
  revenue: { before_cents: number; after_cents: number };
  /** Deployments that held, on a day of the month in force, terms that the overrides replace. */
  affected: string[];
  /** Deployments whose plan the overrides name, but whose versions and addons they leave as they are. */
  grandfathered: string[];
  /** How many deployments with a subscription in force hold nothing that the overrides name. */
  untouched: number;
  /** In the order of the invoice. */
  lines: WhatIfLine[];
}

/** Overrides under which a month comes to more than an amount can hold, although without them it does not. */
export class OverrideTooLarge extends Error {
  override readonly name = 'OverrideTooLarge';
}

/**
 * Computes a tenant's month with and without overrides.
 * @returns null when there is nothing to invoice on either side.
 * @throws {OverrideTooLarge} for amounts beyond what can be billed that the overrides alone cause.
 * @throws RangeError as `billableMonth` does for the month as it is.
 */
export function compareTenant(
  inputs: TenantInvoicingInputs,
  catalog: OverriddenCatalog,
): TenantWhatIf | null {
  const before = billableMonth(inputs);
  const overridden = catalog.inputs(inputs);
  const after = overridden === inputs ? before : underOverrides(() => billableMonth(overridden));
  if (before === null && after === null) return null;
  const effects = inputs.deployments.map((deployment) => ({
    id: deployment.deployment_id,
    effect: effectOn(deployment, inputs.period, catalog),
  }));
  const those = (wanted: Effect): string[] =>
    effects
      .filter(({ effect }) => effect === wanted)
      .map(({ id }) => id)
      .sort();
  return {
    tenant_id: inputs.tenant_id,
    ...sides(before?.total_cents ?? 0, after?.total_cents ?? 0),
    revenue: { before_cents: before?.subtotal_cents ?? 0, after_cents: after?.subtotal_cents ?? 0 },
    affected: those('affected'),
    grandfathered: those('grandfathered'),
    untouched: those('untouched').length,
    lines: compareLines(before, after),
  };
}

/** Both sides and their difference. */
export function sides(
  before: number,
  after: number,
): { before_cents: number; after_cents: number; delta_cents: number } {
  return { before_cents: before, after_cents: after, delta_cents: addCents(after, -before) };
}

/**
 * Runs a computation that succeeds without overrides.
 * @throws {OverrideTooLarge} where it comes to more than an amount can hold
 */
export function underOverrides<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof AmountTooLarge) throw new OverrideTooLarge(error.message);
    throw error;
  }
}

/** What the overrides do to a deployment. */
type Effect = 'affected' | 'grandfathered' | 'untouched' | 'not-in-force';

function effectOn({ facts }: DeploymentInvoicingInputs, period: string, catalog: OverriddenCatalog): Effect {
  const terms = segmentsInPeriod(facts, period).map((segment) => segment.terms);
  if (terms.length === 0) return 'not-in-force';
  const isAffected = terms.some(
    ({ plan, addons }) =>
      catalog.plan(plan) !== plan || addons.some(({ addon }) => catalog.addon(addon) !== addon),
  );
  if (isAffected) return 'affected';
  return terms.some(({ plan }) => catalog.names(plan.plan_code)) ? 'grandfathered' : 'untouched';
}

/**
 * The lines of both sides in the order of the invoice. Lines of one deployment, kind and resource kind are
 * added up: several versions of a plan, or several addons of one resource kind, are one line here.
 */
function compareLines(before: BilledInvoice | null, after: BilledInvoice | null): WhatIfLine[] {
  const lines = new Map<string, WhatIfLine>();
  const lineOf = ({ deployment_id, kind, resource_kind }: BilledLine): WhatIfLine => {
    // Ids and kinds are never empty and never hold U+0000.
    const subject = `${deployment_id ?? ''}\0${kind}\0${resource_kind ?? ''}`;
    const known = lines.get(subject) ?? {
      deployment_id,
      kind,
      resource_kind,
      before_cents: 0,
      after_cents: 0,
      delta_cents: 0,
    };
    lines.set(subject, known);
    return known;
  };
  for (const { line } of before?.lines ?? []) {
    const known = lineOf(line);
    known.before_cents = addCents(known.before_cents, line.amount_cents);
  }
  for (const { line } of after?.lines ?? []) {
    const known = lineOf(line);
    known.after_cents = addCents(known.after_cents, line.amount_cents);
  }
  for (const line of lines.values()) line.delta_cents = addCents(line.after_cents, -line.before_cents);
  return inOrder([...lines.values()]);
}

/** By deployment, within it by kind as on an invoice, the tax last. */
function inOrder(lines: WhatIfLine[]): WhatIfLine[] {
  return lines.sort((a, b) => {
    if (a.deployment_id === b.deployment_id)
      return invoiceLineKinds.indexOf(a.kind) - invoiceLineKinds.indexOf(b.kind);
    const isAfter =
      a.deployment_id === null || (b.deployment_id !== null && a.deployment_id > b.deployment_id);
    return isAfter ? 1 : -1;
  });
}
