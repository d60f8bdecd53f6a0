// Every process that uses a shared server watches it: after a crash one of them restarts it.
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../runtime/logger.ts';
import { logTail } from './log-tail.ts';

/** A server's process, and whether it still serves. */
export type WatchedServer = { pid: number; isThere: () => Promise<boolean> };

export type WatchOptions = {
  /** Begins log messages, as `the private Redis`. */
  name: string;
  server: WatchedServer;
  /** Restarts the server, or finds it restarted; null once this process has left it. */
  again: () => Promise<(WatchedServer & { started: boolean }) | null>;
  logger: Logger;
  /** The server's log; its end is in messages about a server that keeps ending. */
  logFile: string;
  times?: Partial<WatchTimes>;
};

/** In milliseconds. */
type WatchTimes = {
  lookMs: number;
  /** The pause before the second try in a row, doubled with each further one … */
  firstPauseMs: number;
  /** … up to this. */
  mostPauseMs: number;
  /** After running for so long, crashes are counted anew. */
  steadyMs: number;
};

/** On other systems than Linux each look runs a program. */
const usualTimes: WatchTimes = {
  lookMs: process.platform === 'linux' ? 500 : 2_000,
  firstPauseMs: 1_000,
  mostPauseMs: 30_000,
  steadyMs: 60_000,
};
/** So many crashes in a row are an error, logged with the end of the server's log. */
const keepsEnding = 3;

/**
 * Watches a server until `stop`, and restarts it when it has ended: at once the first time, then at growing
 * intervals. It keeps no process alive.
 */
export function watchServer(options: WatchOptions): { stop: () => void } {
  const stopping = new AbortController();
  watch(options, { ...usualTimes, ...options.times }, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) options.logger.error({ err: error }, `${options.name} is watched no more`);
  });
  return {
    stop: () => stopping.abort(),
  };
}

/**
 * `watch` begins at its first call; `stop` ends it and leaves the server.
 * @param begin as {@link watchServer}
 */
export function watchUntilLeft(
  leave: () => Promise<void>,
  begin: (logger: Logger) => { stop: () => void },
): { watch: (logger: Logger) => void; stop: () => Promise<void> } {
  let watching: { stop: () => void } | null = null;
  return {
    watch: (logger) => {
      watching ??= begin(logger);
    },
    stop: async () => {
      watching?.stop();
      await leave();
    },
  };
}

async function watch(options: WatchOptions, times: WatchTimes, signal: AbortSignal): Promise<void> {
  let server: WatchedServer = options.server;
  let ends = 0;
  let changedAt = performance.now();
  for (;;) {
    await delay(times.lookMs, undefined, { signal, ref: false });
    if (await server.isThere()) continue;
    signal.throwIfAborted();
    ends = performance.now() - changedAt > times.steadyMs ? 1 : ends + 1;
    const pauseMs = ends === 1 ? 0 : Math.min(times.firstPauseMs * 2 ** (ends - 2), times.mostPauseMs);
    await reportEnd(options, server.pid, ends, pauseMs);
    await delay(pauseMs, undefined, { signal, ref: false });
    try {
      const found = await options.again();
      if (found === null) return;
      server = found;
      options.logger.info(
        { pid: found.pid },
        `${options.name} runs again${found.started ? '' : ', started by another process'}`,
      );
    } catch (error) {
      options.logger.error({ err: error }, `${options.name} could not be started again`);
    }
    changedAt = performance.now();
  }
}

async function reportEnd(
  { name, logger, logFile }: WatchOptions,
  pid: number,
  ends: number,
  pauseMs: number,
): Promise<void> {
  if (ends < keepsEnding) {
    logger.warn({ pid }, `${name} has ended unasked and is started again`);
    return;
  }
  const members = { pid, times: ends, next_try_in_ms: pauseMs, server_log: await logTail(logFile) };
  logger.error(members, `${name} keeps ending; it is started again after a pause`);
}
