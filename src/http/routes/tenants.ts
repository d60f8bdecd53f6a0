import { z } from 'zod';
import { isKnownTenant } from '../../../projections/receivables/account-context.ts';
import { receivablesOf } from '../../../projections/receivables/receivable-queries.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { settled, tenantsOn } from '../../processes/parties/list-tenants.ts';
import { foundOr404, ownerOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { daySchema, list, nameSchema, one, pageQuery, queryBoolean } from '../schemas.ts';
import { aged } from './receivables.ts';

const tag = 'customers';

/** All tenants, with a profile or without one. */
export const listTenantsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/tenants',
  tag,
  summary: 'Every tenant that the ledger knows, with its names, deployments and account, by tenant id',
  description: [
    'Those with a profile, a deployment, an invoice or a payment. The names are of the profile in force',
    'today: null without one, `erased` once it is erased. `deployments` counts them by state. `account` is',
    'what is open by age today and what is over, as `GET /api/v1/receivables` has it. `search` finds a part',
    'of the id or of a name; `has_profile=false` finds tenants whose month can be invoiced and not sent.',
  ].join(' '),
  access: 'admin',
  heavy: true,
  query: z.strictObject({
    ...pageQuery,
    search: nameSchema.optional(),
    has_profile: queryBoolean.optional(),
  }),
  response: list(
    z.strictObject({
      tenant_id: z.string(),
      has_profile: z.boolean(),
      legal_name: z.string().nullable(),
      trading_name: z.string().nullable(),
      erased_at: z.string().nullable(),
      deployments: z.record(z.string(), z.int()),
      account: z.strictObject(aged),
    }),
  ).extend({ as_of: daySchema, currency: z.string() }),
  async handle({ query, page: { after, limit, of } }, { ledger, currency, jobDeps: { personal } }) {
    const today = dayOf(ledger.now());
    const last = after(z.tuple([z.string()]))?.[0] ?? null;
    const filter = { search: query.search, hasProfile: query.has_profile };
    const rows = await ledger.read((db) =>
      tenantsOn(db, personal, today, { filter, after: last, limit: limit + 1 }),
    );
    const { data, next_cursor } = of(rows, ({ tenant_id }) => [tenant_id]);
    const tenants = data.map(({ profile, ...row }) => ({
      ...row,
      has_profile: profile !== null,
      legal_name: profile?.legal_name ?? null,
      trading_name: profile?.trading_name ?? null,
      erased_at: profile?.erased_at ?? null,
    }));
    return { body: { data: tenants, next_cursor, as_of: today, currency } };
  },
});

/** The account of one tenant. */
export const accountRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/customers/:tenant_id/account',
  tag,
  summary: 'What a tenant owes at the end of a day, by age, and what it has over',
  description:
    'Its row of `GET /api/v1/receivables`, zeros where nothing is open or over. `as_of` is today by default.',
  access: 'tenant',
  query: z.strictObject({ as_of: daySchema.optional() }),
  response: one(z.strictObject({ tenant_id: z.string(), as_of: daySchema, currency: z.string(), ...aged })),
  async handle({ params: { tenant_id }, query, caller }, { ledger, currency }) {
    ownerOr404(caller, { tenant_id }, 'customer');
    const as_of = query.as_of ?? dayOf(ledger.now());
    const account = await ledger.read(async (db) => {
      const isKnown = !caller.admin || (await isKnownTenant(db, tenant_id));
      foundOr404(isKnown ? tenant_id : null, 'customer');
      return (await receivablesOf(db, as_of, [tenant_id])).get(tenant_id) ?? settled;
    });
    return { body: { data: { tenant_id, as_of, currency, ...account } } };
  },
});

/** Tenants and their accounts. */
export const tenantRoutes = [listTenantsRoute, accountRoute];
