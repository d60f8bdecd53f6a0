/** What an invoice line was computed from, as it is shown: each input with the event that set it. */
import type { EventOrigin } from '../journal/find/event-origins.ts';
import { itemOf } from '../pricing/allowance.ts';
import type {
  AddonInputs,
  ChangeInMonth,
  DaysInForce,
  LineInputs,
  OverageInputs,
  PlanBaseInputs,
} from '../pricing/line-inputs.ts';
import { canonicalDecimal, multiplyDecimals, sumDecimals } from '../pricing/money.ts';
import type { OneOffCharge } from '../pricing/one-off-charge.ts';
import type { AddonInForce } from '../pricing/subscription-terms.ts';
import type { AddonTerms, PlanItemTerms, PlanTerms, ResourcePrice } from '../pricing/types.ts';
import { addonsOfKind, type InputOrigins } from './explain-origins.ts';

/** The event that set something; null: the journal no longer has it. */
type SetBy = { set_by: EventOrigin | null };

/** What a line was computed from; what does not apply is null or empty. */
export interface ExplainedInputs {
  /**
   * The plan version: `set_by` put the subscription on it, `drafted_by` gave it its terms. `item` is that of
   * the line's resource kind.
   */
  plan:
    | (Omit<PlanTerms, 'name' | 'items'> &
        SetBy & { name: string; drafted_by: EventOrigin | null; item: PlanItemTerms | null })
    | null;
  /** Snapshots: the line's own, or those that lift an allowance. */
  addons: (AddonTerms & SetBy & { attachment_id: string })[];
  /** The price of a kind that the plan has no item for. */
  resource_price: (ResourcePrice & SetBy) | null;
  /** The one-off charge, in cents before tax. */
  charge: (Omit<OneOffCharge, 'event_id'> & SetBy) | null;
  /**
   * As the issue recorded it. `rate_set_by` set the rate that was in force, from a day on; null: it is none
   * that was set, but that of the configuration.
   */
  tax:
    | ({ name: string; rate: string; effective_from: string | null; rate_set_by: EventOrigin | null } & SetBy)
    | null;
  /** The runs of days that a recurring line is charged for. */
  in_force: (Omit<DaysInForce, 'event_id'> & SetBy)[];
  /** What changed for the deployment within the month, which cuts it into those runs. */
  changes: (Omit<ChangeInMonth, 'event_id'> & { event: EventOrigin | null })[];
  /** The runs of days in force whose usage an overage line counts, and what each allows in a whole month. */
  allows: MonthlyAllowance[];
}

/** What a run of days would allow of a kind if it were a whole month. Base units. */
interface MonthlyAllowance {
  from: string;
  to: string;
  days: number;
  plan_code: string;
  plan_version: number;
  included_qty: string;
  addon_qty: string;
  /** Null: no cap. */
  hard_cap_qty: string | null;
}

/** The inputs of a stored line that is not computed any more. */
export const noInputs: ExplainedInputs = {
  plan: null,
  addons: [],
  resource_price: null,
  charge: null,
  tax: null,
  in_force: [],
  changes: [],
  allows: [],
};

/** The inputs of a line, each with the event that set it. */
export function explainInputs(inputs: LineInputs, origins: InputOrigins): ExplainedInputs {
  switch (inputs.kind) {
    case 'plan_base':
      return {
        ...noInputs,
        plan: explainPlan(inputs.plan, inputs.event_id, null, origins),
        ...explainDays(inputs, origins),
      };
    case 'addon':
      return {
        ...noInputs,
        addons: [explainAddon(inputs.attachment, origins)],
        ...explainDays(inputs, origins),
      };
    case 'overage':
      return {
        ...noInputs,
        plan: explainPlan(inputs.plan, inputs.event_id, inputs.item, origins),
        addons: addonsOfKind(inputs).map((attached) => explainAddon(attached, origins)),
        allows: monthlyAllowances(inputs),
        resource_price:
          inputs.price === null
            ? null
            : { ...inputs.price, set_by: origins.price(inputs.price.resource_kind) },
      };
    case 'llm_usage':
      return noInputs;
    case 'charge':
      return { ...noInputs, charge: explainCharge(inputs.charge, origins) };
    case 'tax':
      return {
        ...noInputs,
        tax: {
          name: inputs.tax.name,
          rate: canonicalDecimal(inputs.tax.rate),
          set_by: origins.issued,
          effective_from: origins.taxRate?.effective_from ?? null,
          rate_set_by: origins.taxRate?.event ?? null,
        },
      };
  }
}

function explainPlan(
  { items: _items, name, ...terms }: PlanTerms,
  eventId: string | null,
  item: PlanItemTerms | null,
  origins: InputOrigins,
): ExplainedInputs['plan'] {
  return {
    ...terms,
    name: name ?? terms.plan_code,
    item,
    set_by: origins.byId(eventId),
    drafted_by: origins.draft({ ...terms, items: [] }),
  };
}

function explainCharge(
  { event_id, ...charge }: OneOffCharge,
  origins: InputOrigins,
): ExplainedInputs['charge'] {
  return { ...charge, set_by: origins.byId(event_id) };
}

function explainAddon(
  { attachment_id, addon, event_id }: AddonInForce,
  origins: InputOrigins,
): ExplainedInputs['addons'][number] {
  return { attachment_id, ...addon, set_by: origins.byId(event_id) };
}

function explainDays(
  { in_force, changes }: PlanBaseInputs | AddonInputs,
  origins: InputOrigins,
): Pick<ExplainedInputs, 'in_force' | 'changes'> {
  return {
    in_force: in_force.map(({ event_id, ...run }) => ({ ...run, set_by: origins.byId(event_id) })),
    changes: changes.map(({ event_id, ...change }) => ({ ...change, event: origins.byId(event_id) })),
  };
}

function monthlyAllowances({ resource_kind, segments }: OverageInputs): MonthlyAllowance[] {
  return segments.map(({ from, to, days, terms: { plan, addons } }) => {
    const item = itemOf(plan, resource_kind);
    const packs = addons
      .filter(({ addon }) => addon.resource_kind === resource_kind)
      .map(({ addon }) => multiplyDecimals(addon.qty, String(addon.packs)));
    return {
      from,
      to,
      days,
      plan_code: plan.plan_code,
      plan_version: plan.plan_version,
      included_qty: item === null ? '0' : canonicalDecimal(item.included_qty),
      addon_qty: sumDecimals(packs),
      hard_cap_qty: item?.hard_cap_qty ?? null,
    };
  });
}
