// The real client against the protocol server, for tests that drive the two without the event log between
// them.
import {
  EventStoreDBClient,
  jsonEvent,
  type AllStreamSubscription,
  type EventData,
  type StreamSubscription,
} from '@eventstore/db-client';
import { startProtocolServer, type ProtocolServer, type ServerOptions } from './index.ts';

/** Runs `body` with a server and a client of its own, and ends both. */
export async function withServer(
  body: (client: EventStoreDBClient, server: ProtocolServer) => Promise<void>,
  options: ServerOptions = {},
): Promise<void> {
  const server = await startProtocolServer(options);
  const client = EventStoreDBClient.connectionString(server.url);
  try {
    await body(client, server);
  } finally {
    await client.dispose();
    await server.close();
  }
}

/** An event with its number in the data. */
export function tick(n: number, id?: string): EventData {
  return jsonEvent({ type: 'Tick', data: { n }, metadata: { m: n }, ...(id === undefined ? {} : { id }) });
}

/** The error that the promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('Nothing was refused.');
}

/** The revisions that a read of the stream gives. */
export async function revisions(
  client: EventStoreDBClient,
  stream: string,
  options: Parameters<EventStoreDBClient['readStream']>[1] = {},
): Promise<number[]> {
  const found: number[] = [];
  for await (const { event } of client.readStream(stream, options)) found.push(Number(event?.revision));
  return found;
}

/** The events that a read of `$all` gives, as `stream@revision`, `$` events left out. */
export async function all(
  client: EventStoreDBClient,
  options: Parameters<EventStoreDBClient['readAll']>[0] = {},
): Promise<string[]> {
  const found: string[] = [];
  for await (const { event } of client.readAll(options)) {
    if (event !== undefined && !event.type.startsWith('$')) found.push(`${event.streamId}@${event.revision}`);
  }
  return found;
}

/**
 * What a subscription receives, in order: `confirmation`, `caughtUp`, events as `stream@revision`, and errors
 * by class.
 */
export function watch(subscription: AllStreamSubscription | StreamSubscription): string[] {
  const received: string[] = [];
  subscription.on('confirmation', () => received.push('confirmation'));
  subscription.on('caughtUp', () => received.push('caughtUp'));
  subscription.on('data', ({ event }) => {
    if (event !== undefined) received.push(`${event.streamId}@${event.revision}`);
  });
  subscription.on('error', (error) => received.push(error.constructor.name));
  return received;
}
