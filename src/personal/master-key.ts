import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../runtime/error-code.ts';

/** The key that wraps the data keys of all tenants. */
export interface MasterKey {
  /** 32 bytes. */
  key: Buffer;
  /** Tells master keys apart, and gives nothing of them away. */
  fingerprint: string;
}

/** Where the master key is kept. */
export interface MasterKeySource {
  /** Its place, for messages. */
  readonly place: string;
  /** The key; null where there is none yet. @throws {MasterKeyError} it cannot be read */
  find(): Promise<MasterKey | null>;
  /** The key, made where there is none yet. @throws {MasterKeyError} it can neither be read nor made */
  findOrMake(): Promise<MasterKey>;
}

/** The master key is lost, wrong or unusable. The message is for the operator, and never holds a key. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

const keyBytes = 32;

/** A master key with its fingerprint. @param key 32 bytes */
export function masterKey(key: Buffer): MasterKey {
  const fingerprint = createHmac('sha256', key).update('arcadia-cloud master key').digest('hex').slice(0, 32);
  return { key, fingerprint };
}

/** A key that was given, by `PII_KEY`. */
export function givenMasterKey(key: Buffer, place = 'PII_KEY'): MasterKeySource {
  const given = masterKey(key);
  return { place, find: async () => given, findOrMake: async () => given };
}

/** A key in a file: 32 bytes in base64, readable for its owner alone. The first need makes it. */
export function masterKeyFile(path: string): MasterKeySource {
  const find = () => readKeyFile(path);
  return {
    place: path,
    find,
    async findOrMake() {
      const known = await find();
      if (known !== null) return known;
      await makeKeyFile(path);
      const made = await find();
      if (made === null) throw new MasterKeyError(`the key file ${path} vanished while it was made`);
      return made;
    },
  };
}

async function readKeyFile(path: string): Promise<MasterKey | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new MasterKeyError(`the key file ${path} cannot be read: ${errorCode(error)}`);
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== keyBytes || key.toString('base64') !== text.trim())
    throw new MasterKeyError(`the key file ${path} does not hold 32 bytes in base64`);
  return masterKey(key);
}

/** The file appears whole or not at all. Of two that make it at once, the second takes the first one's. */
async function makeKeyFile(path: string): Promise<void> {
  const partial = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(partial, `${randomBytes(keyBytes).toString('base64')}\n`);
    await link(partial, path).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    await syncFolder(dirname(path));
  } catch (error) {
    throw new MasterKeyError(
      `the key file ${path} cannot be made (${errorCode(error)}): set PII_KEY, or let the process write it`,
    );
  } finally {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Some systems cannot open a folder; the file is then as durable as they make it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  try {
    await folder?.sync().catch(() => undefined);
  } finally {
    await folder?.close();
  }
}
