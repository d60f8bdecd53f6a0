import { z } from 'zod';
import { projectionStatus } from '../../readiness.ts';
import { defineRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { instant, list, page } from '../schemas.ts';

const count = z.int().min(0);

const projectionRow = z.strictObject({
  name: z.string(), version: z.int().min(1), status: z.string(), checkpoint: count, head: count, lag: count, error: z.json(), updated_at: instant,
});

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/projections',
  tag: 'platform',
  summary: 'The read models: how far each has come, and what stopped one that is parked',
  description: '`checkpoint` and `head` are positions in the journal, `lag` is the number of events between them. A projection is `live`, or `parked` by the event that `error` names.',
  access: 'admin',
  query: z.strictObject({ ...page }),
  response: list(projectionRow),
  async handle({ page: { after, limit, of } }, { sql, projections }) {
    const last = after(z.tuple([z.string(), z.int()]));
    // Names are compared in one way here, whatever the database's collation.
    const rows = (await projectionStatus(sql, projections)).sort(byKey).filter((row) => last === null || byKey(row, { name: last[0], version: last[1] }) > 0);
    return { body: of(rows.slice(0, limit + 1), (row) => [row.name, row.version]) };
  },
});

interface Key { name: string; version: number }

function byKey(a: Key, b: Key): number {
  return a.name === b.name ? a.version - b.version : a.name < b.name ? -1 : 1;
}

/** The read models' state. */
export const projectionRoutes: readonly Route[] = [listRoute];
