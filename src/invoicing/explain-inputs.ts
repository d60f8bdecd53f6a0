/** What invoice lines were made from, each with the event that set it. */
import { draftPositions, pricesWithPositions } from '../../projections/catalog/explain-queries.ts';
import { planKey } from '../../projections/catalog/plan-queries.ts';
import { eventOrigins } from '../journal/find/event-origins.ts';
import type { EventOrigin } from '../journal/find/event-origins.ts';
import type { Db } from '../database/db.ts';
import { lastDay } from '../pricing/calendar.ts';
import { canonicalDecimal, multiplyDecimals, sumDecimals } from '../pricing/money.ts';
import { itemOf } from '../pricing/allowance.ts';
import type { ChangeInMonth, DaysInForce, LineInputs } from '../pricing/line-inputs.ts';
import { pricesInForce } from '../pricing/resource-prices.ts';
import type { AddonInForce } from '../pricing/subscription-terms.ts';
import type { AddonTerms, PlanItemTerms, PlanTerms, ResourcePrice } from '../pricing/types.ts';

/** An event that set something; null where the journal has it no more. */
type SetBy = { set_by: EventOrigin | null };

/** What a line was made from: what does not apply is null or empty. */
export interface ToldInputs {
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
  /** What prices a kind that the plan has no item for. */
  resource_price: (ResourcePrice & SetBy) | null;
  /** As the issue recorded it. */
  tax: ({ name: string; rate: string } & SetBy) | null;
  /** The runs of days that a recurring line is charged for. */
  in_force: (Omit<DaysInForce, 'event_id'> & SetBy)[];
  /** What changed for the deployment within the month, which cuts it into those runs. */
  changes: (Omit<ChangeInMonth, 'event_id'> & { event: EventOrigin | null })[];
  /** The runs of days in force whose usage an overage line counts, and what each allows in a whole month. */
  allows: MonthlyAllowance[];
}

