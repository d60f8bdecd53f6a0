import { z } from 'zod';
import { deploymentTenants } from '../../../projections/usage/deployment-tenants.ts';
import { listUsage, summariseUsage, type UsageRow } from '../../../projections/usage/usage-queries.ts';
import { unmeteredNow } from '../../../projections/usage/unmetered-queries.ts';
import { granularity, unmeteredReason } from '../../events/usage.ts';
import { displayQty } from '../../pricing/metering.ts';
import { ownerOr404, scopeOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import {
  daySchema,
  idSchema,
  instantSchema,
  list,
  pageQuery,
  periodSchema,
  signedDecimalSchema,
} from '../schemas.ts';
import { usageDaysRoute } from './usage-days.ts';

const usageRecord = z.strictObject({
  deployment_id: z.string(),
  /** Null for reported usage. */
  resource_id: z.string().nullable(),
  resource_kind: z.string(),
  granularity,
  /** The start of the day or hour that the record stands for. */
  period: instantSchema,
  day: daySchema,
  qty: signedDecimalSchema,
  sub_attribution: z.json().nullable(),
  /** Only of reported usage: the reporter and its id of the report. */
  source: z.string().optional(),
  external_id: z.string().optional(),
});

const unmetered = z.strictObject({
  deployment_id: z.string(),
  resource_id: z.string(),
  resource_kind: z.string(),
  days: z.int(),
  reason: unmeteredReason,
});

function showRecord({
  hour,
  subject: _subject,
  source,
  external_id,
  ...row
}: UsageRow): z.output<typeof usageRecord> {
  const start = `${row.day}T${String(Math.max(0, hour)).padStart(2, '0')}:00:00.000Z`;
  const reported = source === null || external_id === null ? {} : { source, external_id };
  return { ...row, period: start, sub_attribution: null, ...reported };
}

/** A sum for display: a whole number as it is, any other at two places. */
function showSum(qty: string): string {
  return qty.includes('.') ? displayQty(qty, 2) : qty;
}

/** The records that count now. */
export const usageRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/usage',
  tag: 'usage',
  summary: 'Usage, metered and reported: the records that count now, and their sums by billing kind',
  description: [
    "A record's `qty` is exact, its `period` the start of its day or hour. `summary` covers the whole",
    'filter, whatever `limit` and `cursor`; a sum that is not whole is shown at two places. Reported',
    'usage has its `source` and `external_id` in place of a resource. `unmetered` lists resources that',
    'have no record on so many metered `days` of the filter, since their size or status is not known.',
    'Without `period` all usage ever.',
  ].join(' '),
  access: 'tenant',
  query: z.strictObject({
    ...pageQuery,
    deployment_id: idSchema.optional(),
    period: periodSchema.optional(),
    resource_kind: idSchema.optional(),
  }),
  response: list(usageRecord).extend({
    summary: z.record(z.string(), signedDecimalSchema),
    unmetered: z.array(unmetered),
  }),
  async handle({ query, caller, page: requested }, { ledger }) {
    const deploymentId = query.deployment_id;
    const filter = {
      tenantId: scopeOf(caller),
      deploymentId,
      period: query.period,
      kind: query.resource_kind,
    };
    const after = requested.after(z.tuple([z.string(), z.string(), z.string(), z.string(), z.int()]));
    const { rows, sums, without } = await ledger.read(async (db) => {
      if (deploymentId !== undefined) {
        const tenant_id = (await deploymentTenants(db, [deploymentId])).get(deploymentId);
        ownerOr404(caller, tenant_id === undefined ? null : { tenant_id }, 'deployment');
      }
      return {
        rows: await listUsage(db, filter, { limit: requested.limit + 1, after }),
        sums: await summariseUsage(db, filter),
        without: await unmeteredNow(db, filter),
      };
    });
    const { data, next_cursor } = requested.of(rows, (row) => [
      row.deployment_id,
      row.day,
      row.subject,
      row.resource_kind,
      row.hour,
    ]);
    const summary = Object.fromEntries(sums.map(({ resource_kind, qty }) => [resource_kind, showSum(qty)]));
    return {
      body: {
        data: data.map(showRecord),
        summary,
        unmetered: without.map(({ tenant_id: _tenant, ...row }) => row),
        next_cursor,
      },
    };
  },
});

/** What deployments used (spec 9). */
export const usageRoutes = [usageRoute, usageDaysRoute];
