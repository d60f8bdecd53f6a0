import { z } from 'zod';
import { driftStatuses, listDrift, resourceOfDrift } from '../../../projections/inventory/drift-queries.ts';
import { commands } from '../../processes/commands.ts';
import { foundOr404 } from '../caller.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { list, one, pageQuery } from '../schemas.ts';

const driftRow = z.object({
  id: z.string(),
  resource_id: z.string(),
  kind: z.string(),
  name: z.string(),
  field: z.string(),
  desired: z.unknown(),
  actual: z.unknown(),
  spec_version: z.int(),
  status: z.enum(driftStatuses),
  found_at: z.string(),
  updated_at: z.string(),
  closed_at: z.string().nullable(),
});

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/drift',
  tag: 'drift',
  summary: 'Where live resources differ from their specs; open ones unless `status` is given',
  access: 'admin',
  query: z.strictObject({ ...pageQuery, status: z.enum(driftStatuses).default('open') }),
  response: list(driftRow),
  async handle({ query, page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string()]));
    const rows = await ledger.query((db) => listDrift(db, query.status, last?.[0] ?? null, limit + 1));
    return { body: of(rows, (row) => [row.id]) };
  },
});

const acceptRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/drift/:id/accept',
  tag: 'drift',
  summary: 'Make the live value the desired one',
  access: 'admin',
  body: z.strictObject({}),
  response: one(
    z.object({
      id: z.string(),
      resource_id: z.string(),
      status: z.string(),
      spec_version: z.int(),
      spec: z.record(z.string(), z.unknown()),
    }),
  ),
  async handle({ params, meta }, { ledger }) {
    const resource_id = foundOr404(await ledger.readLatest((db) => resourceOfDrift(db, params.id)), 'drift');
    return answerCommand(ledger, commands.acceptDrift, { drift_id: params.id, resource_id }, meta);
  },
});

/** The drift inbox. */
export const driftRoutes = [listRoute, acceptRoute];
