/**
 * Shared cost (spec 4): what belongs to no tenant, spread over the tenants with a subscription in force by
 * the rule of the month. Shares are whole cents that add up to what is spread.
 */
import { safeInteger, safeNumber } from './rounding.ts';

/** How costs are spread: not at all, evenly, or in proportion to direct costs or to revenue. */
export const sharingRules = ['none', 'even', 'by_cost', 'by_revenue'] as const;
export type SharingRule = (typeof sharingRules)[number];

/** What is spread, and how. */
export interface CostSharing {
  readonly rule: SharingRule;
  /** The kinds of cost that are spread, also `tax` and `other` (lines of no kind); null: all. */
  readonly kinds: readonly string[] | null;
  /** Whether the provider's tax is spread too, since it is not reclaimed. */
  readonly tax_is_cost: boolean;
}

/** Nothing is spread. */
export const noSharing: CostSharing = { rule: 'none', kinds: null, tax_is_cost: false };

/** A tenant with a subscription in force on a day of the month. */
export interface Receiver {
  readonly tenant_id: string;
  /** Its deployments that were in force, at least one. */
  readonly deployments: readonly string[];
}

/** A month's rule, and the tenants over which it spreads. */
export interface MonthSharing {
  readonly sharing: CostSharing;
  readonly receivers: readonly Receiver[];
}

interface SharedLine {
  readonly kind: string | null;
  readonly is_tax: boolean;
  readonly tenant_id: string | null;
}

/** Whether a cost is spread. Without a receiver nothing is. */
export function isShared(line: SharedLine, { sharing, receivers }: MonthSharing): boolean {
  const { rule, kinds, tax_is_cost } = sharing;
  if (rule === 'none' || receivers.length === 0) return false;
  if (line.is_tax ? !tax_is_cost : line.tenant_id !== null) return false;
  return kinds === null || kinds.includes(line.is_tax ? 'tax' : (line.kind ?? 'other'));
}

/** What a tenant or a deployment weighs, in cents; below 0 counts as 0. */
export interface SharingBasis {
  readonly cost: number;
  readonly revenue: number;
}

/** A deployment's share, and that of its tenant. */
export interface DeploymentShare {
  readonly tenant_id: string;
  readonly deployment_id: string;
  readonly cents: number;
}

export interface BasisOf {
  tenant(id: string): SharingBasis;
  deployment(id: string): SharingBasis;
}

/** Spreads cents over tenants, and each tenant's share over its deployments by the same rule. */
export function shareCents(
  cents: number,
  { sharing: { rule }, receivers }: MonthSharing,
  basis: BasisOf,
): DeploymentShare[] {
  if (receivers.length === 0 || rule === 'none') return [];
  const weight = ({ cost, revenue }: SharingBasis): number =>
    rule === 'even' ? 1 : Math.max(0, rule === 'by_cost' ? cost : revenue);
  const tenants = [...receivers].sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1));
  const shares = allocate(
    cents,
    tenants.map(({ tenant_id }) => weight(basis.tenant(tenant_id))),
  );
  return tenants.flatMap(({ tenant_id, deployments }, index) => {
    const own = [...deployments].sort();
    const parts = allocate(
      shares[index] ?? 0,
      own.map((id) => weight(basis.deployment(id))),
    );
    return own.map((deployment_id, at) => ({ tenant_id, deployment_id, cents: parts[at] ?? 0 }));
  });
}

/**
 * Divides cents by weights with the largest remainder; of equal remainders the earlier one comes first. All
 * weights 0: evenly.
 * @param weights at least one, each a safe integer of at least 0
 */
export function allocate(cents: number, weights: readonly number[]): number[] {
  const exact = weights.some((weight) => weight > 0) ? weights : weights.map(() => 1);
  const parts = exact.map((weight) => BigInt(safeInteger(weight, 'weight')));
  const total = parts.reduce((sum, part) => sum + part, 0n);
  const pool = BigInt(Math.abs(safeInteger(cents)));
  const shares = parts.map((part) => (pool * part) / total);
  const remainders = parts.map((part, index) => ({ index, rest: (pool * part) % total }));
  remainders.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  const left = safeNumber(pool - shares.reduce((sum, share) => sum + share, 0n));
  const first = new Set(remainders.slice(0, left).map(({ index }) => index));
  const sign = cents < 0 ? -1n : 1n;
  return shares.map((share, index) => safeNumber(sign * (share + (first.has(index) ? 1n : 0n))));
}
