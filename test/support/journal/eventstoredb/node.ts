// The state that the calls of one server share: log, credentials, injected faults and counts of calls.
import type { Metadata } from '@grpc/grpc-js';
import { Pace } from './pace.ts';
import { refusals, type Refusal } from './refusals.ts';
import { ServerLog } from './server-log.ts';
import type { Subscription } from './subscription.ts';

/** The calls that are counted; `BatchAppend` counts the appends within the stream that carries them. */
export type Method =
  | 'GetSupportedMethods'
  | 'Gossip'
  | 'Read'
  | 'Subscribe'
  | 'Append'
  | 'BatchAppend'
  | 'Delete'
  | 'Tombstone';

export interface Endpoint {
  host: string;
  port: number;
}
export interface Credentials {
  user: string;
  password: string;
}

export class ServerNode {
  log = new ServerLog(0);
  /** Where clients find this server, once it listens. */
  endpoint: Endpoint = { host: '127.0.0.1', port: 0 };
  readonly credentials: Credentials | null;
  /** How many events a live subscription may be behind before it is dropped as too slow. */
  readonly liveBuffer: number;
  readonly subscriptions = new Set<Subscription>();
  /** Whether the next append is stored, but its call cut before the answer. */
  answerToLose = false;
  /** How many reads, from the next one on, are never answered. */
  readsToLose = 0;
  /** Milliseconds after which a read is answered. */
  readDelay = 0;
  /** How fast batched appends are stored and answered. */
  readonly writer = new Pace();
  #notLeader = { calls: 0, leader: this.endpoint };
  readonly #begun = new Map<Method, number>();
  readonly #open = new Map<Method, number>();
  readonly #most = new Map<Method, number>();

  constructor(credentials: Credentials | null, liveBuffer: number) {
    this.credentials = credentials;
    this.liveBuffer = liveBuffer;
  }

  /** How many calls of the method there have been. */
  begun(method: Method): number {
    return this.#begun.get(method) ?? 0;
  }

  /** How many calls of the method have not ended yet. */
  open(method: Method): number {
    return this.#open.get(method) ?? 0;
  }

  /** How many calls of the method there were at once at most. */
  mostOpen(method: Method): number {
    return this.#most.get(method) ?? 0;
  }

  /** Counts a call; the returned function must be called when it has ended. */
  count(method: Method): () => void {
    this.#begun.set(method, this.begun(method) + 1);
    this.#open.set(method, this.open(method) + 1);
    this.#most.set(method, Math.max(this.mostOpen(method), this.open(method)));
    let ended = false;
    return () => {
      if (!ended) this.#open.set(method, this.open(method) - 1);
      ended = true;
    };
  }

  /** Answers the next `calls` calls with the error that another server leads. */
  denyLeadership(calls: number, leader: Endpoint): void {
    this.#notLeader = { calls, leader };
  }

  /** The refusal of a call while another server leads; null while this one leads. */
  leadershipRefusal(): Refusal | null {
    if (this.#notLeader.calls === 0) return null;
    this.#notLeader.calls -= 1;
    return refusals.notLeader(this.#notLeader.leader.host, this.#notLeader.leader.port);
  }

  /**
   * The caller by its credentials: `known`, without any (`anonymous`), or with wrong ones (`rejected`).
   */
  caller(metadata: Metadata): 'known' | 'anonymous' | 'rejected' {
    if (this.credentials === null) return 'known';
    const [header] = metadata.get('authorization');
    if (header === undefined) return 'anonymous';
    const { user, password } = this.credentials;
    return header === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` ? 'known' : 'rejected';
  }

  /** Why the caller may not read or write streams; null if it may. */
  accessRefusal(metadata: Metadata): Refusal | null {
    const caller = this.caller(metadata);
    if (caller === 'known') return null;
    return caller === 'rejected' ? refusals.unauthenticated() : refusals.accessDenied();
  }
}
