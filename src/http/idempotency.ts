import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../database/db.ts';
import { Refused, refuse } from '../ledger/refusal.ts';
import type { Answer } from './answer.ts';
import type { RepeatableRequest } from './idempotency-key.ts';
import { refusalStatus } from './problem.ts';

/** Runs a repeatable request once, however often it is sent, and remembers its first 2xx answer. */
export interface Idempotency {
  /**
   * Answers what was answered first, else claims the request and runs it. A concurrent twin waits for the
   * first.
   *
   * A claim whose owner has died is taken over and run again: the command itself then finds what the first
   * run has appended, by the scope in the events' metadata.
   * @throws {Refused} `idempotency-conflict` for a key that was used with another body, or whose first
   * request is still under way after the longest wait; and whatever `run` throws
   */
  once(
    request: RepeatableRequest,
    run: () => Promise<Answer>,
  ): Promise<{ answer: Answer; replayed: boolean }>;
  /** Forgets keys that are older than `hours` (at least 24); answers how many. Call it now and then. */
  purge(hours?: number): Promise<number>;
}

/** Durations in milliseconds. */
export interface IdempotencyTimes {
  /** A claim that was not renewed for so long counts as its owner's death. */
  lease: number;
  /** The longest that a twin waits. */
  wait: number;
  /** How often a twin looks. */
  poll: number;
}

const defaultTimes: IdempotencyTimes = { lease: 30_000, wait: 10_000, poll: 50 };

interface Row {
  body_hash: string;
  owner: string;
  status: number | null;
  body: string | null;
  position: string | null;
}

type Found = { claimed: true } | { claimed: false; row: Row | undefined };

/**
 * Claims by insert, or takes over a claim of the same content whose lease has run out or whose owner is known
 * to have ended.
 */
async function claim(
  sql: Sql,
  request: RepeatableRequest,
  owner: string,
  lease: number,
  ended: ReadonlySet<string>,
): Promise<Found> {
  const [mine] = await sql`
    insert into idempotency_keys as k (scope, body_hash, owner, lease_until)
    values (${request.scope}, ${request.bodyHash}, ${owner}, clock_timestamp() + ${lease} * interval '1 millisecond')
    on conflict (scope) do update set owner = excluded.owner, lease_until = excluded.lease_until
      where k.status is null and (k.lease_until < clock_timestamp() or k.owner = any(${[...ended]}::uuid[])) and k.body_hash = excluded.body_hash
    returning scope`;
  if (mine) return { claimed: true };
  const [row] = await sql<
    Row[]
  >`select body_hash, owner, status, body, position from idempotency_keys where scope = ${request.scope}`;
  return { claimed: false, row };
}

function stored(row: Row): Answer | null {
  return row.status === null || row.body === null
    ? null
    : { status: row.status, body: row.body, position: row.position };
}

/**
 * Gives the claim back. After a refusal nothing was written, so the key is free; after anything else the
 * outcome is unknown, so the key stays bound to its content and only the same request may try again.
 */
async function release(sql: Sql, request: RepeatableRequest, owner: string, error: unknown): Promise<void> {
  const refused = error instanceof Refused && refusalStatus[error.refusal.refused].status < 500;
  if (refused)
    await sql`delete from idempotency_keys where scope = ${request.scope} and owner = ${owner} and status is null`;
  else
    await sql`update idempotency_keys set lease_until = '-infinity' where scope = ${request.scope} and owner = ${owner} and status is null`;
}

/** Bytes of an answer that is kept: one of more than that is made anew. */
const MAX_KEPT = 1_024 * 1_024;

/**
 * Keeps a 2xx answer. Where another node had taken the claim over and answered already, its answer is the
 * first one. One too large to be kept gives the claim back, bound to its content: the same request finds by
 * its key what was done.
 */
