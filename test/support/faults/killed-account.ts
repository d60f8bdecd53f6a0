import { isDeepStrictEqual } from 'node:util';
import { advisoryLocks } from '../../../src/database/advisory-locks.ts';
import type { RecordedLedgerEvent } from '../../../src/events/index.ts';
import { canonicalJson } from '../../../src/runtime/canonical-json.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import type { Json } from '../http/api.ts';
import { until } from '../runtime/until.ts';

/** Members of rows and events that differ from run to run: times, ids of runs, and places in the log. */
const ofTheRun =
  /(?:_at|missing_since|_position|^position|sweep_id|_hash|^changed_on|drift_id|finance_invoice_id|^action)$/;

/** A value without what differs from run to run. */
export function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !ofTheRun.test(key))
      .map(([key, member]) => [key, plain(member)]),
  );
}

/** All rows of a table of a read model, plain, in a fixed order. */
export async function plainRows(
  { ledger }: Pick<TestLedger, 'ledger'>,
  table: { ref: string },
): Promise<string[]> {
  const rows = await ledger.readLatest(
    (db) => db<{ row: Json }[]>`select to_jsonb(t) as row from ${db(table.ref)} t`,
  );
  return rows.map(({ row }) => canonicalJson(plain(row))).sort();
}

/** What the events of a stream say, plain. */
export const said = ({ type, data }: RecordedLedgerEvent): string => `${type} ${canonicalJson(plain(data))}`;

type Locked = Pick<TestLedger, 'sql'>;

/** An advisory lock that some session holds. */
export interface HeldLock {
  space: number;
  name: number;
}

/** The advisory locks that are held in a ledger's database. */
const heldLocks = ({ sql }: Locked): Promise<readonly HeldLock[]> => sql<HeldLock[]>`
  select l.classid::int8 as space, l.objid::int8 as name
  from pg_locks l join pg_database d on d.oid = l.database
  where l.locktype = 'advisory' and d.datname = current_database() order by 1, 2`;

/** Locks of {@link advisoryLocks} that are held for one batch alone. */
const ofOneBatch: readonly number[] = [
  advisoryLocks.appends,
  advisoryLocks.migrations,
  advisoryLocks.chain,
  advisoryLocks.personalKeys,
];

/** The advisory locks that are held in a ledger's database between two batches. */
export const locksAtRest = (ledger: Locked): Promise<readonly HeldLock[]> =>
  until(
    'no batch is being written',
    () => heldLocks(ledger),
    (held) => !held.some(({ space, name }) => space === advisoryLocks.space && ofOneBatch.includes(name)),
  );

/** Waits until a ledger's database has the locks that {@link locksAtRest} saw before, and no other. */
export async function expectLocks(ledger: Locked, before: readonly HeldLock[]): Promise<void> {
  await until(
    `no lock is held but ${JSON.stringify(before)}`,
    () => heldLocks(ledger),
    (held) => isDeepStrictEqual([...held], [...before]),
  );
}
