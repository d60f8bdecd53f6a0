import { z } from 'zod';
import {
  driftStatuses,
  driftValues,
  findDrift,
  listDrift,
  resourceOfDrift,
} from '../../../projections/inventory/drift-queries.ts';
import { driftDeltas, knownSum, withDriftMoney } from '../../invoicing/drift-money.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { commands } from '../../processes/commands.ts';
import { requestRevert } from '../../processes/revert/request-revert.ts';
import { foundOr404 } from '../caller.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { driftMoneyAnswer, driftMoneyDescription } from './drift-answer.ts';
import { centsSchema, instantSchema, list, nameSchema, one, pageQuery } from '../schemas.ts';

const revertStatus = z.enum(['running', 'reverted', 'failed']);

const revertRow = z.object({
  run_id: z.string(),
  attempt: z.int(),
  status: revertStatus,
  step: z.string().nullable(),
  action_id: z.int().nullable(),
  reason: z.string().nullable(),
  left: z.object({ status: z.string().nullable(), size_slug: z.string().nullable() }).nullable(),
  requested_at: instantSchema,
  ended_at: instantSchema.nullable(),
});

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
  revert: revertRow.nullable(),
  ...driftMoneyAnswer,
});

/** The findings of one status, with their money. */
export const listDriftRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/drift',
  tag: 'drift',
  summary: 'Where live resources differ from their specs; open ones unless `status` is given',
  description:
    `${driftMoneyDescription} The summary covers all findings of the status: how many there are, of how ` +
    'many the price is known, and what these come to a month.',
  access: 'admin',
  heavy: true,
  query: z.strictObject({ ...pageQuery, status: z.enum(driftStatuses).default('open') }),
  response: list(driftRow).extend({
    summary: z.strictObject({
      findings: z.int(),
      priced: z.int(),
      monthly_delta_cents: centsSchema.nullable(),
      currency: z.string(),
    }),
  }),
  async handle({ query: { status }, page: { after, limit, of } }, { ledger, currency, jobDeps }) {
    const last = after(z.tuple([z.string()]));
    const scope = { today: dayOf(ledger.now()), currency, seedTax: jobDeps.tax };
    const { rows, deltas } = await ledger.read(async (db) => ({
      rows: await withDriftMoney(db, await listDrift(db, status, last?.[0] ?? null, limit + 1), scope),
      deltas: await driftDeltas(db, await driftValues(db, status), scope),
    }));
    const summary = {
      findings: deltas.length,
      priced: deltas.filter((delta) => delta !== null).length,
      monthly_delta_cents: knownSum(deltas),
      currency,
    };
    return { body: { ...of(rows, (row) => [row.id]), summary } };
  },
});

/** One finding: also how its revert goes. */
export const showDriftRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/drift/:id',
  tag: 'drift',
  summary: 'One finding, whatever its status, with its money and its latest revert',
  description: driftMoneyDescription,
  access: 'admin',
  heavy: true,
  response: one(driftRow),
  async handle({ params: { id } }, { ledger, currency, jobDeps }) {
    const scope = { today: dayOf(ledger.now()), currency, seedTax: jobDeps.tax };
    const [found] = await ledger.read(async (db) =>
      withDriftMoney(db, [foundOr404(await findDrift(db, id), 'drift')], scope),
    );
    return { body: { data: foundOr404(found, 'drift') } };
  },
});

/** Takes the live value as the desired one. */
export const acceptDriftRoute = defineRoute({
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

/** Begins a revert. */
export const revertDriftRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/drift/:id/revert',
  tag: 'drift',
  summary: 'Change a droplet back to the size of its spec: power off, resize, power on',
  description: [
    '`confirm` is the present name of the droplet. The answer comes at once. `GET jobs/runs/:id` with ' +
      'the `run_id`, and the `revert` of `GET drift`, show how it goes. Only `size_slug` is reverted, ' +
      'and never to a smaller disk.',
    'The same finding again is the same run; after a failed one a new run begins.',
  ].join(' '),
  access: 'admin',
  body: z.strictObject({ confirm: nameSchema }),
  response: one(
    z.object({
      run_id: z.string(),
      drift_id: z.string(),
      resource_id: z.string(),
      attempt: z.int(),
      status: revertStatus,
      desired: z.string(),
      requested_at: instantSchema,
    }),
  ),
  status: [202],
  async handle({ params, body, meta }, { ledger, jobDeps, reverts }) {
    const resource_id = foundOr404(await ledger.readLatest((db) => resourceOfDrift(db, params.id)), 'drift');
    const input = { drift_id: params.id, resource_id, confirm: body.confirm };
    const { revert, position } = await requestRevert({ ...jobDeps, ledger }, input, meta);
    const { run_id, drift_id, attempt, status, desired, requested_at } = revert;
    if (status === 'running') await reverts.start(run_id, meta.actor);
    const data = { run_id, drift_id, resource_id, attempt, status, desired, requested_at };
    return { body: { data }, status: 202, position };
  },
});

/** The drift inbox. */
export const driftRoutes = [listDriftRoute, showDriftRoute, acceptDriftRoute, revertDriftRoute];
