import type { Transaction } from '../../database/db.ts';
import { copyIn } from '../../database/postgres-repairs/copy-in.ts';
import { errorCode } from '../../runtime/error-code.ts';
import { bareDefinitionOf } from '../define-tables.ts';
import type { RowOp, Table } from '../projection.ts';
import { quoted, quotedTable } from '../quoted-table.ts';
import { foldInto, writeFolded, type FoldedBatch, type Pending } from '../row-writer.ts';
import { CHUNK, copyStatement, lineEncoder } from './copy-rows.ts';

type Values = Record<string, unknown>;
type Change = Exclude<Pending, { op: 'upsert' }>;

/** How many changes are applied at once. */
const PAGE = 1_000;

/**
 * The rows of a table that is filled from empty, in the order in which they are added: which of them are
 * there already need not be known. All is appended: rows to the table, changes of rows to a second one. In
 * the end, of rows with one key the newest remains, and changes are applied to the rows that they came after.
 */
export interface ShadowRows {
  /** Adds a row, in the place of the row of its key. */
  add(row: Values): void;
  /** Adds a change, or the removal, of the row of a key; without the row it does nothing. */
  change(change: Change): void;
  /** Writes what was added, if it is much; one call at a time. */
  send(): Promise<void>;
  /** Writes the rest, keeps the newest rows, and makes the key. */
  finish(): Promise<void>;
}

/** What one COPY sends: lines, in chunks. */
interface Part {
  into: Table;
  chunks: string[];
  /** The last chunk, while it is short. */
  text: string;
}

/**
 * The number of the command that wrote a row. In one transaction they go up, so they tell which of two rows
 * is newer, and whether a change came after a row. Rows of one command lie in the order in which it appended
 * them.
 */
const written = (alias: string) => `${alias}.cmin::text::bigint`;

/** Starts filling a table, which the transaction has created bare. */
export function openShadowRows(tx: Transaction, table: Table): ShadowRows {
  // The space keeps these names apart from those of tables.
  const beside = (what: string) => ({
    name: `${table.name} ${what}`,
    ref: `${table.schema}.${table.name} ${what}`,
  });
  const changes: Table = {
    ...table,
    ...beside('changes'),
    columns: {
      ...Object.fromEntries(table.key.map((name) => [name, table.columns[name] as 'text'])),
      changes: 'text?',
    },
  };
  const rowLine = lineEncoder(table);
  const changeLine = lineEncoder(changes);
  let parts: Part[] = [];
  let hasChanges = false;

  function append(into: Table, line: string): void {
    let part = parts.at(-1);
    if (part?.into !== into) parts.push((part = { into, chunks: [], text: '' }));
    part.text += line;
    if (part.text.length < CHUNK) return;
    part.chunks.push(part.text);
    part.text = '';
  }
  async function sendAll(): Promise<void> {
    const sent = parts;
    parts = [];
    for (const { into, chunks, text } of sent) {
      if (into === changes && !hasChanges) {
        await tx.unsafe(bareDefinitionOf(changes).create);
        hasChanges = true;
      }
      await copyIn(tx, copyStatement(into), [...chunks, text]);
    }
  }
  /** Drops changes that came before a whole row of their key. */
  async function dropOutdated(): Promise<void> {
    const onKey = table.key.map((name) => `c.${quoted(name)} = t.${quoted(name)}`).join(' and ');
    await tx.unsafe(
      `delete from ${quotedTable(changes)} c using ${quotedTable(table)} t
       where ${onKey} and ${written('t')} > ${written('c')}`,
    );
  }
  /** Copies the newest row of each key into a table that takes the place of this one. */
  async function keepNewest(): Promise<void> {
    const newest: Table = { ...table, ...beside('newest') };
    const key = table.key.map(quoted).join(', ');
    await tx.unsafe(bareDefinitionOf(newest).create);
    await tx.unsafe(
      `insert into ${quotedTable(newest)}
       select distinct on (${key}) t.* from ${quotedTable(table)} t
       order by ${key}, ${written('t')} desc, t.ctid desc`,
    );
    await tx.unsafe(`drop table ${quotedTable(table)}`);
    await tx.unsafe(`alter table ${quotedTable(newest)} rename to ${quoted(table.name)}`);
  }
  async function makeKey(): Promise<void> {
    const { key } = bareDefinitionOf(table);
    try {
      await tx.savepoint((keyless) => keyless.unsafe(key));
    } catch (error) {
      if (errorCode(error) !== UNIQUE_VIOLATION) throw error;
      await keepNewest();
      await tx.unsafe(key);
    }
  }
  async function applyChanges(): Promise<void> {
    const columns = table.key.map(quoted).join(', ');
    await tx.unsafe(
      `declare changes_of_rows no scroll cursor for
       select ${columns}, changes from ${quotedTable(changes)} c order by ${written('c')}, c.ctid`,
    );
    for (;;) {
      const page = await tx.unsafe<ChangeRow[]>(`fetch ${PAGE} from changes_of_rows`);
      if (page.length === 0) break;
      const batch: FoldedBatch = new Map();
      foldInto(
        batch,
        page.map((row) => opOf(table, row)),
      );
      await writeFolded(tx, batch);
    }
    await tx.unsafe('close changes_of_rows');
    await tx.unsafe(`drop table ${quotedTable(changes)}`);
  }

  return {
    add: (row) => append(table, rowLine(row)),
    change: (change) => append(changes, changeLine({ ...change.key, changes: textOf(change) })),
    async send() {
      if (parts.length > 1 || (parts[0]?.chunks.length ?? 0) > 0) await sendAll();
    },
    async finish() {
      await sendAll();
      if (hasChanges) await dropOutdated();
      await makeKey();
      if (hasChanges) await applyChanges();
    },
  };
}

const UNIQUE_VIOLATION = '23505';

type ChangeRow = Values & { changes: string | null };

/** The columns that a change sets, as JSON, or null for a removal. An absent value is null, as in a row. */
function textOf(change: Change): string | null {
  if (change.op === 'remove') return null;
  return JSON.stringify(
    Object.fromEntries(Object.entries(change.changes).map(([name, value]) => [name, value ?? null])),
  );
}

function opOf(table: Table, { changes, ...key }: ChangeRow): RowOp {
  return changes === null
    ? { op: 'remove', table, key }
    : { op: 'patch', table, key, changes: JSON.parse(changes) as Values };
}
