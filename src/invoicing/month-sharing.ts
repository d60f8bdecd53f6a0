import { costSharingOn } from '../../projections/costs/cost-sharing-queries.ts';
import { subscriptionHistories } from '../../projections/deployments/invoicing-queries.ts';
import type { Db } from '../database/db.ts';
import { lastPositionBy } from '../journal/find/last-position-by.ts';
import { lastDay } from '../pricing/calendar.ts';
import type { CostSharing, MonthSharing } from '../pricing/cost-sharing.ts';
import { segmentsInPeriod } from '../pricing/segments.ts';
import { groupBy } from '../runtime/group-by.ts';
import type { KnownBy } from './margin-known.ts';

interface SharedMonth {
  period: string;
  /** A past moment; default: all that is known now. */
  known: KnownBy | undefined;
  /** A rule in place of that of the month. */
  supposed?: CostSharing | undefined;
}

/**
 * The rule of shared cost on the last day of a month, and the tenants with a subscription in force on any day
 * of it.
 */
export async function monthSharing(db: Db, { period, known, supposed }: SharedMonth): Promise<MonthSharing> {
  const sharing = supposed ?? (await costSharingOn(db, lastDay(period), known?.at));
  if (sharing.rule === 'none') return { sharing, receivers: [] };
  const atPosition = known === undefined ? undefined : await lastPositionBy(db, known.at, known.position);
  const inForce = (await subscriptionHistories(db, { period, atPosition })).filter(
    ({ facts }) => segmentsInPeriod(facts, period).length > 0,
  );
  const receivers = [...groupBy(inForce, ({ tenant_id }) => tenant_id)].map(([tenant_id, own]) => ({
    tenant_id,
    deployments: own.map(({ deployment_id }) => deployment_id),
  }));
  return { sharing, receivers };
}
