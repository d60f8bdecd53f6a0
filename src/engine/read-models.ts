import { createHash } from 'node:crypto';
import { advisoryLocks } from '../database/advisory-locks.ts';
import type { Sql } from '../database/db.ts';
import type { Column, Projection, Table } from './projection.ts';

const sqlType = (column: Column) => {
  const base = column.replace('?', '');
  return `${base === 'text' ? 'text collate "C"' : base}${column.endsWith('?') ? '' : ' not null'}`;
};

/** The statements that create a projection's tables, in order. */
export function definitionOf(projection: Projection): string[] {
  const q = (name: string) => `"${name}"`;
  const table = (t: Table) => [
    `create table if not exists ${q(t.schema)}.${q(t.name)} (${Object.entries(t.columns).map(([name, column]) => `${q(name)} ${sqlType(column)}`).join(', ')}, primary key (${t.key.map(q).join(', ')}))`,
    ...t.indexes.map((columns) => `create index if not exists ${q(`${t.name}_${columns.join('_')}`)} on ${q(t.schema)}.${q(t.name)} (${columns.map(q).join(', ')})`),
  ];
  return [`create schema if not exists ${q(projection.schema)}`, ...projection.tables.flatMap(table)];
}

/**
 * Creates the tables and the checkpoint of every projection that has none yet; it then builds from the first event.
 * @throws when a projection's tables changed and its version did not
 */
export async function ensureReadModels(sql: Sql, projections: readonly Projection[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.migrations})`;
    for (const projection of projections) {
      const statements = definitionOf(projection);
      const hash = createHash('sha256').update(statements.join(';\n')).digest('hex');
      const [existing] = await tx<{ definition: string }[]>`select definition from projection_checkpoints where name = ${projection.name} and version = ${projection.version}`;
      if (existing?.definition === hash) continue;
      if (existing !== undefined) throw new Error(`projection ${projection.name} has other tables than version ${projection.version} was built with: raise its version`);
      for (const statement of statements) await tx.unsafe(statement);
      await tx`insert into projection_checkpoints (name, version, definition) values (${projection.name}, ${projection.version}, ${hash})`;
    }
  });
}
