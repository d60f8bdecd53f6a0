import { z } from 'zod';
import { noticesTo } from '../../../projections/deliveries/delivery-queries.ts';
import { isKnownTenant } from '../../../projections/receivables/account-context.ts';
import { noticeKinds } from '../../events/documents.ts';
import { foundOr404, ownerOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, list, pageQuery } from '../schemas.ts';
import { attemptsDescription, showDeliveries, shownDelivery } from './delivery-answer.ts';

export const noticesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/customers/:tenant_id/notices',
  tag: 'customers',
  summary: 'The mails to a customer before steps of the automatic lifecycle, newest first',
  description:
    'One mail for each `kind` of step and `day` from which it holds, to the billing addresses of the ' +
    'profile. Of long lists the first 50 deployments and invoices are shown; `more_…` counts the others, ' +
    `and \`open_cents\` is the sum of all that was overdue. ${attemptsDescription}`,
  access: 'tenant',
  query: z.strictObject(pageQuery),
  response: list(
    z.strictObject({
      ...shownDelivery,
      tenant_id: z.string(),
      kind: z.enum(noticeKinds),
      day: daySchema,
      currency: z.string(),
      deployments: z.array(
        z.strictObject({ deployment_id: z.string(), slug: z.string(), display_name: z.string() }),
      ),
      more_deployments: z.int(),
      invoices: z.array(
        z.strictObject({
          invoice_id: z.string(),
          number: z.string().nullable(),
          due_on: daySchema,
          open_cents: centsSchema,
        }),
      ),
      more_invoices: z.int(),
      open_cents: centsSchema,
      suspends_on: daySchema.nullable(),
    }),
  ),
  async handle({ params: { tenant_id }, page, caller }, { ledger, jobDeps }) {
    ownerOr404(caller, { tenant_id }, 'customer');
    const [after = null] = page.after(z.tuple([z.int()])) ?? [];
    const rows = await ledger.read(async (db) => {
      const key = after === null ? null : ([after] as const);
      const found = await noticesTo(db, tenant_id, { after: key, limit: page.limit + 1 });
      const isKnown = !caller.admin || found.length > 0 || (await isKnownTenant(db, tenant_id));
      return foundOr404(isKnown ? found : null, 'customer');
    });
    const { data, next_cursor } = page.of(rows, (row) => [row.position]);
    const shown = await showDeliveries(jobDeps.personal, data);
    const notices = data.flatMap(({ notice }, at) => {
      const delivery = shown[at];
      return delivery === undefined ? [] : [{ ...delivery, tenant_id, ...notice }];
    });
    return { body: { data: notices, next_cursor } };
  },
});

/** Notices to customers (spec 19). */
export const noticeRoutes = [noticesRoute];
