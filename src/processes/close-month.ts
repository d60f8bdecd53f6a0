/** Closes a month: decides that it is issued, by its close list or by force, and rolls it up. */
import { refuseUnendedPeriod } from '../../commands/invoicing/issue-invoice.ts';
import { rolledUpMonthStream } from '../../commands/invoicing/rolled-up-month.ts';
import type { Db } from '../database/db.ts';
import { closeList } from '../invoicing/close-list.ts';
import type { CloseItem, CloseScope, DeadJobRun } from '../invoicing/close/close-item.ts';
import {
  blockingOf,
  decisionAmong,
  monthClose,
  monthProgress,
  type CloseDecision,
  type MonthClose,
} from '../invoicing/month-close.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { Refused, refuse, refuseField, type Refusal } from '../ledger/refusal.ts';
import { dayOf } from '../pricing/calendar.ts';
import { commands } from './commands.ts';
import type { ProcessDeps } from './process.ts';
import { rollUp, type RollUpResult } from './roll-up.ts';
import { watermarkBegins } from './watermark.ts';

/** What a close uses. */
export interface CloseDeps extends ProcessDeps {
  /** The runs that the schedule has given up on. */
  readonly deadRuns: (db: Db) => Promise<readonly DeadJobRun[]>;
}

/** A month to close. */
export interface CloseRequest {
  /** First day of the month. */
  period: string;
  /** Whatever stands in the way. */
  force: boolean;
  /** Needed with `force`, kept without it. */
  reason: string | null;
}

/** What the close of a month answers: its roll-up, and the decision, which may be an earlier one. */
export interface ClosedMonth extends RollUpResult {
  closed: CloseDecision;
}

/**
 * Records the decision to issue a month, before the first invoice, so that what a crash interrupts is
 * finished by the schedule, or by closing again, without asking the list once more. A month that is closed
 * keeps its first decision; one that was rolled up by hand is not judged by the list: nothing stands in the
 * way of invoices that are issued.
 * @throws {Refused} `period-not-ended`; `invalid-input` for `force` without a reason; `close-blocked` with
 * the whole list as `items`
 */
export async function decideClose(
  deps: CloseDeps,
  request: CloseRequest,
  meta: () => CommandMeta,
): Promise<CloseDecision> {
  const { ledger } = deps;
  const { period, force, reason } = request;
  const refusal =
    force && (reason ?? '').trim() === ''
      ? refuseField('reason', 'force needs a reason')
      : refuseUnendedPeriod(period, { today: dayOf(ledger.now()) });
  if (refusal !== null) throw new Refused(refusal);
  if ((await decisionOf(ledger, period)) === null) {
    const blocked_by = (await requireUnblocked(deps, request)).map(({ item }) => item);
    const decision = { period, forced: force, reason, blocked_by, unless_rolled_up: false };
    await ledger.execute(commands.closeMonth, decision, meta());
  }
  const closed = await decisionOf(ledger, period);
  if (closed === null) throw new Error(`${period} is not closed after it was closed`);
  return closed;
}

/**
 * Closes a month: decides, and rolls it up.
 * @throws {Refused} as {@link decideClose} does
 */
export async function closeMonth(
  deps: CloseDeps,
  request: CloseRequest,
  meta: () => CommandMeta,
): Promise<ClosedMonth> {
  const closed = await decideClose(deps, request, meta);
  return { ...(await rollUp(deps, { period: request.period }, meta)), closed };
}

/** Records that the schedule closes a month, unless it is closed or rolled up already. */
export async function closeBySchedule(ledger: Ledger, period: string, meta: CommandMeta): Promise<void> {
  const decision = { period, forced: false, reason: null, blocked_by: [], unless_rolled_up: true };
  await ledger.execute(commands.closeMonth, decision, meta);
}

async function decisionOf(ledger: Ledger, period: string): Promise<CloseDecision | null> {
  return decisionAmong(await ledger.events(rolledUpMonthStream(period)));
}

/**
 * What stands in the way of a close.
 * @throws {Refused} `close-blocked` where something does and it is not forced
 */
async function requireUnblocked(deps: CloseDeps, { period, force }: CloseRequest): Promise<CloseItem[]> {
  return deps.ledger.readLatest(async (db) => {
    if ((await monthProgress(db, period)).isRolledUp) return [];
    const items = await closeList(db, await closeScope(deps, db, period));
    const blocking = blockingOf(items);
    if (blocking.length > 0 && !force) throw new Refused(refuseBlocked(period, items));
    return blocking;
  });
}

function refuseBlocked(period: string, items: readonly CloseItem[]): Refusal {
  const names = blockingOf(items).map(({ item }) => item);
  return refuse(
    'close-blocked',
    `${period.slice(0, 7)} is blocked by ${names.join(', ')}: mend that, or close with force and a reason`,
    { extra: { items } },
  );
}

/** What the close list of a month is made from. */
export async function closeScope(
  { ledger, tax, digitalOcean, financeAr, deadRuns }: CloseDeps,
  db: Db,
  period: string,
): Promise<CloseScope> {
  return {
    period,
    currency: ledger.currency,
    seedTax: tax,
    today: dayOf(ledger.now()),
    begins: await watermarkBegins(db),
    hasProvider: digitalOcean !== null,
    financeAr,
    deadRuns: await deadRuns(db),
  };
}

/** How far a month is, with its close list. */
export async function readMonthClose(deps: CloseDeps, period: string): Promise<MonthClose> {
  return deps.ledger.read(async (db) => monthClose(db, await closeScope(deps, db, period)));
}
