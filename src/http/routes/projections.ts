import { z } from 'zod';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { projectionStatus } from '../../read-models/projection-status.ts';
import { rebuildStatus } from '../../read-models/rebuild/rebuild-record.ts';
import { defineRoute } from '../route.ts';
import { instantSchema, list, one, pageQuery } from '../schemas.ts';

const count = z.int().min(0);

const rebuildRow = z.strictObject({
  status: z.enum(['building', 'catching_up', 'completed', 'failed', 'interrupted']),
  position: count,
  target: count,
  events_per_second: count,
  seconds_left: count.nullable(),
  error: z.json(),
  started_at: instantSchema,
  updated_at: instantSchema,
});

const projectionRow = z.strictObject({
  name: z.string(),
  version: z.int().min(1),
  status: z.string(),
  checkpoint: count,
  head: count,
  lag: count,
  error: z.json(),
  updated_at: instantSchema,
  rebuild: rebuildRow.nullable(),
});

/** The read models. */
export const listProjectionsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/projections',
  tag: 'platform',
  summary: 'The read models: how far each has come, and what stopped one that is parked',
  description:
    '`checkpoint` and `head` are positions in the journal, `lag` is the number of events between them. ' +
    'A projection is `live`, or `parked` by the event that `error` names. `rebuild` is its last ' +
    'rebuild: how far it has come, and how it ended.',
  access: 'admin',
  query: z.strictObject({ ...pageQuery }),
  response: list(projectionRow),
  async handle({ page: { after, limit, of } }, { sql, projections }) {
    const last = after(z.tuple([z.string(), z.int()]));
    // Sorted here, so that the order does not depend on the database's collation.
    const rows = (await projectionStatus(sql, projections))
      .sort(byKey)
      .filter((row) => last === null || byKey(row, { name: last[0], version: last[1] }) > 0);
    const rebuilds = await rebuildStatus(sql);
    const shown = rows
      .slice(0, limit + 1)
      .map((row) => ({ ...row, rebuild: rebuilds.get(`${row.name} ${row.version}`) ?? null }));
    return { body: of(shown as z.output<typeof projectionRow>[], (row) => [row.name, row.version]) };
  },
});

/** The rebuild of a read model. */
export const rebuildRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/projections/:name/rebuild',
  tag: 'platform',
  summary: 'Build a read model anew from the first event',
  description:
    'It is built beside the live one, which goes on serving and following, and then takes its place. ' +
    'Answers 202 at once; `GET projections` shows how far it has come and how it ended. 409 while one ' +
    'is under way.',
  access: 'admin',
  body: z.strictObject({}),
  response: one(z.strictObject({ name: z.string(), version: z.int().min(1), status: z.literal('building') })),
  status: 202,
  async handle({ params: { name } }, { projections, rebuilds }) {
    const projection = projections.find((candidate) => candidate.name === name);
    if (projection === undefined)
      throw new Refused(
        refuse(
          'not-found',
          `there is no projection ${name}; there are ${projections.map((known) => known.name).join(', ')}`,
        ),
      );
    await rebuilds.start(projection);
    return { body: { data: { name, version: projection.version, status: 'building' as const } } };
  },
});

interface Key {
  name: string;
  version: number;
}

function byKey(a: Key, b: Key): number {
  return a.name === b.name ? a.version - b.version : a.name < b.name ? -1 : 1;
}

/** The read models' state. */
export const projectionRoutes = [listProjectionsRoute, rebuildRoute];
