import { z } from 'zod';
import { isKnownTenant } from '../../../projections/receivables/account-context.ts';
import { statementFacts } from '../../../projections/receivables/statement-queries.ts';
import { statement, statementKinds } from '../../pricing/statement.ts';
import { Refused, refuseField } from '../../ledger/refusal.ts';
import { foundOr404, ownerOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, one } from '../schemas.ts';

/** The days of a statement, as a query has them. */
export const statementQuery = z.strictObject({ from: daySchema, to: daySchema });

/** @throws {Refused} `invalid-input` where the last day is before the first */
export function requireOrder({ from, to }: { from: string; to: string }): void {
  if (to < from) throw new Refused(refuseField('to', 'before `from`'));
}

export const statementRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/customers/:tenant_id/statement',
  tag: 'payments',
  summary: "A tenant's account between two days, both included",
  description:
    'Positive amounts are owed by the tenant, negative ones are credit. `closing_cents` is what is open of ' +
    'its invoices less its balance; the next statement opens with it.',
  access: 'tenant',
  query: statementQuery,
  response: one(
    z.strictObject({
      tenant_id: z.string(),
      currency: z.string(),
      from: daySchema,
      to: daySchema,
      opening_cents: centsSchema,
      entries: z.array(
        z.strictObject({
          on: daySchema,
          kind: z.enum(statementKinds),
          description: z.string(),
          amount_cents: centsSchema,
          balance_cents: centsSchema,
          invoice_id: z.string().nullable(),
          correction_id: z.string().nullable(),
          payment_id: z.string().nullable(),
        }),
      ),
      closing_cents: centsSchema,
    }),
  ),
  async handle({ params: { tenant_id }, query, caller }, { ledger, currency }) {
    requireOrder(query);
    ownerOr404(caller, { tenant_id }, 'customer');
    const facts = await ledger.read(async (db) => {
      const known = await statementFacts(db, tenant_id);
      const isKnown = !caller.admin || known.money.length > 0 || (await isKnownTenant(db, tenant_id));
      return foundOr404(isKnown ? known : null, 'customer');
    });
    return { body: { data: { tenant_id, currency, ...statement(facts, query) } } };
  },
});

/** Statements of tenants (spec 18). */
export const statementRoutes = [statementRoute];