async function keep(sql: Sql, request: RepeatableRequest, owner: string, answer: Answer): Promise<Answer> {
  if (Buffer.byteLength(answer.body) > MAX_KEPT) {
    await sql`update idempotency_keys set lease_until = '-infinity' where scope = ${request.scope} and owner = ${owner} and status is null`;
    return answer;
  }
  const [kept] = await sql`
    update idempotency_keys set status = ${answer.status}, body = ${answer.body}, position = ${answer.position}, completed_at = now()
    where scope = ${request.scope} and owner = ${owner} and status is null returning scope`;
  if (kept) return answer;
  const [row] = await sql<
    Row[]
  >`select body_hash, owner, status, body, position from idempotency_keys where scope = ${request.scope}`;
  return (row && stored(row)) ?? answer;
}

/** Runs under a claim that is renewed until the run ends. */
async function runClaimed(
  sql: Sql,
  request: RepeatableRequest,
  { owner, lease, ended }: { owner: string; lease: number; ended: Set<string> },
  run: () => Promise<Answer>,
): Promise<Answer> {
  let renewed: Promise<unknown> = Promise.resolve();
  const renewal = setInterval(() => {
    // A renewal that fails is tried again at the next turn; a claim that is lost meanwhile is safe (see
    // `once`).
    renewed =
      sql`update idempotency_keys set lease_until = clock_timestamp() + ${lease} * interval '1 millisecond' where scope = ${request.scope} and owner = ${owner} and status is null`.catch(
        () => undefined,
      );
  }, lease / 3);
  let answer: Answer;
  try {
    answer = await run();
  } catch (error) {
    clearInterval(renewal);
    // On another connection, a renewal that is on its way would renew what is given back here.
    await renewed;
    // The run's own error is what the caller must see. Where the database is away for the release too, this
    // process remembers that the owner has ended: the client's next try need not wait for the lease.
    await release(sql, request, owner, error).catch(() => {
      rememberEnded(ended, owner, lease);
    });
    throw error;
  } finally {
    clearInterval(renewal);
  }
  // The command is done even if its answer can't be kept: a repeated request will run again and find its
  // events.
  return keep(sql, request, owner, answer).catch(() => {
    rememberEnded(ended, owner, lease);
    return answer;
  });
}

/** Longer than its lease no ended owner is of interest: the claim is free by then. */
function rememberEnded(ended: Set<string>, owner: string, lease: number): void {
  ended.add(owner);
  setTimeout(() => ended.delete(owner), lease).unref();
}

/** Idempotency over table `idempotency_keys`, shared by all nodes; times are the database's. */
export function createIdempotency(sql: Sql, times: Partial<IdempotencyTimes> = {}): Idempotency {
  const { lease, wait, poll } = { ...defaultTimes, ...times };
  const ended = new Set<string>();
  return {
    async once(request, run) {
      const owner = randomUUID();
      const attempts = Math.ceil(wait / poll);
      for (let attempt = 0; ; attempt += 1) {
        // A claim whose answer was lost may stand all the same; nothing runs under it.
        const found = await claim(sql, request, owner, lease, ended).catch((error: unknown) => {
          rememberEnded(ended, owner, lease);
          throw error;
        });
        if (found.claimed)
          return { answer: await runClaimed(sql, request, { owner, lease, ended }, run), replayed: false };
        if (found.row && found.row.body_hash !== request.bodyHash) {
          throw new Refused(
            refuse('idempotency-conflict', 'this Idempotency-Key was used with another body'),
          );
        }
        const answer = found.row ? stored(found.row) : null;
        if (answer) return { answer, replayed: true };
        if (attempt >= attempts)
          throw new Refused(
            refuse('idempotency-conflict', 'the first request with this Idempotency-Key is still under way'),
          );
        await sleep(poll);
      }
    },
    async purge(hours = 48) {
      const gone = await sql`
        delete from idempotency_keys
        where created_at < now() - ${Math.max(24, hours)} * interval '1 hour'
          and coalesce(completed_at, lease_until) < now() - ${Math.max(24, hours)} * interval '1 hour'`;
      return gone.count;
    },
  };
}
