/** The events that set what invoice lines were computed from. */
import { draftPositions, pricesWithPositions } from '../../projections/catalog/explain-queries.ts';
import { taxRatesAt } from '../../projections/catalog/tax-queries.ts';
import { planKey } from '../../projections/catalog/plan-queries.ts';
import { eventOrigins, type EventOrigin } from '../journal/find/event-origins.ts';
import type { Db } from '../database/db.ts';
import { lastDay } from '../pricing/calendar.ts';
import type { LineInputs, OverageInputs } from '../pricing/line-inputs.ts';
import { pricesInForce } from '../pricing/resource-prices.ts';
import type { AddonInForce } from '../pricing/subscription-terms.ts';
import { taxesInForce } from '../pricing/tax.ts';
import type { PlanTerms } from '../pricing/types.ts';

/** Finds events; null: the journal no longer has the event. */
export interface InputOrigins {
  /** The event that issued the invoice: it says which tax. */
  issued: EventOrigin;
  byId: (id: string | null) => EventOrigin | null;
  /** The event that gave a plan version its terms. */
  draft: (plan: PlanTerms) => EventOrigin | null;
  /** The event that set the resource price of a kind. */
  price: (kind: string) => EventOrigin | null;
  /** The event that set the tax rate in force, and the day from which it holds; null: none was. */
  taxRate: { event: EventOrigin | null; effective_from: string } | null;
}

/** The issue whose lines are explained. */
export interface IssueScope {
  tenantId: string;
  period: string;
  atPosition: number;
  issued: EventOrigin;
}

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Loads the events behind the inputs of lines: four statements, whatever the number of lines. */
export async function loadInputOrigins(
  db: Db,
  { tenantId, period, atPosition, issued }: IssueScope,
  lines: readonly LineInputs[],
): Promise<InputOrigins> {
  const ids = new Set(lines.flatMap(eventIdsOf).filter((id) => id !== null && uuidForm.test(id)) as string[]);
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
  const onDay = lastDay(period);
  const isTaxed = lines.some(({ kind }) => kind === 'tax');
  const [drafts, prices, rates] = await Promise.all([
    draftPositions(db, [...plans.values()]),
    pricesWithPositions(db, { kinds: [...kinds], onDay, atPosition }),
    isTaxed ? taxRatesAt(db, { onDay, atPosition, tenantId }) : [],
  ]);
  const inForce = pricesInForce(prices, onDay);
  const rate = taxesInForce(rates, onDay)(tenantId);
  const positions = [
    ...drafts.values(),
    ...[...inForce.values(), ...(rate ? [rate] : [])].map(({ position }) => position),
  ];
  const events = await eventOrigins(db, { ids: [...ids], positions });
  const byId = new Map(events.map((event) => [event.id, event]));
  const byPosition = new Map(events.map((event) => [event.position, event]));
  const at = (position: number | undefined) =>
    position === undefined ? null : (byPosition.get(position) ?? null);
  return {
    issued,
    byId: (id) => (id === null ? null : (byId.get(id) ?? null)),
    draft: ({ plan_code, plan_version }) => at(drafts.get(planKey(plan_code, plan_version))),
    price: (kind) => at(inForce.get(kind)?.position),
    taxRate: rate && { event: at(rate.position), effective_from: rate.effective_from },
  };
}

function eventIdsOf(inputs: LineInputs): (string | null)[] {
  switch (inputs.kind) {
    case 'plan_base':
      return [inputs.event_id, ...[...inputs.in_force, ...inputs.changes].map(({ event_id }) => event_id)];
    case 'addon':
      return [inputs.attachment.event_id, ...inputs.changes.map(({ event_id }) => event_id)];
    case 'overage':
      return [inputs.event_id, ...addonsOfKind(inputs).map(({ event_id }) => event_id)];
    case 'charge':
      return [inputs.charge.event_id];
    case 'llm_usage':
    case 'tax':
      return [];
  }
}

/** The snapshots that lift an allowance on any of the days, each once. */
export function addonsOfKind({ resource_kind, segments }: OverageInputs): AddonInForce[] {
  const ofKind = segments.flatMap(({ terms }) =>
    terms.addons.filter(({ addon }) => addon.resource_kind === resource_kind),
  );
  return [...new Map(ofKind.map((attached) => [attached.attachment_id, attached])).values()];
}
