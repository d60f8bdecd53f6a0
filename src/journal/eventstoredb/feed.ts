import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AllStreamResolvedEvent, EventStoreDBClient, Position } from '@eventstore/db-client';
import { LogUnavailable } from '../event-log.ts';
import type { EventBuffer } from './event-buffer.ts';

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

interface Source {
  on(event: 'data', listener: (event: AllStreamResolvedEvent) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

const placeOf = (position: bigint): Position => ({ commit: position, prepare: position });

/** Reads from a position (inclusive; null: the start) to the log's end. */
export function readToEnd(client: EventStoreDBClient, from: bigint | null, buffer: EventBuffer): Feed {
  const read = client.readAll({ fromPosition: from === null ? 'start' : placeOf(from) });
  return feed(read, () => read.cancel(), buffer);
}

/**
 * Subscribes to all events after a position; with a filter the server would not report that the end is
 * reached.
 */
export function subscribe(client: EventStoreDBClient, after: bigint | null, buffer: EventBuffer): Feed {
  const subscription = client.subscribeToAll({ fromPosition: after === null ? 'start' : placeOf(after) });
  return feed(subscription, () => subscription.unsubscribe(), buffer);
}

function feed(source: Source, cancel: () => Promise<void>, buffer: EventBuffer): Feed {
  let failure: Error | null = null;
  let ended = false;
  let held = false;
  let closed = false;
  let wake: (() => void) | null = null;
  const changed = () => wake?.();
  source.on('data', (event) => {
    if (closed) return;
    buffer.add(event);
    if (buffer.full) {
      held = true;
      source.pause();
    }
    changed();
  });
  // The listener stays: without one, a late error would end the process.
  source.on('error', (error) => {
    failure ??= error;
    changed();
  });
  source.on('end', () => {
    ended = true;
    changed();
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
      await cancel().catch(() => undefined);
    },
  };
}

/** The error of a read that has been silent for too long. */
export const silentFor = (silenceMs: number) =>
  new LogUnavailable(`EventStoreDB has sent nothing for ${silenceMs} ms`);
