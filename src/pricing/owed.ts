import { dayOf } from './calendar.ts';
import { addCents } from './money.ts';

/** A change of an amount, which counts from a day on. Signed integer cents. */
export interface DatedCents {
  on: string;
  cents: number;
}

/** One issue of an invoice. */
export interface OwedIssue {
  issue_no: number;
  issued_at: string;
  total_cents: number;
  due_on: string;
  /** Null: it was not voided. */
  voided_at: string | null;
}

/** A debit note of an issue: it adds to what is owed. */
export interface OwedNote {
  issue_no: number;
  issued_at: string;
  total_cents: number;
  due_on: string;
}

/** What is owed for an invoice over its life. */
export interface OwedFacts {
  /** In order; the last one is in force. */
  issues: readonly OwedIssue[];
  debit_notes: readonly OwedNote[];
  /** When an earlier version recorded that it was paid as a whole; null: it did not. */
  paid_whole_at: string | null;
}

/** When an issue no longer counts: it was voided, or the next one replaced it. Null: it counts. */
function endOfIssue(issues: readonly OwedIssue[], index: number): string | null {
  return issues[index]?.voided_at ?? issues[index + 1]?.issued_at ?? null;
}

/**
 * How what is owed for an invoice changed, by day: an issue adds its total until it is voided or replaced,
 * its debit notes add theirs, and a payment that an earlier version recorded takes the whole total.
 */
export function owedChanges({ issues, debit_notes, paid_whole_at }: OwedFacts): DatedCents[] {
  const changes: DatedCents[] = [];
  const add = (instant: string, cents: number): void => {
    if (cents !== 0) changes.push({ on: dayOf(instant), cents });
  };
  issues.forEach((issue, index) => {
    const end = endOfIssue(issues, index);
    add(issue.issued_at, issue.total_cents);
    if (end !== null) add(end, -issue.total_cents);
    for (const note of debit_notes) {
      if (note.issue_no !== issue.issue_no) continue;
      add(note.issued_at, note.total_cents);
      if (end !== null) add(end, -note.total_cents);
    }
  });
  const last = issues.at(-1);
  if (paid_whole_at !== null && last !== undefined) add(paid_whole_at, -last.total_cents);
  return changes;
}

/** An amount over time: changes by day. */
export class Timeline {
  /** Sum of changes by day, in the order of days. */
  #days: DatedCents[] = [];

  constructor(changes: Iterable<DatedCents> = []) {
    for (const { on, cents } of changes) this.add(on, cents);
  }

  add(on: string, cents: number): void {
    const index = this.#days.findIndex((day) => day.on >= on);
    const found = this.#days[index];
    if (found?.on === on) found.cents = addCents(found.cents, cents);
    else this.#days.splice(index < 0 ? this.#days.length : index, 0, { on, cents });
  }

  /** Days of changes, in order. */
  days(): string[] {
    return this.#days.map(({ on }) => on);
  }

  /** The amount after all changes. */
  last(): number {
    return this.#days.reduce((sum, { cents }) => addCents(sum, cents), 0);
  }

  /** The amount at the end of a day. */
  on(day: string): number {
    return this.#days.reduce((sum, { on, cents }) => (on > day ? sum : addCents(sum, cents)), 0);
  }

  /** The least amount on this day and on every later one. */
  leastFrom(day: string): number {
    let sum = 0;
    let least: number | null = null;
    for (const { on, cents } of this.#days) {
      if (on > day) least = least === null ? sum : Math.min(least, sum);
      sum = addCents(sum, cents);
    }
    return least === null ? sum : Math.min(least, sum);
  }

  /** The first day on which the amount is below zero, and by how much; null: it never is. */
  firstBelowZero(): DatedCents | null {
    let sum = 0;
    for (const { on, cents } of this.#days) {
      sum = addCents(sum, cents);
      if (sum < 0) return { on, cents: -sum };
    }
    return null;
  }
}
