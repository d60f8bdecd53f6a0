import { z } from 'zod';
import type { ChargeState } from '../../../commands/usage/charge.ts';
import { listCharges, type ChargeRow } from '../../../projections/usage/charge-queries.ts';
import { deploymentTenants } from '../../../projections/usage/deployment-tenants.ts';
import { idFrom } from '../../ledger/ids.ts';
import { commands } from '../../processes/commands.ts';
import { answerCommand } from '../answer-command.ts';
import { ownerOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import {
  centsSchema,
  daySchema,
  instantSchema,
  list,
  nameSchema,
  one,
  pageQuery,
  periodSchema,
  reasonSchema,
} from '../schemas.ts';

const tag = 'deployments';

const charge = {
  id: z.string(),
  deployment_id: z.string(),
  tenant_id: z.string(),
  description: z.string(),
  amount_cents: centsSchema,
  day: daySchema,
  void_reason: z.string().nullable(),
};

/** A charge after a command. */
function shownCharge(state: ChargeState) {
  if (state === null) throw new Error('a charge is gone after its command');
  const { charge_id, ...fields } = state;
  return { id: charge_id, ...fields };
}

export const addChargeRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/charges',
  tag,
  summary: 'Charge a deployment once, or grant it a discount',
  description: [
    'The month of `day` (default today, at most a year ahead) bills it as a line of its own, with or without',
    'a subscription in force. `amount_cents` is before tax; negative: a discount. A month below zero is not',
    'billable. Each request is a charge; repeated with its Idempotency-Key it is one. Refused into a month',
    'whose invoice stands.',
  ].join(' '),
  access: 'admin',
  body: z.strictObject({
    description: nameSchema.refine((text) => text.trim() !== '', { error: 'must not be blank' }),
    amount_cents: z
      .int()
      .refine((cents) => cents !== 0, { error: 'must not be 0; negative: a discount' })
      .meta({ not: { const: 0 } }),
    day: daySchema.optional(),
  }),
  response: one(z.strictObject(charge)),
  status: 201,
  handle: ({ params, body, meta }, { ledger }) =>
    answerCommand(
      ledger,
      commands.addCharge,
      // Of a repeated request the id of the execution is the same, and so is the charge.
      { charge_id: idFrom('charge', meta.commandId), deployment_id: params.id, ...body },
      meta,
      shownCharge,
    ),
});

export const listChargesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/deployments/:id/charges',
  tag,
  summary: 'The one-off charges of a deployment, by day, those that were taken back included',
  access: 'tenant',
  query: z.strictObject({ ...pageQuery, period: periodSchema.optional() }),
  response: list(
    z.strictObject({ ...charge, recorded_at: instantSchema, voided_at: instantSchema.nullable() }),
  ),
  async handle({ params: { id }, query: { period }, caller, page: requested }, { ledger }) {
    const after = requested.after(z.tuple([z.string(), z.int()]));
    const rows = await ledger.read(async (db) => {
      const tenant_id = (await deploymentTenants(db, [id])).get(id);
      ownerOr404(caller, tenant_id === undefined ? null : { tenant_id }, 'deployment');
      return listCharges(db, { deploymentId: id, period }, { limit: requested.limit + 1, after });
    });
    const { data, next_cursor } = requested.of(rows, ({ day, position }) => [day, position]);
    return { body: { data: data.map(withoutPosition), next_cursor } };
  },
});

function withoutPosition({ position: _position, ...row }: ChargeRow): Omit<ChargeRow, 'position'> {
  return row;
}

export const voidChargeRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/charges/:charge_id/void',
  tag,
  summary: 'Take a one-off charge back, until its month is invoiced',
  description: 'Once more changes nothing: the first reason stays.',
  access: 'admin',
  body: z.strictObject({ reason: reasonSchema }),
  response: one(z.strictObject(charge)),
  handle: ({ params: { id, charge_id }, body: { reason }, meta }, { ledger }) =>
    answerCommand(ledger, commands.voidCharge, { deployment_id: id, charge_id, reason }, meta, shownCharge),
});

/** One-off charges of deployments (spec 18). */
export const chargeRoutes = [addChargeRoute, listChargesRoute, voidChargeRoute];
