import { projections } from '../../projections/index.ts';
import { loadConfig } from '../config.ts';
import { publicKeyOf, readSignedHead, type SignedHead } from '../journal/chain/signed-head.ts';
import { verifyLedger, type Verification } from '../processes/verify-ledger.ts';
import { silentLogger } from '../runtime/logger.ts';
import { checkpointKeyPath } from './checkpoint.ts';
import { readTextFile } from './read-text-file.ts';
import { showVerification } from './show-verification.ts';
import { visible } from './visible.ts';
import { ledgerSections, withLedger } from './with-ledger.ts';

/** The options of `arcadia verify`. */
export interface VerifyCommand {
  checkpoint?: string;
  key?: string;
  json?: boolean;
}

/** Answers `arcadia verify`. @returns the exit code: 1 at any difference, 130 when interrupted */
export async function runVerify({ checkpoint, key, json = false }: VerifyCommand): Promise<number> {
  const config = loadConfig(process.env, ledgerSections);
  // A file that is not a checkpoint is refused before anything is read.
  const signed: SignedHead | null =
    checkpoint === undefined
      ? null
      : readSignedHead(
          await readTextFile(checkpoint),
          await publicKeyOf(key ?? `${checkpointKeyPath(config)}.pub`),
        );
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
