import type { Sql, Transaction } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import type { Projection, Table } from '../projection.ts';
import { foldEvents, poisonedBy, type Poison } from '../projector-fold.ts';
import { bareDefinitionOf } from '../define-tables.ts';
import { rowOpsOf } from '../row-ops.ts';
import { writeFolded, type FoldedBatch } from '../row-writer.ts';
import { holdTransaction } from './held-transaction.ts';
import { fillShadowTable, type ShadowTable } from './shadow-table.ts';

/** A projection being built anew in a schema of its own, beside its live tables. */
export interface ShadowModel {
  readonly projection: Projection;
  readonly purpose: ShadowPurpose;
  readonly schema: string;
  /** The shadow's tables by the live ones'. */
  readonly tables: ReadonlyMap<Table, Table>;
  /** Applies one event while the model is being filled. @throws what the handler throws */
  apply(event: RecordedEvent): void;
  writeExcess(): Promise<void>;
  /** Ends the filling: writes all rows, keys and indexes, and commits. */
  finish(): Promise<void>;
  /** Gives up the filling; a finished model stays as it is. */
  discard(): Promise<void>;
  /** Applies events to the finished tables, inside a transaction. */
  follow(tx: Transaction, events: readonly RecordedEvent[]): Promise<Poison | null>;
}

/** What a shadow is for; each has a schema of its own. */
export type ShadowPurpose = 'rebuild' | 'verify';

const shadowSchema = (projection: Projection, purpose: ShadowPurpose): string =>
  `${projection.schema}_${purpose}`;

/** Drops a shadow, if there is one. */
export async function dropShadow(sql: Sql, projection: Projection, purpose: ShadowPurpose): Promise<void> {
  await sql.unsafe(`drop schema if exists "${shadowSchema(projection, purpose)}" cascade`);
}

/**
 * Makes an empty shadow, after dropping one that an earlier try left. Until it is finished it is in one
 * transaction on its own connection: a server that is not replicated then writes its rows straight to the
 * file instead of to its log first, and a kill leaves nothing.
 */
export async function createShadow(
  sql: Sql,
  projection: Projection,
  purpose: ShadowPurpose,
): Promise<ShadowModel> {
  const schema = shadowSchema(projection, purpose);
  const inShadow = (table: Table): Table => ({ ...table, schema, ref: `${schema}.${table.name}` });
  const tables = new Map(projection.tables.map((table) => [table, inShadow(table)]));
  await dropShadow(sql, projection, purpose);
  const { tx, commit, rollback } = await holdTransaction(sql);
  try {
    await tx.unsafe(`create schema "${schema}"`);
    for (const table of tables.values()) await tx.unsafe(bareDefinitionOf(table).create);
  } catch (error) {
    await rollback();
    throw error;
  }
  const filling = new Map<Table, ShadowTable>(
    [...tables].map(([live, shadow]) => [live, fillShadowTable(tx, shadow)]),
  );
  const opsOf = rowOpsOf(projection);
  const each = async (work: (table: ShadowTable) => Promise<void>) => {
    for (const table of filling.values()) await work(table);
  };
  return {
    projection,
    purpose,
    schema,
    tables,
    apply(event) {
      for (const op of opsOf(event)) filling.get(op.table)?.apply(op);
    },
    writeExcess: () => each((table) => table.writeExcess()),
    async finish() {
      await each((table) => table.finish());
      await commit();
    },
    discard: rollback,
    async follow(following, events) {
      const folded = foldEvents(projection, events);
      if ('poison' in folded) return folded.poison;
      await writeFolded(following, moved(folded.batch, tables));
      return null;
    },
  };
}

/** A folded batch for the shadow's tables instead of the live ones. */
function moved(batch: FoldedBatch, tables: ReadonlyMap<Table, Table>): FoldedBatch {
  return new Map([...batch].map(([table, rows]) => [tables.get(table) as Table, rows]));
}

/**
 * After the database refused rows that were filled in bulk: applies event after event to a shadow with keys,
 * and returns the first that it refuses.
 */
export async function findRefused(
  sql: Sql,
  model: ShadowModel,
  pages: AsyncIterable<readonly RecordedEvent[]>,
): Promise<Poison | null> {
  await dropShadow(sql, model.projection, model.purpose);
  await sql.unsafe(`create schema "${model.schema}"`);
  for (const table of model.tables.values()) {
    const { create, key } = bareDefinitionOf(table);
    await sql.unsafe(create);
    await sql.unsafe(key);
  }
  for await (const page of pages) {
    try {
      await sql.begin((tx) => model.follow(tx, page));
    } catch {
      for (const event of page) {
        try {
          await sql.begin((tx) => model.follow(tx, [event]));
        } catch (error) {
          return poisonedBy(event, error);
        }
      }
    }
  }
  return null;
}
