import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projections } from '../../projections/index.ts';
import { loadConfig, type Config } from '../config.ts';
import { silentLogger } from '../runtime/logger.ts';
import {
  publicKeyOf,
  readSignedHead,
  signHead,
  signingKey,
  type SignedHead,
} from '../journal/chain/signed-head.ts';
import { completeChain } from '../journal/chain/journal-chain.ts';
import { verifyLedger, type Verification } from '../processes/verify-ledger.ts';
import { rebuildProjections, type RebuildOutcome } from '../read-models/rebuild/rebuild.ts';
import { ShadowFailed } from '../read-models/rebuild/swap.ts';
import { openLedgerFromConfig } from '../open-database.ts';
import type { OpenLedger } from '../open-ledger.ts';
import { createPhases, type Phases } from './phases.ts';
import { readText } from './read-text.ts';
import { showRebuilt, showVerification } from './show-proof.ts';
import { stopSignal } from './stop-signal.ts';
import { UsageError } from './usage-error.ts';
import { visible } from './visible.ts';

/** The options of `arcadia verify`. */
export interface VerifyCommand {
  checkpoint?: string;
  key?: string;
  json?: boolean;
}

/** A ledger that no job runs on and that answers no request. */
const parts = ['log', 'invoicing'] as const;

const keyPath = (config: Config, given: string | undefined): string =>
  given ?? join(config.arcadiaData, 'checkpoint-key.pem');

/** Rebuilds read models. @returns the exit code @throws {UsageError} for a name that none has */
export async function rebuild(names: readonly string[], json: boolean): Promise<number> {
  const unknown = names.filter((name) => !projections.some((projection) => projection.name === name));
  if (unknown.length > 0)
    throw new UsageError(
      `There is no projection ${unknown.join(', ')}. There are ${projections.map(({ name }) => name).join(', ')}.`,
    );
  const chosen = projections.filter(({ name }) => names.length === 0 || names.includes(name));
  const start = performance.now();
  const outcomes = await withLedger(
    'The rebuild stops, and the live tables stay as they are',
    ({ openPool }, phases, signal) =>
      rebuildProjections(chosen, {
        openPool,
        logger: silentLogger,
        signal,
        onProgress: (done, total) => {
          phases.update('rebuilding', done, total);
        },
      }),
  );
  if (outcomes === null) return 130;
  process.stdout.write(
    json ? visible(`${JSON.stringify(outcomes)}\n`) : showRebuilt(outcomes, performance.now() - start),
  );
  return outcomes.every(({ status }: RebuildOutcome) => status === 'completed') ? 0 : 1;
}

/** Proves the ledger. @returns the exit code: 1 at any difference */
export async function verify({ checkpoint: file, key, json = false }: VerifyCommand): Promise<number> {
  const config = loadConfig(process.env, parts);
  // A checkpoint that is none is told before anything is read.
  const signed: SignedHead | null =
    file === undefined
      ? null
      : readSignedHead(await readText(file), await publicKeyOf(key ?? `${keyPath(config, undefined)}.pub`));
  const start = performance.now();
  const verification = await withLedger('It stops', ({ ledger, openPool }, phases, signal) =>
    verifyLedger({
      ledger,
      projections,
      openPool,
      logger: silentLogger,
      signal,
      ...(signed === null ? {} : { checkpoint: signed }),
      onStep: (step, done, total) => {
        phases.update(step, done, total);
      },
    }),
  );
  if (verification === null) return 130;
  process.stdout.write(
    json
      ? visible(`${JSON.stringify(verification satisfies Verification)}\n`)
      : showVerification(verification, performance.now() - start),
  );
  return verification.ok ? 0 : 1;
}

/** Signs the head of the hash chain. @returns the exit code */
export async function checkpoint({ out, key }: { out?: string; key?: string }): Promise<number> {
  const config = loadConfig(process.env, parts);
  const privateKey = await signingKey(keyPath(config, key));
  const text = await withLedger('It stops', async ({ ledger, log, sql }) => {
    await ledger.readLatest(async () => undefined);
    return `${JSON.stringify(signHead(await completeChain(sql), log.id, ledger.now(), privateKey), null, 2)}\n`;
  });
  if (text === null) return 130;
  if (out === undefined) process.stdout.write(text);
  else await writeFile(out, text);
  return 0;
}

/** Works on the configured ledger, until done or interrupted (null). */
async function withLedger<T>(
  onStop: string,
  work: (service: OpenLedger, phases: Phases, signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const service = await openLedgerFromConfig(loadConfig(process.env, parts), silentLogger);
  const phases = createPhases(process.stderr, 'events');
  const abort = new AbortController();
  const stop = stopSignal(() => {
    abort.abort(new ShadowFailed('it was interrupted'));
    process.stderr.write(`\n${onStop}; press again to stop at once.\n`);
  });
  try {
    const done = await work(service, phases, abort.signal);
    return abort.signal.aborted ? null : done;
  } catch (error) {
    if (abort.signal.aborted) return null;
    throw error;
  } finally {
    phases.end();
    await service.close();
    stop.release();
  }
}
