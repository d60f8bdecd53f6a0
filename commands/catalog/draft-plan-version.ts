import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type FieldError, type Refusal } from '../../src/ledger/refusal.ts';
import type { PlanEvent, PlanItem } from '../../src/events/catalog.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { overageUnits } from '../../src/pricing/types.ts';
import { plan, planStream, type Plan, type PlanVersion } from './plan.ts';

export interface DraftPlanVersion {
  plan_code: string;
  /** The number that the draft must get; refused when another draft has it. Default: the next free one. */
  version?: number;
  base_price_cents: number;
  /** Defaults to the ledger's currency. */
  currency?: string;
  items: readonly PlanItem[];
}

/** Drafts a plan's next version. The terms of the latest draft again add nothing. */
export const draftPlanVersion = defineCommand({
  name: 'draft-plan-version',
  aggregate: plan,
  stream: (input: DraftPlanVersion) => planStream(input.plan_code),
  decide(state, input, _context: undefined, { currency: ledgerCurrency }): PlanEvent[] | Refusal {
    if (state === null) return refuse('not-found', `there is no plan ${input.plan_code}`);
    const { base_price_cents, currency = ledgerCurrency } = input;
    if (currency !== ledgerCurrency) {
      return refuse('currency-mismatch', `this ledger bills in ${ledgerCurrency}, not in ${currency}`, {
        errors: [{ path: 'currency', message: `must be ${ledgerCurrency}` }],
      });
    }
    const errors = itemErrors(input.items);
    if (errors.length > 0)
      return refuse('invalid-input', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), {
        errors,
      });
    const terms = { base_price_cents, currency, items: input.items.map(canonicalItem) };
    const latest = state.versions.at(-1);
    if (latest?.status === 'draft' && sameTerms(latest, terms)) return [];
    const version = nextVersion(state);
    if (input.version !== undefined && input.version !== version)
      return refuse('conflict', `the next version of plan ${state.code} is ${version}`);
    return [{ type: 'PlanVersionDrafted', data: { plan_code: state.code, version, ...terms } }];
  },
  /** The latest version, which is the drafted one; null where there is none. */
  result: (state) => state?.versions.at(-1) ?? null,
});

function nextVersion(state: Plan): number {
  return (state.versions.at(-1)?.version ?? 0) + 1;
}

function itemErrors(items: readonly PlanItem[]): FieldError[] {
  const seen = new Set<string>();
  return items.flatMap((item, index): FieldError[] => {
    const errors: FieldError[] = [];
    if (!Object.hasOwn(overageUnits, item.overage_unit))
      errors.push({
        path: `items.${index}.overage_unit`,
        message: `must be one of ${Object.keys(overageUnits).join(', ')}`,
      });
    if (seen.has(item.resource_kind))
      errors.push({
        path: `items.${index}.resource_kind`,
        message: 'is in the list already: one item a kind',
      });
    seen.add(item.resource_kind);
    return errors;
  });
}

/** One spelling of a quantity, so that equal terms are equal text. */
function canonicalItem({
  resource_kind,
  included_qty,
  overage_unit,
  overage_price_cents,
  hard_cap_qty,
}: PlanItem): PlanItem {
  return {
    resource_kind,
    included_qty: canonicalDecimal(included_qty),
    overage_unit,
    overage_price_cents,
    hard_cap_qty: hard_cap_qty === null ? null : canonicalDecimal(hard_cap_qty),
  };
}

function sameTerms(
  { version: _version, status: _status, ...known }: PlanVersion,
  terms: Omit<PlanVersion, 'version' | 'status'>,
): boolean {
  return canonicalJson(known) === canonicalJson(terms);
}
