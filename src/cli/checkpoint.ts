import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, type Config } from '../config.ts';
import { completeChain } from '../journal/chain/journal-chain.ts';
import { signHead, signingKey } from '../journal/chain/signed-head.ts';
import { ledgerSections, withLedger } from './with-ledger.ts';

/** The file of the key that signs checkpoints, unless another is named; its public half is in `.pub`. */
export const checkpointKeyPath = ({ arcadiaData }: Config): string => join(arcadiaData, 'checkpoint-key.pem');

/** Answers `arcadia checkpoint`: signs the head of the hash chain. @returns the exit code */
export async function runCheckpoint({ out, key }: { out?: string; key?: string }): Promise<number> {
  const config = loadConfig(process.env, ledgerSections);
  const privateKey = await signingKey(key ?? checkpointKeyPath(config));
  const text = await withLedger('It stops', async ({ ledger, log, sql }) => {
    await ledger.readLatest(async () => undefined);
    const signed = signHead(await completeChain(sql), log.id, ledger.now(), privateKey);
    return `${JSON.stringify(signed, null, 2)}\n`;
  });
  if (text === null) return 130;
  if (out === undefined) process.stdout.write(text);
  else await writeFile(out, text);
  return 0;
}
