import type { Sql } from '../database/db.ts';
import { readJournalPage, type JournalPage } from '../journal/journal-pages.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Projection } from './projection.ts';
import { createClaims, type Checkpoint, type Claims } from './projector-claims.ts';
import { addToBatch, emptyBatch, encodeBatch, writeBatch, type Batch } from './projector-batch.ts';
import { supervise, type Supervised } from '../database/supervise.ts';

/** The most events in a batch, which is one transaction. */
const BATCH = 5_000;
/** The most events in a page, which are in memory at once. */
const PAGE = 1_000;
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
    await followJournal(sql, projections, claims, logger, signal, bell);
  } finally {
    await claims.release();
    await listener.unlisten();
  }
}

/**
 * Follows the journal. While the database writes one batch, the next is read, folded and encoded; it is sent
 * only after the one before is committed.
 */
async function followJournal(
  sql: Sql,
  projections: readonly Projection[],
  claims: Claims,
  logger: Logger,
  signal: AbortSignal,
  bell: ReturnType<typeof createBell>,
): Promise<void> {
  const types = new Set(projections.flatMap(({ on }) => Object.keys(on)));
  const journal = createReadAhead(sql, types);
  let state: Checkpoint[] = [];
  let joinAt = Number.NEGATIVE_INFINITY;
  let writing: Promise<Set<Projection>> | undefined;
  /**
   * Waits for the batch under way, and removes a projection that it parked.
   * @returns whether no projection was parked: else what was folded meanwhile is void
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
        // A projection parked by the batch under way must not be taken for a rebuilt one.
        await written();
        state = [...state, ...(await claims.join(state))];
        joinAt = performance.now() + JOIN_MS;
      }
      const { group, from, limit } = nextGroup(state);
      const batch = emptyBatch(group, from);
      if (group.length > 0) await gather(journal, batch, limit);
      if (batch.to === from) {
        await written();
        await bell.wait(POLL_MS);
        continue;
      }
      const encoded = encodeBatch(batch);
      if (!(await written())) continue;
      writing = writeBatch(sql, encoded, logger);
      // A failure is thrown where it is awaited.
      writing.catch(() => undefined);
      state = state.map((entry) =>
        group.includes(entry.projection) ? { ...entry, position: batch.to } : entry,
      );
    }
  } finally {
    await written();
  }
}

/**
 * Folds the next events into an empty batch, page by page, so that few of them are in memory at once.
 * @param limit the most events
 */
async function gather(journal: ReadAhead, batch: Batch, limit: number): Promise<void> {
  for (let left = limit; left > 0;) {
    const most = Math.min(PAGE, left);
    const page = await journal.after(batch.to, most);
    if (page === null) return;
    addToBatch(batch, page.events, page.to);
    if (page.count < most) return;
    left -= page.count;
  }
}

type ReadAhead = ReturnType<typeof createReadAhead>;

/** Reads pages of the journal, and after a whole page the next one before it is asked for. */
function createReadAhead(sql: Sql, types: ReadonlySet<string>) {
  let ahead: { from: number; page: Promise<JournalPage | null> } | undefined;
  const read = (after: number, limit: number) => readJournalPage(sql, { after, limit, types });
  return {
    /** At most `most` events after a position. */
    async after(from: number, most: number): Promise<JournalPage | null> {
      const page = await (most === PAGE && ahead?.from === from ? ahead.page : read(from, most));
      ahead = undefined;
      if (page?.count === PAGE) {
        ahead = { from: page.to, page: read(page.to, PAGE) };
        // A failure is thrown where the page is awaited.
        ahead.page.catch(() => undefined);
      }
      return page;
    },
  };
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
