import { z } from 'zod';
import { dayOf } from '../../pricing/calendar.ts';
import { search } from '../../processes/search/search.ts';
import { scopeOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { idSchema, one, queryInteger } from '../schemas.ts';
import { searchHit, searchKinds, showFound } from './search-answer.ts';

/** Objects of all kinds by what people know of them. */
export const searchRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/search',
  tag: 'platform',
  summary: 'Find objects by id, name, number or amount: a tenant finds its own',
  description:
    'A part of a name or a number is enough, of an id its first six characters, in any case. An amount ' +
    'such as `78.23` finds what comes to it, before tax too, whatever its sign. Customers are found by ' +
    'their names, payments by their whole reference, cost lines by their description. `limit` is for each ' +
    'kind; `more` names the kinds of which there is more. Of what belongs to the provider (`resource` ' +
    'excepted) only an admin finds anything.',
  access: 'tenant',
  query: z.strictObject({
    q: idSchema.regex(/\S/, 'is blank'),
    limit: queryInteger(1, 50).default(10).meta({ description: 'at most so many of a kind; 10 by default' }),
  }),
  response: one(z.strictObject({ results: z.array(searchHit), more: z.array(z.enum(searchKinds)) })),
  async handle({ query: { q, limit }, caller }, { ledger, jobDeps: { personal } }) {
    const asked = { q, limit: limit + 1, tenantId: scopeOf(caller), today: dayOf(ledger.now()) };
    const found = await ledger.read((db) => search(db, personal, asked));
    return { body: { data: showFound(found, limit) } };
  },
});

/** The search. */
export const searchRoutes = [searchRoute];
