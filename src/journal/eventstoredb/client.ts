import {
  BACKWARDS,
  END,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type Position,
  type ReadRevision,
  type ResolvedEvent,
  type START,
  type StreamingRead,
} from '@eventstore/db-client';
import type { EncodedEvent } from '../encode-append.ts';
import { ANSWER_WITHIN_MS } from '../event-log.ts';
import { withDeadline } from './call-deadline.ts';
import { createAppendCalls, type ConfirmCall } from './client-repairs/append-calls.ts';
import type { AppendAnswer } from './client-repairs/append-messages.ts';
import { collectRead } from './collect-read.ts';
import { troubleOf } from './errors.ts';
import { coalesce } from './coalesce.ts';
import { CallLimit } from './call-limit.ts';
import { clientOf } from './url.ts';

const DEFAULT_DEADLINE_MS = 3_000;
/** Enough appends to keep a server busy; of thousands at once a slow one answers none in time. */
const APPENDS = { calls: 256, bytes: 16_000_000 };
/** Each read is a call of its own, and a server takes a hundred calls on a connection. */
const READS = { calls: 64 };

export interface EventStoreOptions {
  /** Milliseconds without an answer until a call is given up, its outcome unknown. Default 3,000. */
  deadlineMs?: number;
}

interface AppendOptions {
  /** When its caller stops waiting, on the clock of `performance.now()`; default in ten seconds. */
  until?: number;
  /** Runs before the append is sent, with the call that it goes over; a call ends with its connection. */
  confirm?: ConfirmCall | undefined;
  onSent?: () => void;
}

/** This process's connection to an EventStoreDB. Every call ends in time, whatever the server does. */
export interface EventStore {
  readonly deadlineMs: number;
  /** Whether the connection string names a cluster, whose nodes may lag behind each other. */
  readonly clustered: boolean;
  /**
   * For streaming calls, to be cancelled by their caller. Credentials of a call's own would open another
   * channel.
   */
  readonly client: EventStoreDBClient;
  readonly limits: { appends: CallLimit; reads: CallLimit };
  /**
   * Appends once, at an exact revision or `NO_STREAM`. Appends share a call, given up when it answers none of
   * them for `deadlineMs`; a single late answer is waited for.
   * @throws the client's `WrongExpectedVersionError`; {@link LogUnavailable} when the outcome is unknown
   */
  append(
    stream: string,
    events: readonly EncodedEvent[],
    expectedRevision: number,
    options?: AppendOptions,
  ): Promise<AppendAnswer>;
  /**
   * At most `maxCount` events of a stream in order, from the leader: other nodes may lag behind. Empty
   * without a stream.
   * @param until on the clock of `performance.now()`; it waits at most `deadlineMs` without an answer
   */
  readStream(
    stream: string,
    fromRevision: bigint,
    maxCount: number,
    until?: number,
  ): Promise<ResolvedEvent[]>;
  /** At most `maxCount` events of the whole log, from a position on (inclusive), with system events. */
  readAll(from: Position | typeof START, maxCount: number): Promise<AllStreamResolvedEvent[]>;
  /**
   * The last position of the whole log, system events included, from the leader; 0 for an empty log.
   * Concurrent callers share a call that begins after all of them.
   */
  end(): Promise<bigint>;
  /** Releases this connection; the last holder disposes of the client, whose calls under way fail. */
  close(): Promise<void>;
}

interface Shared {
  url: string;
  client: EventStoreDBClient;
  clustered: boolean;
  appends: ReturnType<typeof createAppendCalls>;
  limits: { appends: CallLimit; reads: CallLimit };
  /** Time of the server's last answer, on the clock of `performance.now()`. */
  heardAt: number;
  holders: number;
}

/** The one client of this process. */
let shared: Shared | null = null;

/**
 * Connects to an EventStoreDB, lazily. A process has one client, shared by all who open its connection
 * string, and takes no other string meanwhile: two clients in a process fail each other's appends.
 * @throws {InvalidConnectionString}
 */
export function openEventStore(url: string, options: EventStoreOptions = {}): EventStore {
  if (shared !== null && shared.url !== url)
    throw new Error(
      'this process is connected to another EventStoreDB; one process holds one connection string at a time',
    );
  if (shared === null) {
    const opened = clientOf(url);
    const limits = { appends: new CallLimit(APPENDS), reads: new CallLimit(READS) };
    shared = { url, ...opened, appends: createAppendCalls(opened.client), limits, heardAt: 0, holders: 0 };
  }
  shared.holders += 1;
  return holder(shared, options.deadlineMs ?? DEFAULT_DEADLINE_MS);
}

function holder(connection: Shared, deadlineMs: number): EventStore {
  const { client, clustered, appends, limits } = connection;
  let closing: Promise<void> | null = null;
  /** A disposed client would connect again, and stay. */
  const open = <T>(call: () => T): T => {
    if (closing !== null) throw new Error('this connection to EventStoreDB was closed');
    return call();
  };
  const read = <Event>(what: string, call: () => StreamingRead<Event>, until = Infinity) =>
    collectRead(connection, what, () => open(call), Math.min(deadlineMs, until - performance.now()));
  return {
    deadlineMs,
    clustered,
    client,
    limits,
    append: async (stream, events, expectedRevision, options = {}) => {
      const { until = performance.now() + ANSWER_WITHIN_MS, confirm, onSent } = options;
      return withDeadline(`an append to ${stream}`, until - performance.now(), async (signal) => {
        const append = { stream, events, expectedRevision, signal, silenceMs: deadlineMs, confirm, onSent };
        const answer = await open(() => appends.append(append));
        connection.heardAt = performance.now();
        return answer;
      });
    },
    readStream: async (stream, fromRevision, maxCount, until) => {
      const options = { fromRevision: fromRevision as ReadRevision, maxCount, requiresLeader: true };
      try {
        return await read(`stream ${stream}`, () => client.readStream(stream, options), until);
      } catch (error) {
        if (troubleOf(error) === 'not_found') return [];
        throw error;
      }
    },
    readAll: async (from, maxCount) =>
      read('the log', () => client.readAll({ fromPosition: from, maxCount })),
    end: coalesce(async () => {
      const options = { direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true } as const;
      const [last] = await read('the end of the log', () => client.readAll(options));
      return last?.event?.position.commit ?? 0n;
    }),
    close: () => {
      closing ??= release(connection);
      return closing;
    },
  };
}

async function release(connection: Shared): Promise<void> {
  connection.holders -= 1;
  if (connection.holders > 0) return;
  if (shared === connection) shared = null;
  await connection.client.dispose();
}
