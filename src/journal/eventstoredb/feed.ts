import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStoreDBClient, Position } from '@eventstore/db-client';
import { LogUnavailable } from '../event-log.ts';
import type { EventBuffer } from './event-buffer.ts';
import { openReadAll, type ReadAllCall } from './open-read-all.ts';
import type { LoggedEvent } from './read-answer.ts';

/** A read or subscription that fills a buffer and pauses while it is full. */
export interface Feed {
  /**
   * Resolves when there are events, the feed has ended, or the server was silent for `silenceMs`.
   * @throws the feed's error, after all earlier events were taken
   */
  ready(silenceMs: number): Promise<'more' | 'ended' | 'silent'>;
  /** To be called after each take. */
  resume(): void;
  /** Ends the call on the server as well. */
  close(): Promise<void>;
}

/** What a source of events calls. */
interface Hearing {
  event: (event: LoggedEvent) => void;
  error: (error: Error) => void;
  end: () => void;
}

/** A source of events under way. */
interface Source {
  pause(): unknown;
  resume(): unknown;
  cancel(): Promise<void>;
}

/** Reads from a position (inclusive; null: the start) to the log's end. */
export function readToEnd(client: EventStoreDBClient, from: bigint | null, buffer: EventBuffer): Feed {
  return feed(buffer, ({ event, error, end }) => {
    let call: ReadAllCall | null = null;
    const opened = openReadAll(client, from).then((begun) => {
      call = begun;
      begun.on('error', error);
      begun.on('end', end);
      begun.on('data', (answer: LoggedEvent | null) => {
        if (answer !== null) event(answer);
      });
    }, error);
    return {
      pause: () => call?.pause(),
      resume: () => call?.resume(),
      async cancel() {
        await opened;
        // As the client cancels: within a callback of the call it would be too early.
        await nextTurn();
        call?.cancel();
      },
    };
  });
}

/**
 * Subscribes to all events after a position; with a filter the server would not report that the end is
 * reached.
 */
export function subscribe(client: EventStoreDBClient, after: bigint | null, buffer: EventBuffer): Feed {
  return feed(buffer, ({ event, error, end }) => {
    const fromPosition: Position | 'start' = after === null ? 'start' : { commit: after, prepare: after };
    const subscription = client.subscribeToAll({ fromPosition });
    subscription.on('error', error);
    subscription.on('end', end);
    subscription.on('data', (resolved) => {
      if (resolved.event !== undefined)
        event({ ...resolved.event, position: resolved.event.position.commit });
    });
    return {
      pause: () => subscription.pause(),
      resume: () => subscription.resume(),
      cancel: () => subscription.unsubscribe(),
    };
  });
}

function feed(buffer: EventBuffer, open: (hearing: Hearing) => Source): Feed {
  let failure: Error | null = null;
  let ended = false;
  let held = false;
  let closed = false;
  let wake: (() => void) | null = null;
  const changed = () => wake?.();
  const source = open({
    event(event) {
      if (closed) return;
      buffer.add(event);
      if (buffer.full) {
        held = true;
        source.pause();
      }
      changed();
    },
    error(error) {
      failure ??= error;
      changed();
    },
    end() {
      ended = true;
      changed();
    },
  });

  /** Waits for any event of the source; false after `silenceMs` without one. */
  async function waitForChange(silenceMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const heard = await new Promise<boolean>((resolve) => {
      wake = () => resolve(true);
      timer = setTimeout(() => resolve(false), silenceMs);
    });
    clearTimeout(timer);
    wake = null;
    return heard;
  }

  return {
    async ready(silenceMs) {
      for (;;) {
        if (buffer.waiting) {
          // Events that arrive together go into one batch.
          await nextTurn();
          return 'more';
        }
        if (failure !== null) throw failure;
        if (ended) return 'ended';
        if (!(await waitForChange(silenceMs))) return 'silent';
      }
    },
    resume() {
      if (!held) return;
      held = false;
      source.resume();
    },
    async close() {
      closed = true;
      ended = true;
      changed();
      // The call ends only once its pending events have flowed; they are dropped.
      source.resume();
      await source.cancel().catch(() => undefined);
    },
  };
}

/** The error of a read that has been silent for too long. */
export const silentFor = (silenceMs: number) =>
  new LogUnavailable(`EventStoreDB has sent nothing for ${silenceMs} ms`);
