import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { projections } from '../../projections/index.ts';
import { createServiceFromConfig } from '../compose.ts';
import { loadConfig, type Config } from '../config.ts';
import { silentLogger } from '../engine/logger.ts';
import { publicKeyOf, readCheckpoint, signCheckpoint, signingKey, type CheckpointFile } from '../proof/checkpoint.ts';
import { completeChain } from '../proof/journal-chain.ts';
import { verifyLedger, type Verification } from '../proof/verify.ts';
import { rebuildProjections, type RebuildOutcome } from '../rebuild/rebuild.ts';
import { ShadowFailed } from '../rebuild/swap.ts';
import type { Service } from '../service.ts';
import { createPhases, type Phases } from './phases.ts';
import { readText } from './read-text.ts';
import { showRebuilt, showVerification } from './show-proof.ts';
import { stopSignal } from './stop-signal.ts';
import { UsageError } from './usage-error.ts';
import { visible } from './visible.ts';

/** Adds `rebuild`, `verify` and `checkpoint`. */
export function addProofCommands(program: Command): void {
  program.command('rebuild')
    .description('build read models anew from the first event, beside the live ones, and put them in their place; a service may be running meanwhile')
    .argument('[names...]', 'as in `GET /api/v1/projections`; default: all')
    .option('--json', 'print the outcome as one line of JSON')
    .action(async (names: string[], { json }: { json?: boolean }) => { process.exitCode = await rebuild(names, json === true); });
  program.command('verify')
    .description('prove the ledger from its events: the hash chain, every row of the read models, every issued invoice; exits 1 at any difference')
    .option('--checkpoint <file>', 'a checkpoint from before: proves that no event up to it was altered or cut off')
    .option('--key <file>', 'the key that signed the checkpoint, public or private half (default: <ARCADIA_DATA>/checkpoint-key.pem.pub)')
    .option('--json', 'print all that was checked as one line of JSON')
    .action(async (options: VerifyCommand) => { process.exitCode = await verify(options); });
  program.command('checkpoint')
    .description('sign the head of the hash chain, to be kept elsewhere than the database')
    .option('--out <file>', 'where to write it; default: stdout')
    .option('--key <file>', 'an Ed25519 private key (PEM), made when it is missing (default: <ARCADIA_DATA>/checkpoint-key.pem)')
    .action(async (options: { out?: string; key?: string }) => { process.exitCode = await checkpoint(options); });
}

interface VerifyCommand { checkpoint?: string; key?: string; json?: boolean }

const keyPath = (config: Config, given: string | undefined): string => given ?? join(config.arcadiaData, 'checkpoint-key.pem');

async function rebuild(names: readonly string[], json: boolean): Promise<number> {
  const unknown = names.filter((name) => !projections.some((projection) => projection.name === name));
  if (unknown.length > 0) throw new UsageError(`There is no projection ${unknown.join(', ')}. There are ${projections.map(({ name }) => name).join(', ')}.`);
  const chosen = projections.filter(({ name }) => names.length === 0 || names.includes(name));
  const start = performance.now();
  const outcomes = await withLedger('The rebuild stops, and the live tables stay as they are', ({ openPool }, phases, signal) => rebuildProjections(chosen, {
    openPool, logger: silentLogger, signal, onProgress: (done, total) => { phases.update('rebuilding', done, total); },
  }));
  if (outcomes === null) return 130;
  process.stdout.write(json ? visible(`${JSON.stringify(outcomes)}\n`) : showRebuilt(outcomes, performance.now() - start));
  return outcomes.every(({ status }: RebuildOutcome) => status === 'completed') ? 0 : 1;
}

async function verify({ checkpoint: file, key, json = false }: VerifyCommand): Promise<number> {
  const config = loadConfig(process.env);
  // A checkpoint that is none is told before anything is read.
  const signed: CheckpointFile | null = file === undefined ? null : readCheckpoint(await readText(file), await publicKeyOf(key ?? `${keyPath(config, undefined)}.pub`));
  const start = performance.now();
  const verification = await withLedger('It stops', ({ ledger, openPool }, phases, signal) => verifyLedger({
    ledger, projections, openPool, logger: silentLogger, signal, ...(signed === null ? {} : { checkpoint: signed }),
    onStep: (step, done, total) => { phases.update(step, done, total); },
  }));
  if (verification === null) return 130;
  process.stdout.write(json ? visible(`${JSON.stringify(verification satisfies Verification)}\n`) : showVerification(verification, performance.now() - start));
  return verification.ok ? 0 : 1;
}

async function checkpoint({ out, key }: { out?: string; key?: string }): Promise<number> {
  const config = loadConfig(process.env);
  const privateKey = await signingKey(keyPath(config, key));
  const text = await withLedger('It stops', async ({ ledger, log, sql }) => {
    await ledger.readLatest(async () => undefined);
    return `${JSON.stringify(signCheckpoint(await completeChain(sql), log.id, ledger.now(), privateKey), null, 2)}\n`;
  });
  if (text === null) return 130;
  if (out === undefined) process.stdout.write(text);
  else await writeFile(out, text);
  return 0;
}

/** Works on the configured ledger, until done or interrupted (null). */
async function withLedger<T>(onStop: string, work: (service: Service, phases: Phases, signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const service = await createServiceFromConfig(loadConfig(process.env), { logger: silentLogger });
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
