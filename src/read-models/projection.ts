import type { LedgerEvent } from '../events/index.ts';
import type { Recorded } from '../events/define.ts';

/**
 * Column types of read models. In a row `bigint` is a safe integer, `numeric` an exact decimal string, `date`
 * a day, `timestamptz` an ISO instant. A trailing `?` allows null.
 */
export type ColumnType = 'text' | 'bigint' | 'numeric' | 'boolean' | 'jsonb' | 'date' | 'timestamptz';
export type ColumnSpec = ColumnType | `${ColumnType}?`;
export type Columns = Record<string, ColumnSpec>;

type Base<C extends ColumnType> = C extends 'bigint'
  ? number
  : C extends 'boolean'
    ? boolean
    : C extends 'jsonb'
      ? unknown
      : string;
type Value<C extends ColumnSpec> = C extends `${infer T extends ColumnType}?`
  ? Base<T> | null
  : C extends ColumnType
    ? Base<C>
    : never;

/** A row of a table, from its columns. */
export type RowOf<C extends Columns> = { [Name in keyof C]: Value<C[Name]> };

/** A read-model table. `ref` is its full name (schema.table), for `db(table.ref)`. */
export interface Table<C extends Columns = Columns, Key extends keyof C & string = keyof C & string> {
  readonly name: string;
  readonly schema: string;
  readonly ref: string;
  readonly columns: C;
  readonly key: readonly Key[];
  /** Secondary indexes: column lists, most selective first. */
  readonly indexes: readonly (readonly (keyof C & string)[])[];
}

/** The row type of a table: `Row<typeof resources>`. */
export type Row<T> = T extends Table<infer C, string> ? RowOf<C> : never;

/** An operation on a row by its key; applying it twice is the same as once. */
export type RowOp =
  | { op: 'upsert'; table: Table; row: Record<string, unknown> }
  | { op: 'patch'; table: Table; key: Record<string, unknown>; changes: Record<string, unknown> }
  | { op: 'remove'; table: Table; key: Record<string, unknown> };

/** Inserts or replaces a whole row. */
export function upsert<C extends Columns, K extends keyof C & string>(
  table: Table<C, K>,
  row: RowOf<C>,
): RowOp {
  return { op: 'upsert', table: table as unknown as Table, row };
}

/** Changes some columns of a row; without the row it does nothing. */
export function patch<C extends Columns, K extends keyof C & string>(
  table: Table<C, K>,
  key: Pick<RowOf<C>, K>,
  changes: Partial<Omit<RowOf<C>, K>>,
): RowOp {
  return { op: 'patch', table: table as unknown as Table, key, changes };
}

/** Removes the row of that key. */
export function remove<C extends Columns, K extends keyof C & string>(
  table: Table<C, K>,
  key: Pick<RowOf<C>, K>,
): RowOp {
  return { op: 'remove', table: table as unknown as Table, key };
}

/** One handler an event type: pure, event → row operations. */
export type Handlers = {
  [Type in LedgerEvent['type']]?: (
    event: Recorded<Extract<LedgerEvent, { type: Type }>>,
  ) => RowOp | readonly RowOp[];
};

/**
 * A read model: tables that only its handlers fill. Its version is in its schema's name, so a changed
 * projection builds beside the old one. Raise it whenever tables or handlers make other rows.
 */
export interface Projection {
  readonly name: string;
  readonly version: number;
  readonly schema: string;
  readonly tables: readonly Table[];
  readonly on: Handlers;
}

/** The schema that holds a projection's tables. */
export function schemaOf(name: string, version: number): string {
  return `rm_${name}_v${version}`;
}

/** Declares a table of a projection. */
export function defineTable<const C extends Columns, const Key extends keyof C & string>(
  projection: { name: string; version: number },
  table: {
    name: string;
    columns: C;
    key: readonly Key[];
    indexes?: readonly (readonly (keyof C & string)[])[];
  },
): Table<C, Key> {
  const schema = schemaOf(projection.name, projection.version);
  return {
    name: table.name,
    schema,
    ref: `${schema}.${table.name}`,
    columns: table.columns,
    key: table.key,
    indexes: table.indexes ?? [],
  };
}

/** Declares a projection, with its schema's name from its identity. */
export function defineProjection(
  identity: { name: string; version: number },
  tables: readonly unknown[],
  on: Handlers,
): Projection {
  return {
    ...identity,
    schema: schemaOf(identity.name, identity.version),
    tables: tables as readonly Table[],
    on,
  };
}
