import { z } from 'zod';
import type { BackgroundRun } from '../../database/background-run-store.ts';
import { idFrom } from '../../ledger/ids.ts';
import { journalEnd } from '../../journal/chain/journal-chain.ts';
import { refuseField, Refused } from '../../ledger/refusal.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { idSchema, instantSchema, list, one, pageQuery } from '../schemas.ts';
import { backgroundRunAnswer, showBackgroundRun } from './background-answer.ts';
import { verificationResult } from './verification-answer.ts';

const tag = 'platform';

const summary = z.strictObject({ ok: z.boolean(), differences: z.int().min(0) });
const run = {
  ...backgroundRunAnswer,
  /** Null: the whole ledger. */
  projection: z.string().nullable(),
  /** Once it has completed. */
  summary: summary.nullable(),
};
const verificationRun = z.strictObject(run).meta({ id: 'VerificationRun' });

function showRun(stored: BackgroundRun) {
  const { projection } = stored.input as { projection: string | null };
  return {
    ...showBackgroundRun(stored),
    projection,
    summary: (stored.summary ?? null) as z.output<typeof summary> | null,
  };
}

/** Starts a verification in the background. */
export const verifyRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/verifications',
  tag,
  summary: 'Verify the ledger, or one read model, against the events',
  description:
    'Does what `arcadia verify` does: the hash chain, every read model built anew and compared row by row, ' +
    'every invoice derived again, numbers and documents. With `projection` one read model alone is ' +
    'compared. Nothing is changed. Answers 202 at once; `GET verifications/:id` shows how far it has come ' +
    'and what it found. 409 while one is under way.',
  access: 'admin',
  body: z.strictObject({ projection: idSchema.optional() }),
  response: one(verificationRun),
  status: 202,
  async handle({ body: { projection: name }, meta }, { projections, verifications, jobDeps: { ledger } }) {
    const projection = projections.find((candidate) => candidate.name === name) ?? null;
    if (name !== undefined && projection === null)
      throw new Refused(
        refuseField(
          'projection',
          `there is none; there are ${projections.map((one) => one.name).join(', ')}`,
        ),
      );
    const id = idFrom('verification', meta.commandId);
    const started = await verifications.start({ id, actor: meta.actor.sub, projection, ledger });
    return { body: { data: showRun(started) } };
  },
});

/** The latest verifications. */
export const listVerificationsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/verifications',
  tag,
  summary: 'Verifications of the last 90 days that requests have started, latest first',
  access: 'admin',
  query: z.strictObject({ ...pageQuery }),
  response: list(verificationRun),
  async handle({ page: { after, limit, of } }, { background }) {
    const last = after(z.tuple([instantSchema, z.string()]));
    const rows = await background.list('verification', { after: last, limit: limit + 1 });
    return { body: of(rows.map(showRun), ({ started_at, id }) => [started_at, id]) };
  },
});

/** One verification with what it found. */
export const verificationRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/verifications/:id',
  tag,
  summary: 'How far a verification has come, and what it found',
  description:
    'Each differing row has the last event that touched it; a table names its first hundred. `result` is ' +
    'null until it has completed.',
  access: 'admin',
  response: one(z.strictObject({ ...run, result: verificationResult.nullable() })),
  async handle({ params: { id } }, { background }) {
    const found = foundOr404(await background.find('verification', id), 'verification');
    const result = (await background.result(id)) as z.output<typeof verificationResult> | null;
    return { body: { data: { ...showRun(found), result } } };
  },
});

/** The end of the journal, and of the hash chain over it. */
export const journalRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/journal',
  tag,
  summary: 'The head of the journal, and of the hash chain over it',
  description:
    '`chain.hash` is the SHA-256 over everything up to `chain.position`; the chain follows the journal ' +
    'within a second. `arcadia checkpoint` signs it.',
  access: 'admin',
  response: one(
    z.strictObject({
      head: z.int().min(0),
      recorded_at: instantSchema.nullable(),
      chain: z.strictObject({ position: z.int().min(0), hash: z.string(), unchained: z.int().min(0) }),
    }),
  ),
  async handle(_request, { sql }) {
    const { head, recorded_at, chain } = await journalEnd(sql);
    const unchained = Math.max(0, head - chain.position);
    return { body: { data: { head, recorded_at, chain: { ...chain, unchained } } } };
  },
});

/** Proof of the ledger from its events. */
export const verificationRoutes = [verifyRoute, listVerificationsRoute, verificationRoute, journalRoute];
