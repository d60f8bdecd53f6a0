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

/** How long a call may go without an answer. */
const DEFAULT_DEADLINE_MS = 3_000;
/** So many appends at once keep a server busy; of thousands at once a slow server answers none in time. */
const APPENDS = { calls: 256, bytes: 16_000_000 };
/** Each read is a call of its own, and a server takes a hundred calls on a connection. */
const READS = { calls: 64 };

export interface EventStoreOptions {
  /**
   * Milliseconds without an answer after which a call is given up; its outcome is then unknown. Default
   * 3,000.
   */
  deadlineMs?: number;
}

export interface AppendOptions {
  /**
   * On the clock of `performance.now()`: when its caller stops waiting. Default ten seconds from the call on.
   */
  until?: number;
  /**
   * Runs before anything is sent, with the call that it will be sent over; a call ends with its connection.
   */
  confirm?: ConfirmCall | undefined;
  /** Called when it is sent. */
  onSent?: () => void;
}

/**
 * This process's connection to an EventStoreDB. Every call ends within its time, whatever the server does.
 */
export interface EventStore {
  readonly deadlineMs: number;
  /** The connection string names a cluster, whose nodes may lag behind each other. */
  readonly clustered: boolean;
  /**
   * For streaming calls; their caller cancels them. A call with credentials of its own would leave the shared
   * channel.
   */
  readonly client: EventStoreDBClient;
  /** The limits that appends and reads are made under. */
  readonly limits: { appends: CallLimit; reads: CallLimit };
  /**
   * Appends once, at an exact revision or `NO_STREAM`. All appends share a call, which is given up when it
   * answers none of them for `deadlineMs`; a single late answer is waited for.
   * @throws the client's `WrongExpectedVersionError`; {@link LogUnavailable} when the outcome is unknown
   */
  append(
    stream: string,
    events: readonly EncodedEvent[],
    expectedRevision: number,
    options?: AppendOptions,
  ): Promise<AppendAnswer>;
  /**
   * At most `maxCount` events of a stream in order; empty where it does not exist. Asked of the leader: other
   * nodes may lag behind what was acknowledged.
   * @param until on the clock of `performance.now()`: its caller waits until then at most, and for at most
   * `deadlineMs` without an answer
   */
  readStream(
    stream: string,
    fromRevision: bigint,
    maxCount: number,
    until?: number,
  ): Promise<ResolvedEvent[]>;
  /** At most `maxCount` events of the whole log, from a position on and with it, system events included. */
  readAll(from: Position | typeof START, maxCount: number): Promise<AllStreamResolvedEvent[]>;
  /**
   * Position of the last event of the whole log, system events included; 0 for an empty one. Asked of the
   * leader too. Callers at the same time share one question, put after all of them had called.
   */
  end(): Promise<bigint>;
  /**
   * Gives this connection up; the last holder disposes of the client. Its calls under way end with an error.
   */
  close(): Promise<void>;
}

/** What all holders of a connection share. */
interface Shared {
  url: string;
  client: EventStoreDBClient;
  clustered: boolean;
  appends: ReturnType<typeof createAppendCalls>;
  limits: { appends: CallLimit; reads: CallLimit };
  /** When the last answer came from the server, on the clock of `performance.now()`. */
  heardAt: number;
  holders: number;
}

/** The one client of this process. */
let shared: Shared | null = null;

/**
 * Connects to an EventStoreDB, lazily. A process has one client: those who open the same connection string
 * share it, and another one is refused as long as it is open, because clients in one process fail each
 * other's appends.
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
  /** A client that was disposed of would connect anew, and stay. */
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
