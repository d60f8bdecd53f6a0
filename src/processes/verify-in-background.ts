import type { Sql } from '../database/db.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BackgroundRun } from '../database/background-run-store.ts';
import type { Projection } from '../read-models/projection.ts';
import { verifyProjections, type VerifiedProjection } from '../read-models/verify/verify-models.ts';
import type { Logger } from '../runtime/logger.ts';
import type { BackgroundRuns, InBackground } from './background-runs.ts';
import { verifyLedger, type Verification } from './verify-ledger.ts';

/** What a verification found. Of one projection alone, the parts of the whole ledger are null. */
export type StoredVerification = { ok: boolean; projections: VerifiedProjection[] } & {
  [Part in 'chain' | 'invoices' | 'numbers' | 'documents']: Verification[Part] | null;
};

/** What lists show of a verification that has ended. */
export interface VerificationSummary {
  ok: boolean;
  /** Differing rows, projections that could not be built, and what else is wrong. */
  differences: number;
}

/** Verifications that requests start. */
export interface Verifications {
  /**
   * Starts one, of one projection or of the whole ledger.
   * @throws {Refused} `conflict` while one is under way, in any process
   */
  start(asked: {
    id: string;
    actor: string;
    projection: Projection | null;
    ledger: Ledger;
  }): Promise<BackgroundRun>;
}

export interface VerificationsOptions {
  runs: BackgroundRuns;
  projections: readonly Projection[];
  openPool: (max: number) => Sql;
  logger: Logger;
}

export function createVerifications(options: VerificationsOptions): Verifications {
  return {
    async start({ id, actor, projection, ledger }) {
      const input = { projection: projection?.name ?? null };
      const started = await options.runs.start(
        { id, kind: 'verification', actor, input },
        async (background) => {
          const found =
            projection === null
              ? await verifyWhole(ledger, options, background)
              : await verifyOne(projection, options, background);
          return { summary: summaryOf(found) satisfies VerificationSummary, result: found };
        },
      );
      if (started === null) throw new Refused(refuse('conflict', 'a verification is under way'));
      return started;
    },
  };
}

async function verifyWhole(
  ledger: Ledger,
  { projections, openPool, logger }: VerificationsOptions,
  { signal, onStep }: InBackground,
): Promise<StoredVerification> {
  const { checkpoint: _none, ...found } = await verifyLedger({
    ...{ ledger, projections, openPool, logger, signal, onStep },
  });
  return found;
}

async function verifyOne(
  projection: Projection,
  { openPool, logger }: VerificationsOptions,
  { signal, onStep }: InBackground,
): Promise<StoredVerification> {
  const verified = await verifyProjections([projection], {
    ...{ openPool, logger, signal },
    onProgress: (done, total) => {
      onStep('read models', done, total);
    },
  });
  signal.throwIfAborted();
  const ok = verified.every(isRight);
  return { ok, chain: null, projections: verified, invoices: null, numbers: null, documents: null };
}

const isRight = ({ failure, tables }: VerifiedProjection): boolean =>
  failure === null && tables.every(({ differing }) => differing === 0);

function summaryOf({ ok, chain, projections, invoices, numbers, documents }: StoredVerification) {
  const ofModels = projections.reduce(
    (sum, { failure, tables }) =>
      sum + (failure === null ? 0 : 1) + tables.reduce((rows, { differing }) => rows + differing, 0),
    0,
  );
  const others =
    (chain === null || chain.fault === null ? 0 : 1) +
    (invoices?.differences.length ?? 0) +
    (numbers?.faults.length ?? 0) +
    (documents?.faults.length ?? 0);
  return { ok, differences: ofModels + others };
}
