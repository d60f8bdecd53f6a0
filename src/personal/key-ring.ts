import { randomBytes, randomUUID } from 'node:crypto';
import { advisoryLocks } from '../database/advisory-locks.ts';
import type { Db, Sql } from '../database/db.ts';
import { MasterKeyError, type MasterKey, type MasterKeySource } from './master-key.ts';
import { closeBox, openBox, subkey } from './sealed-box.ts';

/** A key of the ring: `wrapped` null once it is destroyed. */
interface RingRow {
  key_id: string;
  tenant_id: string;
  wrapped: Buffer | null;
  master_key: string;
}

/** A live key of the ring, unwrapped. */
export interface DataKey {
  keyId: string;
  /** 32 bytes. */
  key: Buffer;
}

/** The tenants' data keys, in the durable table `personal_keys`. */
export interface KeyRing {
  /** The live key of a tenant, made where there is none. @throws {MasterKeyError} */
  keyFor(tenantId: string): Promise<DataKey>;
  /** Keys by id; a destroyed or unknown one is missing. @throws {MasterKeyError} */
  find(keyIds: readonly string[]): Promise<Map<string, DataKey>>;
  /** The ids of a tenant's live keys. */
  liveIds(tenantId: string): Promise<string[]>;
  destroy(keyIds: readonly string[]): Promise<void>;
}

const keyBytes = 32;

/** How many unwrapped keys are remembered. */
const remembered = 10_000;

const columns = (db: Db) => db`key_id, tenant_id, wrapped_key as wrapped, master_key`;

/**
 * Opens the ring. A key's row is read each time, so that a key that another process destroyed is gone here at
 * once; only what unwrapping it gave is remembered.
 * @param now ISO instant
 */
export function openKeyRing(sql: Sql, source: MasterKeySource, now: () => string): KeyRing {
  const known = new Map<string, { wrapped: Buffer; key: Buffer }>();

  async function unwrapRow(row: RingRow, wrapped: Buffer): Promise<DataKey> {
    const { key_id: keyId } = row;
    const seen = known.get(keyId);
    if (seen?.wrapped.equals(wrapped) === true) return { keyId, key: seen.key };
    const key = unwrap(row, wrapped, await presentKey(source));
    if (known.size >= remembered) known.clear();
    known.set(keyId, { wrapped, key });
    return { keyId, key };
  }

  async function liveKey(tenantId: string): Promise<DataKey | null> {
    const [row] = await sql<RingRow[]>`
      select ${columns(sql)} from personal_keys where tenant_id = ${tenantId} and destroyed_at is null`;
    return row === undefined || row.wrapped === null ? null : unwrapRow(row, row.wrapped);
  }

  return {
    async keyFor(tenantId) {
      const live = await liveKey(tenantId);
      if (live !== null) return live;
      await makeKey(sql, source, tenantId, now());
      const made = await liveKey(tenantId);
      if (made === null) throw new Error('a data key was destroyed while it was made');
      return made;
    },
    async find(keyIds) {
      const rows = await sql<RingRow[]>`
        select ${columns(sql)} from personal_keys where key_id = any(${[...keyIds]})`;
      const found = new Map<string, DataKey>();
      for (const row of rows) {
        if (row.wrapped === null) known.delete(row.key_id);
        else found.set(row.key_id, await unwrapRow(row, row.wrapped));
      }
      return found;
    },
    async liveIds(tenantId) {
      const rows = await sql<{ key_id: string }[]>`
        select key_id from personal_keys where tenant_id = ${tenantId} and destroyed_at is null`;
      return rows.map((row) => row.key_id);
    },
    async destroy(keyIds) {
      await sql`
        update personal_keys set wrapped_key = null, destroyed_at = ${now()}
        where key_id = any(${[...keyIds]}) and destroyed_at is null`;
      for (const keyId of keyIds) known.delete(keyId);
    },
  };
}

/**
 * Whether the master key at hand opens the ring, which may be empty or not made yet.
 * @throws {MasterKeyError} the key is lost, or another one wraps the ring's keys
 */
export async function checkMasterKey(sql: Sql, source: MasterKeySource): Promise<void> {
  const [ring] = await sql<{ made: boolean }[]>`select to_regclass('personal_keys') is not null as made`;
  if (ring?.made !== true) return;
  const rows = await sql<RingRow[]>`
    select distinct on (master_key) ${columns(sql)} from personal_keys where destroyed_at is null
    order by master_key, created_at`;
  for (const row of rows) {
    if (row.wrapped !== null) unwrap(row, row.wrapped, await presentKey(source));
  }
}

/** The key that wrapped the ring's keys must be there: a new one would not open them. */
async function presentKey(source: MasterKeySource): Promise<MasterKey> {
  const found = await source.find();
  if (found !== null) return found;
  throw new MasterKeyError(
    `The master key of personal data is lost: the database holds data keys that it wraps, and there is ` +
      `neither PII_KEY nor ${source.place}. Restore the key; without it, customers' data cannot be read.`,
  );
}

function unwrap(row: RingRow, wrapped: Buffer, master: MasterKey): Buffer {
  if (row.master_key !== master.fingerprint) throw wrongKey();
  try {
    return openBox(wrappingKey(master), wrapped, placeOf(row));
  } catch {
    throw wrongKey();
  }
}

const wrongKey = () =>
  new MasterKeyError(
    'The master key of personal data is not the one that this database was written with: PII_KEY, or the ' +
      "key file below ARCADIA_DATA, is another installation's. Every process of a ledger needs the same key.",
  );

/** One maker at a time: two processes with different master keys must not both begin a ring. */
async function makeKey(sql: Sql, source: MasterKeySource, tenantId: string, now: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.personalKeys})`;
    const wrappers = await tx<{ master_key: string }[]>`
      select distinct master_key from personal_keys where destroyed_at is null`;
    const master = wrappers.length === 0 ? await source.findOrMake() : await presentKey(source);
    if (wrappers.some((row) => row.master_key !== master.fingerprint)) throw wrongKey();
    const row = { key_id: randomUUID(), tenant_id: tenantId };
    const wrapped = closeBox(wrappingKey(master), randomBytes(12), randomBytes(keyBytes), placeOf(row));
    await tx`
      insert into personal_keys (key_id, tenant_id, wrapped_key, master_key, created_at)
      values (${row.key_id}, ${tenantId}, ${wrapped}, ${master.fingerprint}, ${now})
      on conflict do nothing`;
  });
}

const wrappingKey = ({ key }: MasterKey): Buffer => subkey(key, 'wrapping of data keys');

/** A wrapped key opens for its own id and tenant alone. */
const placeOf = ({ key_id, tenant_id }: Pick<RingRow, 'key_id' | 'tenant_id'>): string =>
  JSON.stringify([key_id, tenant_id]);
