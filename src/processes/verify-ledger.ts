import { verifyForms, type VerifiedForms } from '../../projections/documents/frozen-queries.ts';
import { verifyNumbers, type VerifiedNumbers } from '../../projections/invoicing/number-check.ts';
import { dayOf } from '../pricing/calendar.ts';
import { verifyInvoices, type VerifiedInvoices } from '../invoicing/verify-invoices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Projection } from '../read-models/projection.ts';
import type { RebuildOptions } from '../read-models/rebuild/build-shadows.ts';
import { verifyProjections, type VerifiedProjection } from '../read-models/verify/verify-models.ts';
import type { SignedHead } from '../journal/chain/signed-head.ts';
import { verifyChain, type VerifiedChain } from '../journal/chain/verify-chain.ts';

/** Whether the journal is still the one that a head was signed for. */
export interface ComparedHead {
  position: number;
  signed_at: string;
  /** Why not; null where it is. */
  fault: string | null;
}

/** All that was checked, with counts. */
export interface Verification {
  ok: boolean;
  chain: VerifiedChain;
  checkpoint: ComparedHead | null;
  projections: VerifiedProjection[];
  invoices: VerifiedInvoices;
  numbers: VerifiedNumbers;
  documents: VerifiedForms;
}

export interface VerifyLedgerOptions extends RebuildOptions {
  ledger: Ledger;
  projections: readonly Projection[];
  /** Read from a file, its signature checked. */
  checkpoint?: SignedHead;
  /** Called with each step's progress, `done` of `total`. */
  onStep?: (step: 'hash chain' | 'read models' | 'invoices', done: number, total: number) => void;
}

/**
 * Proves the ledger from its events: the hash chain over the journal, the read models row by row against the
 * events, every issued invoice against its inputs, the series of numbers, and the stored documents against
 * their hashes. Nothing is changed.
 */
export async function verifyLedger(options: VerifyLedgerOptions): Promise<Verification> {
  const { ledger, projections, checkpoint, signal } = options;
  const onStep: VerifyLedgerOptions['onStep'] = (...step) => {
    signal?.throwIfAborted();
    options.onStep?.(...step);
  };
  const head = await ledger.readLatest(async (_db, position) => position);
  const chain = await verifyChain(options.openPool, checkpoint?.position, (position) =>
    onStep('hash chain', position, Math.max(head, position)),
  );
  const models = await verifyProjections(projections, {
    ...options,
    onProgress: (done, total) => onStep('read models', done, total),
  });
  const invoices = await ledger.readLatest((db) =>
    verifyInvoices(db, ledger.currency, (done, total) => onStep('invoices', done, total)),
  );
  const numbers = await ledger.readLatest(verifyNumbers);
  const documents = await ledger.readLatest((db) => verifyForms(db, dayOf(ledger.now())));
  const signed = checkpoint === undefined ? null : compareHead(checkpoint, chain);
  const { at: _at, ...shown } = chain;
  return {
    ok:
      chain.fault === null &&
      (signed === null || signed.fault === null) &&
      models.every(isRight) &&
      invoices.differences.length === 0 &&
      numbers.faults.length === 0 &&
      documents.faults.length === 0,
    chain: shown,
    checkpoint: signed,
    projections: models,
    invoices,
    numbers,
    documents,
  };
}

const isRight = ({ failure, tables }: VerifiedProjection): boolean =>
  failure === null && tables.every(({ differing }) => differing === 0);

/** The log's id is not compared: a journal copied again from the same events has the same hashes. */
function compareHead(file: SignedHead, chain: VerifiedChain & { at: string | null }): ComparedHead {
  const { position, signed_at } = file;
  const head = { position, signed_at };
  if (chain.at === null)
    return {
      ...head,
      fault:
        `the journal ends, or its chain breaks, at ${chain.position}: ` +
        `events up to ${position} were there when it was signed`,
    };
  if (chain.at !== file.hash)
    return { ...head, fault: `an event up to position ${position} was altered since it was signed` };
  return { ...head, fault: null };
}
