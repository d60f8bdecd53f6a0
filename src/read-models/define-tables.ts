import { createHash } from 'node:crypto';
import { advisoryLocks } from '../database/advisory-locks.ts';
import type { Db, Sql } from '../database/db.ts';
import { headOfJournal } from '../journal/read-journal.ts';
import { schemaOf, type ColumnSpec, type Projection, type Table } from './projection.ts';
import { quoted, quotedTable } from './quoted-table.ts';

const sqlType = (column: ColumnSpec) => {
  const base = column.replace('?', '');
  return `${base === 'text' ? 'text collate "C"' : base}${column.endsWith('?') ? '' : ' not null'}`;
};

const columnsOf = (table: Table) =>
  Object.entries(table.columns)
    .map(([name, column]) => `${quoted(name)} ${sqlType(column)}`)
    .join(', ');
const primaryKeyOf = (table: Table) => `primary key (${table.key.map(quoted).join(', ')})`;
const indexesOf = (table: Table) =>
  table.indexes.map(
    (columns) =>
      `create index if not exists ${quoted(`${table.name}_${columns.join('_')}`)} ` +
      `on ${quotedTable(table)} (${columns.map(quoted).join(', ')})`,
  );

/** The statements that create a projection's tables, in order. */
export function definitionOf(projection: Projection): string[] {
  const table = (t: Table) => [
    `create table if not exists ${quotedTable(t)} (${columnsOf(t)}, ${primaryKeyOf(t)})`,
    ...indexesOf(t),
  ];
  return [`create schema if not exists ${quoted(projection.schema)}`, ...projection.tables.flatMap(table)];
}

/**
 * The statements that create a table without key and indexes, to be filled fast, and that add them
 * afterwards.
 */
export function bareDefinitionOf(table: Table): { create: string; key: string; indexes: string[] } {
  return {
    create: `create table ${quotedTable(table)} (${columnsOf(table)})`,
    key: `alter table ${quotedTable(table)} add ${primaryKeyOf(table)}`,
    indexes: indexesOf(table),
  };
}

/**
 * Creates tables and checkpoint of every new projection, which then builds from the first event.
 * @throws when a projection's tables changed and its version did not
 */
export async function ensureReadModels(sql: Sql, projections: readonly Projection[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.migrations})`;
    for (const projection of projections) {
      const statements = definitionOf(projection);
      const hash = createHash('sha256').update(statements.join(';\n')).digest('hex');
      const { name, version } = projection;
      const [existing] = await tx<{ definition: string }[]>`
        select definition from projection_checkpoints where name = ${name} and version = ${version}`;
      if (existing?.definition === hash) continue;
      if (existing !== undefined)
        throw new Error(
          `projection ${name} has other tables than version ${version} was built with: raise its version`,
        );
      for (const statement of statements) await tx.unsafe(statement);
      await tx`
        insert into projection_checkpoints (name, version, definition) values (${name}, ${version}, ${hash})`;
    }
  });
}

/**
 * Drops projection versions of other releases that no node has fed for a day although there were events. A
 * node of that release that starts again builds its version anew.
 * @returns the dropped schemas
 */
export async function dropAbandoned(sql: Sql, projections: readonly Projection[]): Promise<string[]> {
  const own = projections.map(({ name, version }) => `${name} ${version}`);
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.migrations})`;
    const abandoned = await tx<{ name: string; version: number }[]>`
      delete from projection_checkpoints
      where name || ' ' || version <> all(${own}) and updated_at < now() - interval '1 day'
        and position < ${headOfJournal(tx)}
      returning name, version`;
    const schemas = abandoned.map(({ name, version }) => schemaOf(name, version));
    for (const { name, version } of abandoned)
      await tx`delete from projection_rebuilds where name = ${name} and version = ${version}`;
    for (const schema of schemas) await tx.unsafe(`drop schema if exists ${quoted(schema)} cascade`);
    return schemas;
  });
}

/**
 * Whether a rebuilt read model was swapped in since the transaction's snapshot, which sees its tables empty
 * or in part: all has to be read again. The snapshot's catalog still has the former schema, while names are
 * looked up as they are now.
 */
export async function wasSwapped(tx: Db): Promise<boolean> {
  const [row] = await tx<{ swapped: boolean }[]>`
    select exists (
      select from pg_namespace
      where nspname ~ '^rm_.*_v[0-9]+$'
        and oid is distinct from to_regnamespace(quote_ident(nspname))::oid
    ) as swapped`;
  return row?.swapped === true;
}
