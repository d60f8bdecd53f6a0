import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, UnavailableError } from '@eventstore/db-client';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { EncodedEvent } from '../encode-append.ts';
import { NO_STREAM } from '../event-log.ts';

/**
 * What the server answers to an append: the stream's revision after it and the place of its last event (null:
 * it did not say).
 */
export interface AppendAnswer {
  revision: bigint;
  position: bigint | null;
}

/**
 * Looks whether what a call leads to is what was meant; asked for each append, with the same object for the
 * same call.
 */
export type ConfirmCall = (call: object) => Promise<void>;

/** One append on its way. */
export interface AppendToSend {
  stream: string;
  events: readonly EncodedEvent[];
  expectedRevision: number;
  /** Its caller waits no longer. An answer that comes later goes nowhere; the call goes on for the others. */
  signal: AbortSignal;
  /** How long the server may answer nothing at all, this append or another, before the call is given up. */
  silenceMs: number;
  /** Is given the call before anything is sent over it; what it throws, the append fails with. */
  confirm?: ConfirmCall | undefined;
  /** Hears that it is sent: from then on it may be stored, whatever comes. */
  onSent?: (() => void) | undefined;
}

type AppendCall = Awaited<ReturnType<typeof ClientCalls.batchAppend>>;

interface Pending {
  stream: string;
  resolve: (answer: AppendAnswer) => void;
  reject: (error: Error) => void;
}

/**
 * Opens calls on a client's own channel, with its discovery, credentials and reconnecting, and registered
 * with its `dispose`: what its own methods do, which are open to subclasses only.
 */
class ClientCalls extends EventStoreDBClient {
  static batchAppend(client: EventStoreDBClient) {
    const own: ClientCalls = client;
    const open = (grpc: StreamsClient) => grpc.batchAppend(...own.callArguments({}, { deadline: Infinity }));
    return own.GRPCStreamCreator(StreamsClient, 'appendToStream', open)();
  }
}

/**
 * Appends over one long-lived `BatchAppend` call, as the client's `appendToStream` does, with its own book of
 * what is still unanswered. The client's book is one for the whole process: an error of one call rejects the
 * appends of every other, an answer that comes after that throws where nobody can catch it, and what waits
 * for a call to drain rejects promises that nobody holds. With many appends against a frozen server either of
 * them ends the process.
 */
export function createAppendCalls(client: EventStoreDBClient) {
  let current: Promise<OpenCall> | null = null;

  function openCall(): Promise<OpenCall> {
    const opening = ClientCalls.batchAppend(client).then((call) =>
      trackAnswers(call, () => {
        if (current === opening) current = null;
      }),
    );
    current = opening;
    opening.catch(() => {
      if (current === opening) current = null;
    });
    return opening;
  }

  return {
    /** Sends one append and waits for its answer. */
    async append(append: AppendToSend): Promise<AppendAnswer> {
      for (;;) {
        const opening = current ?? openCall();
        const call = await opening;
        if (append.confirm !== undefined) await append.confirm(call);
        append.signal.throwIfAborted();
        // One that has ended in the meantime would take the append and never answer it.
        if (current === opening) return call.send(append);
      }
    },
  };
}

type OpenCall = ReturnType<typeof trackAnswers>;

