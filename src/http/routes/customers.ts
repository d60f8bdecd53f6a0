import { z } from 'zod';
import { customerFields } from '../../../commands/parties/customer-fields.ts';
import { customerStream, keyOfProfile } from '../../../commands/parties/customer.ts';
import {
  customerOn,
  erasedSince,
  listCustomers,
  type CustomerRow,
} from '../../../projections/parties/customer-queries.ts';
import { countDocumentsDue } from '../../../projections/documents/due-queries.ts';
import { keptOf } from '../../../projections/documents/frozen-queries.ts';
import { isKnownTenant } from '../../../projections/receivables/account-context.ts';
import { customerAsOf } from '../../history/customer-as-of.ts';
import { refuseField, Refused } from '../../ledger/refusal.ts';
import { eraseCustomer } from '../../processes/parties/erase-customer.ts';
import { openCustomer, openCustomers, type OpenedCustomer } from '../../processes/parties/open-customer.ts';
import { setCustomer } from '../../processes/parties/set-customer.ts';
import { foundOr404, scopeOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { asOfQuery, daySchema, idSchema, list, one, pageQuery } from '../schemas.ts';
import { shownAddress } from './party-answer.ts';

const tag = 'customers';

const shownCustomer = z.strictObject({
  tenant_id: z.string(),
  effective_from: daySchema,
  legal_name: z.string(),
  trading_name: z.string().nullable(),
  tax_id: z.string().nullable(),
  address: shownAddress,
  emails: z.strictObject({ billing: z.array(z.string()) }),
  contact: z.string().nullable(),
  net_days: z.int(),
  po_number: z.string().nullable(),
  locale: z.string().nullable(),
  erased_at: z.string().nullable(),
});

type Dated = Pick<CustomerRow, 'effective_from' | 'net_days' | 'erased_at'>;
const shown = (buyer: OpenedCustomer, { effective_from, net_days, erased_at }: Dated) => ({
  ...buyer,
  effective_from,
  net_days,
  erased_at,
});

export const listCustomersRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/customers',
  tag,
  summary: 'Customers with their profile in force today, by tenant',
  description: 'A customer whose profile begins later is listed with it. Erased fields read `erased`.',
  access: 'admin',
  query: z.strictObject(pageQuery),
  response: list(shownCustomer),
  async handle({ page: { after, limit, of } }, { ledger, jobDeps: { personal } }) {
    const last = after(z.tuple([z.string()]))?.[0] ?? null;
    const today = ledger.now().slice(0, 10);
    const rows = await ledger.query((db) => listCustomers(db, today, { after: last, limit: limit + 1 }));
    const { data, next_cursor } = of(rows, (row) => [row.tenant_id]);
    const buyers = await openCustomers(personal, data);
    const customers = data.flatMap((row, at) => {
      const buyer = buyers[at];
      return buyer === undefined ? [] : [shown(buyer, row)];
    });
    return { body: { data: customers, next_cursor } };
  },
});

export const customerRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/customers/:tenant_id',
  tag,
  summary: 'The profile of a customer: a tenant sees its own',
  description:
    'The one in force today, or the first later one. `as_of` and `known_at` show the one that was in ' +
    'force. Erased fields read `erased`, whatever the moment.',
  access: 'tenant',
  query: z.strictObject(asOfQuery),
  response: one(shownCustomer),
  async handle({ params: { tenant_id }, query, caller }, { ledger, jobDeps: { personal } }) {
    const scope = scopeOf(caller);
    if (scope !== null && scope !== tenant_id) foundOr404(null, 'customer');
    if (query.as_of === undefined && query.known_at === undefined) {
      const today = ledger.now().slice(0, 10);
      const row = foundOr404(await ledger.query((db) => customerOn(db, tenant_id, today)), 'customer');
      return { body: { data: shown(await openCustomer(personal, row), row) } };
    }
    const events = await ledger.recorded(customerStream(tenant_id));
    const profile = foundOr404(customerAsOf(events, query, ledger.now()), 'customer');
    const erased_at = await ledger.query((db) => erasedSince(db, keyOfProfile(profile)));
    const past = { ...profile, erased_at };
    return { body: { data: shown(await openCustomer(personal, past), past) } };
  },
});

export const setCustomerRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/customers/:tenant_id',
  tag,
  summary: 'Set the profile of a customer from a day on, by default today',
  description:
    'A dated fact that replaces the whole profile: what is left out is null, and `net_days` is 14. In ' +
    'Australia `tax_id` is an ABN. Personal fields are encrypted under a key of the tenant before they are ' +
    'stored. The same profile again changes nothing.',
  access: 'admin',
  body: customerFields,
  response: one(shownCustomer),
  async handle({ params: { tenant_id }, body, meta }, { ledger, jobDeps: { personal } }) {
    const { result, position } = await setCustomer({ ledger, personal }, tenant_id, body, meta);
    const set = { ...result, erased_at: null };
    return { body: { data: shown(await openCustomer(personal, set), set) }, position };
  },
});

export const toEraseRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/customers/:tenant_id/erase',
  tag,
  summary: 'What an erasure of a customer would destroy and keep',
  description:
    '`keys` are the data keys that it would destroy: 0 where there is nothing to erase, or no more. ' +
    '`documents` are the frozen copies of issued documents that are kept, and the last day on which one ' +
    'is; `to_freeze` counts those that it would freeze first.',
  access: 'admin',
  response: one(
    z.strictObject({
      tenant_id: z.string(),
      keys: z.int(),
      documents: z.strictObject({ count: z.int(), retain_until: daySchema.nullable(), to_freeze: z.int() }),
    }),
  ),
  async handle({ params: { tenant_id } }, { ledger, jobDeps: { personal } }) {
    const kept = await ledger.read(async (db) => {
      foundOr404((await isKnownTenant(db, tenant_id)) ? tenant_id : null, 'customer');
      return { ...(await keptOf(db, tenant_id)), to_freeze: await countDocumentsDue(db, tenant_id) };
    });
    const keys = await personal.keysOf(tenant_id);
    return { body: { data: { tenant_id, keys: keys.length, documents: kept } } };
  },
});

export const eraseCustomerRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/customers/:tenant_id/erase',
  tag,
  summary: "Erase a customer's personal data for ever, by destroying its keys",
  description:
    '`confirm` is the tenant id again. From then on every personal field of the tenant reads `erased`: in ' +
    'the profile, in payments, in mailings. Frozen copies of issued documents stay until their retention ' +
    'date, which the answer names. Erasing again changes nothing. 404 for a tenant without personal data.',
  access: 'admin',
  body: z.strictObject({ confirm: idSchema }),
  response: one(
    z.strictObject({
      tenant_id: z.string(),
      key_ids: z.array(z.string()),
      documents: z.strictObject({ count: z.int(), retain_until: daySchema.nullable() }),
    }),
  ),
  async handle({ params: { tenant_id }, body: { confirm }, meta }, { ledger, jobDeps }) {
    if (confirm !== tenant_id) throw new Refused(refuseField('confirm', 'must be the tenant id of the path'));
    const { position, ...data } = await eraseCustomer({ ...jobDeps, ledger }, tenant_id, meta);
    return { body: { data }, position };
  },
});

/** Customers (spec 17). */
export const customerRoutes = [
  listCustomersRoute,
  customerRoute,
  setCustomerRoute,
  toEraseRoute,
  eraseCustomerRoute,
];
