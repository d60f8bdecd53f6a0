import type { Probe } from '../runtime/readiness.ts';
import type { Sql } from './db.ts';

/** Whether the database answers. */
export function postgresProbe(sql: Sql): Probe {
  return {
    name: 'postgres',
    required: true,
    async probe() {
      await sql`select 1`;
      return {};
    },
  };
}
