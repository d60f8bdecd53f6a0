import { addCents } from './money.ts';

/** What a statement lists: what was owed and what was paid. */
export const statementKinds = [
  'opening_balance',
  'invoice',
  'reissue',
  'void',
  'debit_note',
  'credit_note',
  'payment',
  'refund',
  'reversal',
] as const;
export type StatementKind = (typeof statementKinds)[number];

/** A change of what a tenant owes. Positive: it owes more. */
export interface StatementChange {
  on: string;
  /** When it happened, for the order within a day. */
  at: string;
  kind: StatementKind;
  description: string;
  amount_cents: number;
  invoice_id: string | null;
  correction_id: string | null;
  payment_id: string | null;
}

/** A line of a statement, with what is owed after it. */
export type StatementEntry = Omit<StatementChange, 'at'> & { balance_cents: number };

/** A tenant's account between two days, both included. Negative balances are credit. */
export interface Statement {
  from: string;
  to: string;
  opening_cents: number;
  entries: StatementEntry[];
  closing_cents: number;
}

/** One issue of an invoice, as statements need it. */
export interface StatementIssue {
  invoice_id: string;
  issue_no: number;
  issued_at: string;
  total_cents: number;
  voided_at: string | null;
  /** When an earlier version recorded that the invoice was paid as a whole. */
  paid_at: string | null;
  /** With the suffix of a reissue; null: it has none. */
  number: string | null;
  period_start: string;
}

/** A debit note, as statements need it. */
export interface StatementNote {
  correction_id: string;
  invoice_id: string;
  issue_no: number;
  issued_at: string;
  total_cents: number;
  number: string | null;
}

/** An entry of the account. */
export interface StatementMoney {
  kind: 'payment' | 'credit_note' | 'opening_credit' | 'opening_balance' | 'refund' | 'reversal';
  source_id: string;
  amount_cents: number;
  counts_on: string;
  recorded_at: string;
  /** Of a payment. */
  method: string | null;
  /** Of a credit note. */
  number: string | null;
  invoice_id: string | null;
}

/** What a statement is made of; issues by invoice and in their order. */
export interface StatementFacts {
  issues: readonly StatementIssue[];
  debit_notes: readonly StatementNote[];
  money: readonly StatementMoney[];
}

const none = { invoice_id: null, correction_id: null, payment_id: null };
const dayAt = (at: string): { on: string; at: string } => ({ on: at.slice(0, 10), at });
const named = (what: string, number: string | null): string => (number === null ? what : `${what} ${number}`);

/** What an issue changes when it replaces the one before, or is voided. */
function issueChanges(
  issue: StatementIssue,
  before: StatementIssue | undefined,
  notes: readonly StatementNote[],
): StatementChange[] {
  const { invoice_id, number, period_start, total_cents } = issue;
  const month = `for ${period_start.slice(0, 7)}`;
  const notesOf = (one: StatementIssue): number =>
    notes
      .filter((note) => note.invoice_id === invoice_id && note.issue_no === one.issue_no)
      .reduce((sum, note) => addCents(sum, note.total_cents), 0);
  const isReissue = before !== undefined && before.voided_at === null;
  const replaced = isReissue ? addCents(before.total_cents, notesOf(before)) : 0;
  const changes: StatementChange[] = [
    {
      ...none,
      ...dayAt(issue.issued_at),
      kind: isReissue ? 'reissue' : 'invoice',
      description: `${named(isReissue ? 'Reissue of invoice' : 'Invoice', number)} ${month}`,
      amount_cents: total_cents - replaced,
      invoice_id,
    },
  ];
  if (issue.voided_at !== null)
    changes.push({
      ...none,
      ...dayAt(issue.voided_at),
      kind: 'void',
      description: `${named('Void of invoice', number)} ${month}`,
      amount_cents: -addCents(total_cents, notesOf(issue)),
      invoice_id,
    });
  if (issue.paid_at !== null)
    changes.push({
      ...none,
      ...dayAt(issue.paid_at),
      kind: 'payment',
      description: `${named('Payment of invoice', number)} ${month}`,
      amount_cents: -total_cents,
      invoice_id,
    });
  return changes;
}

/** What money that came in or went out changes. */
function moneyChange(money: StatementMoney): StatementChange {
  const { source_id, amount_cents, counts_on: on, recorded_at: at, method, number, invoice_id } = money;
  const change = { ...none, on, at, amount_cents: -amount_cents };
  const payment_id = method === null ? null : source_id;
  const by = method === null ? '' : ` (${method.replaceAll('_', ' ')})`;
  switch (money.kind) {
    case 'payment':
      return { ...change, kind: 'payment', description: `Payment${by}`, payment_id };
    case 'refund':
      return { ...change, kind: 'refund', description: 'Refund', payment_id };
    case 'reversal':
      return { ...change, kind: 'reversal', description: `Reversal of payment${by}`, payment_id };
    case 'credit_note': {
      const description = named('Credit note', number);
      return { ...change, kind: 'credit_note', description, correction_id: source_id, invoice_id };
    }
    case 'opening_credit':
      return { ...change, kind: 'opening_balance', description: 'Opening balance' };
    case 'opening_balance':
      return { ...change, kind: 'opening_balance', description: 'Opening balance', amount_cents };
  }
}

const byTime = (a: StatementChange, b: StatementChange): number =>
  a.on === b.on ? (a.at < b.at ? -1 : a.at > b.at ? 1 : 0) : a.on < b.on ? -1 : 1;

/** All changes of what a tenant owes, in the order of days. */
export function statementChanges({ issues, debit_notes, money }: StatementFacts): StatementChange[] {
  const issued = issues.flatMap((issue, index) => {
    const before = issues[index - 1];
    return issueChanges(issue, before?.invoice_id === issue.invoice_id ? before : undefined, debit_notes);
  });
  const notes = debit_notes.map((note): StatementChange => ({
    ...none,
    ...dayAt(note.issued_at),
    kind: 'debit_note',
    description: named('Debit note', note.number),
    amount_cents: note.total_cents,
    invoice_id: note.invoice_id,
    correction_id: note.correction_id,
  }));
  return [...issued, ...notes, ...money.map(moneyChange)].sort(byTime);
}

/** The statement of an account between two days, both included. The next one opens with what this closes. */
export function statement(facts: StatementFacts, { from, to }: { from: string; to: string }): Statement {
  let balance_cents = 0;
  let opening_cents = 0;
  const entries: StatementEntry[] = [];
  for (const { at: _at, ...change } of statementChanges(facts)) {
    if (change.on > to) break;
    balance_cents = addCents(balance_cents, change.amount_cents);
    if (change.on < from) opening_cents = balance_cents;
    else entries.push({ ...change, balance_cents });
  }
  return { from, to, opening_cents, entries, closing_cents: balance_cents };
}
