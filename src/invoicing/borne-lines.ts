/** What became of the lines of the provider's invoices: who bears each, and by which rule. */
import { providerCurrency } from '../../commands/costs/provider-invoice.ts';
import { fxRateOn } from '../../projections/catalog/price-queries.ts';
import type { ListedCostLine } from '../../projections/costs/cost-line-queries.ts';
import {
  attributionOnDay,
  namesOfResources,
  tiesOnDay,
  type NamedResource,
} from '../../projections/inventory/attribution-queries.ts';
import type { Db } from '../database/db.ts';
import { lastDay } from '../pricing/calendar.ts';
import { isShared } from '../pricing/cost-sharing.ts';
import { convertCosts } from '../pricing/margin.ts';
import { groupBy } from '../runtime/group-by.ts';
import { monthSharing } from './month-sharing.ts';

/** How a line came to its resource: by hand, by the provider's id, or by its name. */
export const matchedBy = ['link', 'provider_id', 'name'] as const;

/** Who bears a line: a tenant, all tenants in force, or none. */
export const borneBy = ['tenant', 'shared', 'unattributed'] as const;

/**
 * How the tenant of a line came about: by a tie that was made by hand, by that of a project, by that of what
 * a backup or snapshot was taken of, or as the resource's own tenant.
 */
export const attributedBy = ['tie', 'project', 'source', 'own'] as const;

/** What became of a line. */
export interface Borne {
  by: (typeof borneBy)[number];
  tenant_id: string | null;
  deployment_id: string | null;
  /** Null: no tenant bears it. */
  rule: (typeof attributedBy)[number] | null;
  /** In cents of the ledger's currency. */
  cents: number;
  currency: string;
}

/** A line with what became of it. */
export type BorneLine = ListedCostLine & {
  resource: { kind: string; name: string } | null;
  matched_by: (typeof matchedBy)[number] | null;
  borne: Borne;
};

interface Owner {
  tenant_id: string;
  deployment_id: string | null;
  rule: Borne['rule'];
}

const keyOf = ({ resource_id, day }: { resource_id: string; day: string }): string => `${day} ${resource_id}`;

/**
 * Says of each line who bears it, as the margin of its month does.
 * @param db one snapshot
 * @param currency that of the ledger
 */
export async function borneLines(
  db: Db,
  lines: readonly ListedCostLine[],
  currency: string,
): Promise<BorneLine[]> {
  const pairs = lines.flatMap(({ resource_id, last_day: day }) =>
    resource_id === null ? [] : [{ resource_id, day }],
  );
  const [attributions, ties, names] = await Promise.all([
    attributionOnDay(db, pairs),
    tiesOnDay(db, pairs),
    namesOfResources(
      db,
      pairs.map(({ resource_id }) => resource_id),
    ),
  ]);
  const rules = new Map(ties.map((tie) => [keyOf(tie), tie.rule_by ?? ('tie' as const)]));
  const owners = new Map<string, Owner>(
    attributions.map((owner) => [keyOf(owner), { ...owner, rule: rules.get(keyOf(owner)) ?? 'own' }]),
  );
  const ownerOf = ({ resource_id, last_day, is_tax }: ListedCostLine): Owner | undefined =>
    resource_id === null || is_tax ? undefined : owners.get(keyOf({ resource_id, day: last_day }));
  const months = new Map<string, MonthTerms>();
  for (const period of groupBy(lines, (line) => line.period).keys())
    months.set(period, await termsOf(db, period, currency));
  return lines.map((line) => {
    const terms = months.get(line.period);
    if (terms === undefined) throw new Error(`the terms of ${line.period} were not read`);
    const resource = line.resource_id === null ? undefined : names.get(line.resource_id);
    return {
      ...line,
      resource: resource === undefined ? null : { kind: resource.kind, name: resource.name },
      matched_by: howMatched(line, resource),
      borne: borneOf(line, ownerOf(line), terms),
    };
  });
}

interface MonthTerms {
  currency: string;
  fx: Awaited<ReturnType<typeof fxRateOn>>;
  sharing: Awaited<ReturnType<typeof monthSharing>>;
}

async function termsOf(db: Db, period: string, currency: string): Promise<MonthTerms> {
  const [fx, sharing] = await Promise.all([
    fxRateOn(db, { from: providerCurrency, to: currency, day: lastDay(period) }),
    monthSharing(db, { period, known: undefined }),
  ]);
  return { currency, fx, sharing };
}

function borneOf(line: ListedCostLine, owner: Owner | undefined, terms: MonthTerms): Borne {
  const { tenant_id, deployment_id, rule } = owner ?? { tenant_id: null, deployment_id: null, rule: null };
  const [cost] = convertCosts([{ ...line, tenant_id, deployment_id }], terms);
  const unowned = isShared({ ...line, tenant_id }, terms.sharing) ? 'shared' : 'unattributed';
  return {
    by: tenant_id === null ? unowned : 'tenant',
    tenant_id,
    deployment_id,
    rule,
    cents: cost?.converted_cents ?? 0,
    currency: terms.currency,
  };
}

function howMatched(
  { link, resource_id, provider_resource_id: id }: ListedCostLine,
  resource: NamedResource | undefined,
): BorneLine['matched_by'] {
  if (resource_id === null) return null;
  if (link !== null) return 'link';
  const isById = id !== null && id.toLowerCase() === resource?.provider_id.toLowerCase();
  return isById ? 'provider_id' : 'name';
}
