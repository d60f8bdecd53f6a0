import { z } from 'zod';
import { meteringConfig } from '../../../commands/usage/metering-config.ts';
import { meteringConfigs } from '../../../projections/usage/metering-queries.ts';
import { commands } from '../../processes/commands.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { granularity } from '../../events/usage.ts';
import { meteredBillingKinds } from '../../pricing/metering.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { list, one, pageQuery } from '../schemas.ts';

const tag = 'usage';
const retentionDays = z.int().min(1).max(36_500).nullable();
const configRow = z.strictObject({
  resource_kind: z.string(),
  granularity,
  retention_days: z.int().nullable(),
});

/** How each kind is metered. */
export const listMeteringConfigRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/metering-config',
  tag,
  summary: 'How each billing kind is metered',
  description:
    'By default `day`: one record a resource and day; `hour`: 24. `retention_days` is kept and purges ' +
    'nothing; null: for ever.',
  access: 'admin',
  query: z.strictObject(pageQuery),
  response: list(configRow),
  async handle({ page: { after, limit, of } }, { ledger }) {
    const configured = new Map((await ledger.query(meteringConfigs)).map((row) => [row.resource_kind, row]));
    const last = after(z.tuple([z.string()]))?.[0] ?? '';
    const kinds = meteredBillingKinds()
      .sort()
      .filter((kind) => kind > last)
      .slice(0, limit + 1);
    const rows = kinds.map(
      (resource_kind) => configured.get(resource_kind) ?? { resource_kind, ...meteringConfig.initialState },
    );
    return { body: of(rows, (row) => [row.resource_kind]) };
  },
});

/** How one kind is metered. */
export const meteringConfigRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/metering-config/:resource_kind',
  tag,
  summary: 'How one billing kind is metered',
  description: '404 for a kind that is not metered.',
  access: 'admin',
  response: one(configRow),
  async handle({ params: { resource_kind } }, { ledger }) {
    if (!meteredBillingKinds().includes(resource_kind))
      throw new Refused(refuse('not-found', `${resource_kind} is not metered`));
    const configured = (await ledger.query(meteringConfigs)).find(
      (row) => row.resource_kind === resource_kind,
    );
    return { body: { data: configured ?? { resource_kind, ...meteringConfig.initialState } } };
  },
});

/** Changes it. */
export const putMeteringConfigRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/metering-config/:resource_kind',
  tag,
  summary: 'Set how a billing kind is metered, from the next run on',
  description:
    'What is left out stays as it is. Metered days keep their records until they are metered again, which ' +
    'replaces them whatever their granularity. 404 for a kind that is not metered.',
  access: 'admin',
  body: z.strictObject({ granularity: granularity.optional(), retention_days: retentionDays.optional() }),
  response: one(configRow),
  handle: ({ params, body, meta }, { ledger }) =>
    answerCommand(ledger, commands.configureMetering, { ...params, ...body }, meta),
});

/** The configuration of metering (spec 9). */
export const meteringConfigRoutes = [listMeteringConfigRoute, meteringConfigRoute, putMeteringConfigRoute];
