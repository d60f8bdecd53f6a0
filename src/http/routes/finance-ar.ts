import { z } from 'zod';
import {
  arStatuses,
  listArDocuments,
  type ArDocumentRow,
} from '../../../projections/deliveries/ar-queries.ts';
import { arKinds } from '../../events/documents.ts';
import { defineRoute } from '../route.ts';
import { idSchema, instantSchema, list, pageQuery } from '../schemas.ts';

const anyValue = z.union([z.string(), z.number(), z.boolean()]).nullable();

const arDocument = z.strictObject({
  external_id: z.string(),
  kind: z.enum(arKinds),
  tenant_id: z.string(),
  status: z.enum(arStatuses),
  action: z.string(),
  finance_id: z.string(),
  pushed_at: instantSchema,
  compared_at: instantSchema.nullable(),
  differences: z.array(z.strictObject({ field: z.string(), ours: anyValue, theirs: anyValue })),
});

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/finance/ar',
  tag: 'invoices',
  summary: 'Invoices, notes and payments that finance received, those pushed last first',
  description:
    "`external_id` is the id of the invoice, correction or payment. `different`: finance's own copy is not " +
    'what it was sent, field by field; of a personal field both values are null. `unread`: it was not ' +
    'compared since it was pushed last, such as where finance offers no copies.',
  access: 'admin',
  query: z.strictObject({
    ...pageQuery,
    status: z.enum(arStatuses).optional(),
    tenant_id: idSchema.optional(),
  }),
  response: list(arDocument),
  async handle({ query: { status, tenant_id: tenantId }, page: requested }, { ledger }) {
    const [after = null] = requested.after(z.tuple([z.int()])) ?? [];
    const rows = await ledger.query((db) =>
      listArDocuments(db, { status, tenantId }, { after, limit: requested.limit + 1 }),
    );
    const { data, next_cursor } = requested.of(rows, (row) => [row.position]);
    return { body: { data: data.map(show), next_cursor } };
  },
});

function show(row: ArDocumentRow): z.output<typeof arDocument> {
  const { external_id, kind, tenant_id, action, finance_id, pushed_at, compared_at, differences } = row;
  const read = differences.length > 0 ? 'different' : 'same';
  return {
    ...{ external_id, tenant_id, action, finance_id, pushed_at, compared_at, differences },
    kind: z.enum(arKinds).parse(kind),
    status: compared_at === null ? 'unread' : read,
  };
}

/** What finance received of tenants' documents (spec 18). */
export const financeArRoutes = [listRoute];
