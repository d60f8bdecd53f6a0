/** What a month's margin would be, if something were otherwise. */
import type { Db } from '../database/db.ts';
import type { CostSplit, MarginFigures } from '../pricing/margin.ts';
import { figuresAlone, nothing } from './margin-months.ts';
import { marginOfPeriod, type MarginScope, type MonthMargin, type Supposed } from './margin.ts';

type Figures = MarginFigures & CostSplit;

/** Figures as they are and as they would be. */
export interface Change<T> {
  before: T;
  after: T;
}

/** The margins of a month that would change. */
export interface MarginChange {
  period: string;
  currency: string;
  overall: Change<MonthMargin['overall']>;
  /** Those that would change, and no others. */
  tenants: ({ tenant_id: string } & Change<Figures>)[];
  deployments: ({ deployment_id: string; tenant_id: string } & Change<Figures>)[];
}

/**
 * A month's margin beside the one that it would be.
 * @param db one snapshot
 */
export async function marginChange(
  db: Db,
  scope: Omit<MarginScope, 'known' | 'supposed'>,
  supposed: Supposed,
): Promise<MarginChange> {
  const before = await marginOfPeriod(db, scope);
  const after = await marginOfPeriod(db, { ...scope, supposed });
  return {
    period: before.period,
    currency: before.currency,
    overall: { before: before.overall, after: after.overall },
    tenants: changesOf(before.tenants, after.tenants, ({ tenant_id }) => ({ tenant_id })),
    deployments: changesOf(before.deployments, after.deployments, ({ deployment_id, tenant_id }) => ({
      deployment_id,
      tenant_id,
    })),
  };
}

function changesOf<T extends Figures, Key extends object>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (one: T) => Key,
): (Key & Change<Figures>)[] {
  const pairs = new Map<string, { key: Key } & Partial<Change<T>>>();
  for (const one of before) pairs.set(JSON.stringify(keyOf(one)), { key: keyOf(one), before: one });
  for (const one of after) {
    const name = JSON.stringify(keyOf(one));
    pairs.set(name, { ...(pairs.get(name) ?? { key: keyOf(one) }), after: one });
  }
  return [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, before: was = nothing, after: is = nothing }]) => ({
      ...key,
      before: figuresAlone(was),
      after: figuresAlone(is),
    }))
    .filter(({ before: was, after: is }) => JSON.stringify(was) !== JSON.stringify(is));
}