/** What a run of days would allow of a kind if it were a whole month. Base units. */
export interface MonthlyAllowance {
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

/** Of a line that the inputs don't make. */
export const noInputs: ToldInputs = {
  plan: null,
  addons: [],
  resource_price: null,
  tax: null,
  in_force: [],
  changes: [],
  allows: [],
};

/** Events by id, and those that the catalog's terms came from. */
interface Origins {
  byId: (id: string | null) => EventOrigin | null;
  draft: (plan: PlanTerms) => EventOrigin | null;
  price: (kind: string) => EventOrigin | null;
}

/** Which issue the lines are of. */
interface IssueScope {
  period: string;
  atPosition: number;
  /** The event that issued it: it says which tax. */
  issued: EventOrigin;
}

/**
 * Tells lines' inputs with their events, in the order of the lines: three statements, whatever the number of
 * lines.
 */
export async function tellInputs(
  db: Db,
  scope: IssueScope,
  lines: readonly LineInputs[],
): Promise<ToldInputs[]> {
  const origins = await originsOf(db, scope, lines);
  return lines.map((inputs) => told(inputs, origins, scope.issued));
}

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function originsOf(
  db: Db,
  { period, atPosition }: IssueScope,
  lines: readonly LineInputs[],
): Promise<Origins> {
  const ids = new Set(lines.flatMap(idsOf).filter((id) => id !== null && uuidForm.test(id)) as string[]);
  const plans = new Map(
    lines.flatMap((inputs) =>
      'plan' in inputs
        ? [[planKey(inputs.plan.plan_code, inputs.plan.plan_version), inputs.plan] as const]
        : [],
    ),
  );
  const kinds = new Set(
    lines.flatMap((inputs) =>
      inputs.kind === 'overage' && inputs.price !== null ? [inputs.price.resource_kind] : [],
    ),
  );
  const [drafts, prices] = await Promise.all([
    draftPositions(db, [...plans.values()]),
    pricesWithPositions(db, { kinds: [...kinds], onDay: lastDay(period), atPosition }),
  ]);
  const inForce = pricesInForce(prices, lastDay(period));
  const positions = [...drafts.values(), ...[...inForce.values()].map(({ position }) => position)];
  const events = await eventOrigins(db, { ids: [...ids], positions });
  const byId = new Map(events.map((event) => [event.id, event]));
  const byPosition = new Map(events.map((event) => [event.position, event]));
  const at = (position: number | undefined) =>
    position === undefined ? null : (byPosition.get(position) ?? null);
  return {
    byId: (id) => (id === null ? null : (byId.get(id) ?? null)),
    draft: ({ plan_code, plan_version }) => at(drafts.get(planKey(plan_code, plan_version))),
    price: (kind) => at(inForce.get(kind)?.position),
  };
}

function idsOf(inputs: LineInputs): (string | null)[] {
  switch (inputs.kind) {
    case 'plan_base':
      return [inputs.event_id, ...[...inputs.in_force, ...inputs.changes].map(({ event_id }) => event_id)];
    case 'addon':
      return [inputs.addon.event_id, ...inputs.changes.map(({ event_id }) => event_id)];
    case 'overage':
      return [inputs.event_id, ...addonsOf(inputs).map(({ event_id }) => event_id)];
    case 'llm_usage':
    case 'tax':
      return [];
  }
}

type OverageInputs = Extract<LineInputs, { kind: 'overage' }>;

/** The snapshots that lift the allowance on any of the days, each once. */
function addonsOf({ resource_kind, segments }: OverageInputs): AddonInForce[] {
  const ofKind = segments.flatMap(({ terms }) =>
    terms.addons.filter(({ addon }) => addon.resource_kind === resource_kind),
  );
  return [...new Map(ofKind.map((attached) => [attached.attachment_id, attached])).values()];
}

function allowsOf({ resource_kind, segments }: OverageInputs): MonthlyAllowance[] {
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

function told(inputs: LineInputs, origins: Origins, issued: EventOrigin): ToldInputs {
  const days = (runs: readonly DaysInForce[]) =>
    runs.map(({ event_id, ...run }) => ({ ...run, set_by: origins.byId(event_id) }));
  const changes = (all: readonly ChangeInMonth[]) =>
    all.map(({ event_id, ...change }) => ({ ...change, event: origins.byId(event_id) }));
  const addon = ({ attachment_id, addon: terms, event_id }: AddonInForce) => ({
    attachment_id,
    ...terms,
    set_by: origins.byId(event_id),
  });
  const plan = (
    { items: _items, name, ...terms }: PlanTerms,
    eventId: string | null,
    item: PlanItemTerms | null,
  ) => ({
    ...terms,
    name: name ?? terms.plan_code,
    item,
    set_by: origins.byId(eventId),
    drafted_by: origins.draft({ ...terms, items: [] }),
  });
  switch (inputs.kind) {
    case 'plan_base':
      return {
        ...noInputs,
        plan: plan(inputs.plan, inputs.event_id, null),
        in_force: days(inputs.in_force),
        changes: changes(inputs.changes),
      };
    case 'addon':
      return {
        ...noInputs,
        addons: [addon(inputs.addon)],
        in_force: days(inputs.in_force),
        changes: changes(inputs.changes),
      };
    case 'overage':
      return {
        ...noInputs,
        plan: plan(inputs.plan, inputs.event_id, inputs.item),
        addons: addonsOf(inputs).map(addon),
        allows: allowsOf(inputs),
        resource_price:
          inputs.price === null
            ? null
            : { ...inputs.price, set_by: origins.price(inputs.price.resource_kind) },
      };
    case 'llm_usage':
      return noInputs;
    case 'tax':
      return {
        ...noInputs,
        tax: { name: inputs.tax.name, rate: canonicalDecimal(inputs.tax.rate), set_by: issued },
      };
  }
}
