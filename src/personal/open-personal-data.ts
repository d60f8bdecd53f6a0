import type { Sql } from '../database/db.ts';
import { keyOfSealed } from '../events/parties.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { openKeyRing, type DataKey } from './key-ring.ts';
import { MasterKeyError, type MasterKeySource } from './master-key.ts';
import { ERASED, type PersonalData, type SealedPlace, type SealedValue } from './personal-data.ts';
import { closeBox, openBox, subkey, syntheticNonce } from './sealed-box.ts';

/** What personal data are opened on. */
export interface PersonalDataParts {
  sql: Sql;
  masterKey: MasterKeySource;
  /** ISO instant. */
  now: () => string;
}

/** Personal data over the key ring of a database. */
export function openPersonalData({ sql, masterKey, now }: PersonalDataParts): PersonalData {
  const ring = openKeyRing(sql, masterKey, now);
  return {
    async seal(tenantId, place, fields) {
      const entries = Object.entries(fields);
      if (entries.every(([, text]) => text === null)) return fields;
      const dataKey = await configured(() => ring.keyFor(tenantId));
      const sealed = entries.map(([field, text]) => [
        field,
        text === null ? null : sealText(dataKey, { ...place, field }, text),
      ]);
      return Object.fromEntries(sealed) as typeof fields;
    },
    async open(values) {
      const keyIds = [...new Set(values.map(({ sealed }) => keyOfSealed(sealed)))];
      if (keyIds.length === 0) return [];
      const keys = await configured(() => ring.find(keyIds));
      return values.map((value) => {
        const dataKey = keys.get(keyOfSealed(value.sealed));
        return dataKey === undefined ? ERASED : openText(dataKey, value);
      });
    },
    keysOf: (tenantId) => ring.liveIds(tenantId),
    destroy: (keyIds) => ring.destroy(keyIds),
  };
}

/** A command without a usable master key is refused; the start of a process is stopped before. */
async function configured<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MasterKeyError)) throw error;
    throw new Refused(refuse('not-configured', error.message), { cause: error });
  }
}

const associatedWith = ({ stream, type, field }: SealedPlace): string =>
  JSON.stringify([stream, type, field]);

function sealText({ keyId, key }: DataKey, place: SealedPlace, text: string): string {
  const associated = associatedWith(place);
  const nonce = syntheticNonce(subkey(key, 'nonces'), associated, text);
  const box = closeBox(subkey(key, 'texts'), nonce, Buffer.from(text), associated);
  return `sealed:1:${keyId}:${box.toString('base64url')}`;
}

/** The subkeys of texts, while their data keys are remembered: a search opens the names of all tenants. */
const textKeys = new WeakMap<Buffer, Buffer>();

function textKey(key: Buffer): Buffer {
  const known = textKeys.get(key);
  if (known !== undefined) return known;
  const made = subkey(key, 'texts');
  textKeys.set(key, made);
  return made;
}

function openText({ key }: DataKey, value: SealedValue): string {
  const box = Buffer.from(value.sealed.slice(value.sealed.lastIndexOf(':') + 1), 'base64url');
  return openBox(textKey(key), box, associatedWith(value)).toString();
}
