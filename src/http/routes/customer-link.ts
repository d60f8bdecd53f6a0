import { z } from 'zod';
import { isKnownTenant } from '../../../projections/receivables/account-context.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { instantSchema, one } from '../schemas.ts';

/** How long a link and the session that it begins last, in milliseconds. */
const lifeMs = 60 * 60 * 1_000;

export const customerLinkRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/customers/:tenant_id/link',
  tag: 'customers',
  summary: 'A link to the pages of a tenant, for a customer without a token',
  description:
    'It works for one hour, any number of times, and shows the pages of the tenant, read only; so does the ' +
    'session that it begins, to the end of the hour. `url` is relative to the address of the service. The ' +
    'link is in this answer alone: only its hash is kept. Asked again, also with the same Idempotency-Key, ' +
    'another link is made, and the first one stays valid.',
  access: 'admin',
  response: one(z.strictObject({ tenant_id: z.string(), url: z.string(), expires_at: instantSchema })),
  status: 201,
  changesNothing: true,
  async handle({ params: { tenant_id }, caller }, { ledger, links }) {
    if (!(await ledger.query((db) => isKnownTenant(db, tenant_id)))) foundOr404(null, 'customer');
    // By the clock of the machine, as tokens end.
    const expiresAt = new Date(Date.now() + lifeMs).toISOString();
    const secret = await links.createLink({
      subject: `link from ${caller.sub}`,
      tenant_id,
      roles: [],
      read_only: true,
      once: false,
      created_by: caller.sub,
      expires_at: expiresAt,
    });
    return { body: { data: { tenant_id, url: `/console/link/${secret}`, expires_at: expiresAt } } };
  },
});
