import type { Sql } from '../database/db.ts';
import { readJournal } from '../journal/read-journal.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Projection } from './projection.ts';
import { createClaims, type Checkpoint, type Claims } from './projector-claims.ts';
import { foldPage, writePage } from './projector-batch.ts';
import { supervise, type Supervised } from '../database/supervise.ts';
import type { RecordedEvent } from '../events/define.ts';

/** The most events in a batch. */
const BATCH = 5_000;
/** The longest delay after a lost notification. */
const POLL_MS = 1_000;
/** How often a runner looks for projections that it may feed. */
const JOIN_MS = 1_000;

/**
 * Starts the projections' runner. Each projection has one active runner among all processes (an advisory
 * lock); usually one process feeds all. It reads the journal once, and commits rows and checkpoint in one
 * transaction. Safety does not rest on the locks: a batch first moves the checkpoint from exactly where it
 * began, or rolls back.
 * @param locks the session that holds the locks
 */
export function startProjector(
  sql: Sql,
  locks: Sql,
  projections: readonly Projection[],
  logger: Logger,
): Supervised {
  return supervise(
    locks,
    {
      name: 'projections',
      lock: null,
      run: (signal) => runProjections(sql, locks, projections, logger, signal),
    },
    logger,
  );
}

/** `ring` ends the wait under way, or the next one. */
function createBell(signal: AbortSignal) {
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = () => {
    rung = true;
    wake?.();
  };
  signal.addEventListener('abort', ring, { once: true });
  return {
    ring,
    async wait(ms: number): Promise<void> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
      wake = undefined;
    },
  };
}

async function runProjections(
  sql: Sql,
  locks: Sql,
  projections: readonly Projection[],
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(signal);
  const claims = createClaims(sql, locks, projections);
  const listener = await sql.listen('journal', bell.ring, bell.ring);
  try {
    await followJournal(sql, claims, logger, signal, bell);
  } finally {
    await claims.release();
    await listener.unlisten();
  }
}

/**
 * Follows the journal. While the database writes one page, the next is read, folded and encoded; it is sent
 * only after the one before is committed.
 */
async function followJournal(
  sql: Sql,
  claims: Claims,
  logger: Logger,
  signal: AbortSignal,
  bell: ReturnType<typeof createBell>,
): Promise<void> {
  let state: Checkpoint[] = [];
  let joinAt = Number.NEGATIVE_INFINITY;
  let ahead: Prefetch | undefined;
  let writing: Promise<Set<Projection>> | undefined;
  /**
   * Waits for the page under way, and removes a projection that it parked.
   * @returns whether no projection was parked: else pages folded meanwhile are void
   */
  const written = async (): Promise<boolean> => {
    const parked = await writing;
    writing = undefined;
    if (parked === undefined || parked.size === 0) return true;
    state = state.filter(({ projection }) => !parked.has(projection));
    return false;
  };
  try {
    while (!signal.aborted) {
      if (performance.now() >= joinAt) {
        // A projection parked by the page under way must not be taken for a rebuilt one.
        await written();
        state = [...state, ...(await claims.join(state))];
        joinAt = performance.now() + JOIN_MS;
      }
      const { group, from, limit } = nextGroup(state);
      const events =
        group.length === 0
          ? []
          : ahead?.from === from && ahead.limit === limit
            ? await ahead.events
            : await readJournal(sql, from, limit);
      ahead = undefined;
      const last = events[events.length - 1];
      if (last === undefined) {
        await written();
        await bell.wait(POLL_MS);
        continue;
      }
      if (events.length === limit && limit === BATCH) ahead = prefetch(sql, last.position, limit);
      const page = foldPage(group, from, events);
      if (!(await written())) continue;
      writing = writePage(sql, page, logger);
      // A failure is thrown where it is awaited.
      writing.catch(() => undefined);
      state = state.map((entry) =>
        group.includes(entry.projection) ? { ...entry, position: last.position } : entry,
      );
    }
  } finally {
    await written();
  }
}

interface Prefetch {
  from: number;
  limit: number;
  events: Promise<RecordedEvent[]>;
}

function prefetch(sql: Sql, from: number, limit: number): Prefetch {
  const events = readJournal(sql, from, limit);
  // A failure is thrown where the page is awaited.
  events.catch(() => undefined);
  return { from, limit, events };
}

/** The projections furthest behind, up to the position of the next ones, which then join them. */
function nextGroup(state: readonly Checkpoint[]): { group: Projection[]; from: number; limit: number } {
  const from = Math.min(...state.map((entry) => entry.position));
  const ahead = state.map((entry) => entry.position).filter((position) => position > from);
  return {
    group: state.filter((entry) => entry.position === from).map((entry) => entry.projection),
    from,
    // Positions have no gaps, so a distance is a count of events.
    limit: Math.min(BATCH, ...ahead.map((position) => position - from)),
  };
}