function trackAnswers(call: AppendCall, onEnd: () => void) {
  const pending = new Map<string, Pending>();
  const silence = watchSilence(() => {
    end(lost('nothing was answered any more, the call was given up'));
    call.cancel();
  });
  const end = (error: Error) => {
    onEnd();
    silence.stop();
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  call.on('data', (response: InstanceType<typeof messages.BatchAppendResp>) => {
    silence.heard();
    const id = correlationOf(response);
    const append = pending.get(id);
    // An append that was given up may still be answered.
    if (append !== undefined) pending.delete(id);
    if (pending.size === 0) silence.stop();
    if (append === undefined) return;
    try {
      settle(append, response);
    } catch (error) {
      append.reject(
        new Error(`EventStoreDB's answer to an append to ${append.stream} cannot be read`, { cause: error }),
      );
    }
  });
  call.on('error', end);
  call.on('end', () => {
    end(lost('the server ended the call'));
  });
  call.on('close', () => {
    end(lost('the call was closed'));
  });

  return {
    send({
      stream,
      events,
      expectedRevision,
      signal,
      silenceMs,
      onSent,
    }: AppendToSend): Promise<AppendAnswer> {
      return new Promise((resolve, reject) => {
        const id = randomUUID();
        // The silence is watched on: a call that never answers is given up even when its appends were before.
        const giveUp = () => {
          pending.delete(id);
          reject(lost('not answered in time'));
        };
        signal.addEventListener('abort', giveUp, { once: true });
        const settled =
          <T>(settleWith: (value: T) => void) =>
          (value: T) => {
            signal.removeEventListener('abort', giveUp);
            settleWith(value);
          };
        pending.set(id, { stream, resolve: settled(resolve), reject: settled(reject) });
        silence.expect(silenceMs);
        onSent?.();
        call.write(requestOf(id, stream, events, expectedRevision));
      });
    },
  };
}

/** Tells when nothing has been heard for a time, while something is expected. */
function watchSilence(onSilent: () => void) {
  let timer: NodeJS.Timeout | null = null;
  let heard = 0;
  const begin = (ms: number) => {
    const begun = setTimeout(() => {
      // To a process that was busy itself, answers may have come that it has not looked at: they are read
      // now.
      const before = heard;
      setImmediate(() => {
        if (timer !== begun) return;
        if (heard === before) onSilent();
        else begun.refresh();
      });
    }, ms);
    timer = begun;
  };
  return {
    /** An answer is waited for from now on; where others were before, the time goes on. */
    expect: (ms: number) => {
      if (timer === null) begin(ms);
    },
    heard() {
      heard += 1;
      timer?.refresh();
    },
    /** Nothing is waited for. */
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

const lost = (message: string) => Object.assign(new UnavailableError(), { message });

function correlationOf(response: InstanceType<typeof messages.BatchAppendResp>): string {
  const id = response.getCorrelationId();
  const structured = id?.getStructured();
  if (structured === undefined) return id?.getString() ?? '';
  const hex = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function settle(append: Pending, response: InstanceType<typeof messages.BatchAppendResp>): void {
  const success = response.getSuccess();
  const error = response.getError();
  if (success !== undefined) {
    const position = success.getPosition()?.getCommitPosition();
    append.resolve({
      revision: BigInt(success.getCurrentRevision()),
      position: position === undefined ? null : BigInt(position),
    });
  } else if (error?.getDetails() !== undefined) {
    append.reject(unpackToCommandError(error, append.stream));
  } else {
    append.reject(
      new Error(
        `EventStoreDB refused an append to ${append.stream}: ${error?.getMessage() ?? 'without a reason'}`,
      ),
    );
  }
}

function requestOf(
  correlation: string,
  stream: string,
  events: readonly EncodedEvent[],
  expectedRevision: number,
) {
  const options = new messages.BatchAppendReq.Options();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  options.setStreamIdentifier(identifier);
  if (expectedRevision === NO_STREAM) options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(expectedRevision));
  const request = new messages.BatchAppendReq();
  request.setCorrelationId(uuidOf(correlation));
  request.setOptions(options);
  request.setProposedMessagesList(events.map(proposalOf));
  request.setIsFinal(true);
  return request;
}

function proposalOf(event: EncodedEvent) {
  const proposal = new messages.BatchAppendReq.ProposedMessage();
  proposal.setId(uuidOf(event.id));
  proposal.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  proposal.setData(Buffer.from(event.data));
  proposal.setCustomMetadata(Buffer.from(event.metadata));
  return proposal;
}

function uuidOf(text: string) {
  const uuid = new shared.UUID();
  uuid.setString(text);
  return uuid;
}
