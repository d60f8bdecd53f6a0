// The server's handle for tests: its address, what it stores, counts of calls, and faults to inject.
import type { Server } from '@grpc/grpc-js';
import type { Certificate } from './certificate.ts';
import type { Front } from './front.ts';
import type { Endpoint, Method, ServerNode } from './node.ts';
import { refusals } from './refusals.ts';
import { ServerLog } from './server-log.ts';
import { eventDraft, storedEvent, type EventToWrite, type StoredEvent } from './stored-event.ts';

/**
 * Why subscriptions end: each with the error that the real server, or the connection to it, ends them with.
 */
export type DropReason = 'consumer-too-slow' | 'unavailable' | 'not-leader' | 'shutdown';

interface Parts {
  node: ServerNode;
  front: Front;
  grpc: Server;
  certificate: Certificate | null;
}

export class ProtocolServer {
  readonly #node: ServerNode;
  readonly #front: Front;
  readonly #grpc: Server;
  readonly #certificate: Certificate | null;
  /** Stays the same over `stop` and `start`. */
  readonly port: number;
  #wiped = 0;
  #writes = 0;

  constructor({ node, front, grpc, certificate }: Parts) {
    this.#node = node;
    this.#front = front;
    this.#grpc = grpc;
    this.#certificate = certificate;
    this.port = node.endpoint.port;
  }

  /** The connection string of this one server. It has parameters already: more are added with `&`. */
  get url(): string {
    return this.#url('esdb');
  }

  /** The connection string that makes the client ask which servers there are. */
  get discoveryUrl(): string {
    return this.#url('esdb+discover');
  }

  /** The CA file that `url` names; null without TLS. */
  get caFile(): string | null {
    return this.#certificate?.caFile ?? null;
  }

  /** How many calls of the method there have been; `BatchAppend` counts appends. */
  calls(method: Method): number {
    return this.#node.begun(method);
  }

  /** How many calls of the method have not ended. */
  openCalls(method: Method): number {
    return this.#node.open(method);
  }

  /** How many calls of the method there were at once at most. */
  mostOpenCalls(method: Method): number {
    return this.#node.mostOpen(method);
  }

  get openSubscriptions(): number {
    return this.#node.open('Subscribe');
  }

  get connections(): number {
    return this.#front.connections;
  }

  /** All records that are left, in order, `$` events included. */
  events(): StoredEvent[] {
    return this.#node.log.records.map(storedEvent);
  }

  /** Stores the events at the stream's end, in one go, without any client. */
  write(stream: string, events: readonly EventToWrite[]): StoredEvent[] {
    return this.#node.log.commit(stream, events.map(eventDraft)).map(storedEvent);
  }

  /** Stores `count` events at once, faster than any live subscription is served. */
  burst(
    count: number,
    event: (index: number) => EventToWrite = (index) => ({ type: 'Burst', data: { index } }),
    stream = 'burst',
  ): StoredEvent[] {
    return this.write(
      stream,
      Array.from({ length: count }, (_, index) => event(index)),
    );
  }

  /** Stores a system event, as the server does by itself at times. */
  writeSystemEvent(kind: '$metadata' | '$statsCollected'): StoredEvent {
    this.#writes += 1;
    const [event] =
      kind === '$metadata'
        ? this.write(`$$some-stream-${this.#writes}`, [{ type: kind, data: { $maxCount: 1000 } }])
        : this.write(`$stats-127.0.0.1:${this.port}`, [{ type: kind, data: { 'proc-mem': this.#writes } }]);
    return event!;
  }

  /** Ends all subscriptions with the error. */
  dropSubscriptions(reason: DropReason): void {
    const { host, port } = this.#node.endpoint;
    const refusal = {
      'consumer-too-slow': refusals.consumerTooSlow,
      unavailable: refusals.notReady,
      'not-leader': () => refusals.notLeader(host, port),
      shutdown: refusals.shutdown,
    }[reason]();
    for (const subscription of this.#node.subscriptions) subscription.drop(refusal);
  }

  /** The next append is stored, but its call is cut before the answer. */
  loseNextAppendAnswer(): void {
    this.#node.answerToLose = true;
  }

  /** The next reads are never answered; each ends when its client ends it. */
  loseNextReads(count: number): void {
    this.#node.readsToLose = count;
  }

  /** From now on each read is answered only after so many milliseconds. */
  delayReads(ms: number): void {
    this.#node.readDelay = ms;
  }

  /** From now on so many batched appends a second are stored, in their order; `Infinity`: no limit. */
  limitAppends(perSecond: number): void {
    this.#node.writer.limit(perSecond);
  }

  /** The next `calls` calls are refused: another server leads, by default at this very address. */
  notLeader(calls: number, leader: Endpoint = this.#node.endpoint): void {
    this.#node.denyLeadership(calls, leader);
  }

  /** Takes events away for good, from `$all` as well; returns how many. */
  scavenge(isGarbage: (event: StoredEvent) => boolean): number {
    return this.#node.log.scavenge((record) => isGarbage(storedEvent(record)));
  }

  /** Connections are accepted, and nothing is answered, until `thaw`. */
  freeze(): void {
    this.#front.freeze();
  }

  thaw(): void {
    this.#front.thaw();
  }

  /** Cuts all connections, as a network does; the server goes on. */
  cutConnections(): void {
    this.#front.cut();
  }

  /** Like a kill: cuts all connections and stops listening. */
  async stop(): Promise<void> {
    await this.#front.stop();
    this.#node.log.forgetIds();
  }

  /** Listens again on the same port, with what had been stored. */
  async start(): Promise<void> {
    await this.#front.listen(this.port);
  }

  /** Cuts all connections and begins with an empty log, as another server at the same address. */
  async wipe(): Promise<void> {
    this.#wiped += 1;
    this.#front.cut();
    this.#node.log = new ServerLog(this.#wiped);
  }

  /** Stops for good. */
  async close(): Promise<void> {
    await this.#front.stop();
    this.#grpc.forceShutdown();
    await this.#certificate?.remove();
  }

  #url(scheme: string): string {
    const { credentials } = this.#node;
    const user =
      credentials === null
        ? ''
        : `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`;
    const tls =
      this.#certificate === null
        ? 'tls=false'
        : `tls=true&tlsCaFile=${encodeURIComponent(this.#certificate.caFile)}`;
    return `${scheme}://${user}127.0.0.1:${this.port}?${tls}`;
  }
}
