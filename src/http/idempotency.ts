import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../database/db.ts';
import {
  idempotencyKeys,
  type Claim,
  type IdempotencyKeys,
  type KeyRow,
} from '../database/idempotency-keys.ts';
import { Refused, refuse } from '../ledger/refusal.ts';
import type { Answer } from './answer.ts';
import type { RepeatableRequest } from './idempotency-key.ts';
import { refusalStatus } from './problem.ts';

/** Runs a repeatable request once, however often it is sent, and remembers its first 2xx answer. */
export interface Idempotency {
  /**
   * Gives the first answer, else claims the request and runs it. The same request at the same time waits for
   * the first. A claim whose owner has died is run again: the command then finds what the first run has
   * appended, by the scope in the events' metadata.
   * @throws {Refused} `idempotency-conflict` for a key that was used with another body, or whose first
   * request is under way for too long; and whatever `run` throws
   */
  once(
    request: RepeatableRequest,
    run: () => Promise<Answer>,
  ): Promise<{ answer: Answer; replayed: boolean }>;
  /** Deletes keys that are older than `hours` (at least 24); answers how many. To be called regularly. */
  purge(hours?: number): Promise<number>;
}

/** Durations in milliseconds. */
export interface IdempotencyTimes {
  /** A claim is free after this time without a renewal: its owner is taken for dead. */
  lease: number;
  /** How long the same request waits for the first at most. */
  wait: number;
  /** How often it looks for the first one's answer. */
  poll: number;
}

const defaultTimes: IdempotencyTimes = { lease: 30_000, wait: 10_000, poll: 50 };

function stored({ status, body, position }: KeyRow): Answer | null {
  return status === null || body === null ? null : { status, body, position };
}

/**
 * Ends a claim whose run failed. After a refusal nothing was written, so the key is free; after anything else
 * the outcome is unknown, so the key stays bound to its content and only the same request may try again.
 */
function release(keys: IdempotencyKeys, claim: Claim, error: unknown): Promise<void> {
  const refused = error instanceof Refused && refusalStatus[error.refusal.refused].status < 500;
  return refused ? keys.remove(claim) : keys.giveBack(claim);
}

/** Bytes of an answer that is kept: a longer one is made anew for each repeated request. */
const MAX_KEPT = 1_024 * 1_024;

/**
 * Keeps a 2xx answer, unless another node took the claim over and answered first. One that is too large is
 * not kept: the claim is given back, and a repeated request finds by its key what was done.
 */
async function keep(keys: IdempotencyKeys, claim: Claim, answer: Answer): Promise<Answer> {
  if (Buffer.byteLength(answer.body) > MAX_KEPT) {
    await keys.giveBack(claim);
    return answer;
  }
  if (await keys.complete(claim, answer)) return answer;
  const row = await keys.find(claim.scope);
  return (row && stored(row)) ?? answer;
}

/** Runs under a claim that is renewed until the run ends. */
async function runClaimed(
  keys: IdempotencyKeys,
  claim: Claim,
  { lease, ended }: { lease: number; ended: Set<string> },
  run: () => Promise<Answer>,
): Promise<Answer> {
  let renewed: Promise<unknown> = Promise.resolve();
  const renewal = setInterval(() => {
    // A renewal that fails is tried again at the next turn. A claim that is lost meanwhile does no harm: see
    // `once`.
    renewed = keys.renew(claim, lease).catch(() => undefined);
  }, lease / 3);
  let answer: Answer;
  try {
    answer = await run();
  } catch (error) {
    clearInterval(renewal);
    // On another connection, a renewal that is on its way would renew what is given back here.
    await renewed;
    // The caller must see the run's own error. Where the release fails too, this process remembers that the
    // owner has ended, so that the client's next try need not wait for the lease.
    await release(keys, claim, error).catch(() => {
      rememberEnded(ended, claim.owner, lease);
    });
    throw error;
  } finally {
    clearInterval(renewal);
  }
  // The command is done even if its answer can't be kept: a repeated request runs again and finds its events.
  return keep(keys, claim, answer).catch(() => {
    rememberEnded(ended, claim.owner, lease);
    return answer;
  });
}

/** Remembers an ended owner for one lease: after that its claim is free. */
function rememberEnded(ended: Set<string>, owner: string, lease: number): void {
  ended.add(owner);
  setTimeout(() => ended.delete(owner), lease).unref();
}

/** Idempotency over table `idempotency_keys`, shared by all nodes. */
export function createIdempotency(sql: Sql, times: Partial<IdempotencyTimes> = {}): Idempotency {
  const { lease, wait, poll } = { ...defaultTimes, ...times };
  const keys = idempotencyKeys(sql);
  const ended = new Set<string>();
  return {
    async once({ scope, bodyHash }, run) {
      const claim = { scope, owner: randomUUID() };
      const attempts = Math.ceil(wait / poll);
      for (let attempt = 0; ; attempt += 1) {
        // The claim may be stored although the answer was lost; nothing runs under it.
        const claimed = await keys.claim({ ...claim, bodyHash }, lease, ended).catch((error: unknown) => {
          rememberEnded(ended, claim.owner, lease);
          throw error;
        });
        if (claimed) return { answer: await runClaimed(keys, claim, { lease, ended }, run), replayed: false };
        const row = await keys.find(scope);
        if (row !== undefined && row.body_hash !== bodyHash)
          throw conflict('this Idempotency-Key was used with another body');
        const answer = row === undefined ? null : stored(row);
        if (answer) return { answer, replayed: true };
        if (attempt >= attempts)
          throw conflict('the first request with this Idempotency-Key is still under way');
        await sleep(poll);
      }
    },
    purge: (hours = 48) => keys.purge(Math.max(24, hours)),
  };
}

const conflict = (detail: string): Refused => new Refused(refuse('idempotency-conflict', detail));
