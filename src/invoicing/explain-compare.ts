/** Compares an issue as it is stored and shown with what its inputs make and with what was recorded. */
import type { InvoiceLineRow, InvoiceRow, IssueRow } from '../../projections/invoicing/invoice-queries.ts';
import { canonicalJson } from '../runtime/canonical-json.ts';
import type { BilledLine } from '../pricing/types.ts';
import type { LineWithInputs } from '../pricing/line-inputs.ts';
import { canonicalDecimal } from '../pricing/money.ts';
import { groupBy } from '../runtime/group-by.ts';
import type { IssueData } from './rederive.ts';

/** A stored line beside the one that its inputs make. */
interface ComparedLine {
  stored: InvoiceLineRow;
  /** Null: the inputs make no such line. */
  derived: LineWithInputs<BilledLine> | null;
  /** Every field is the same, not the amount alone. */
  matches: boolean;
}

export interface ComparedLines {
  lines: ComparedLine[];
  /** Lines that the inputs make and the invoice lacks. */
  missing: BilledLine[];
}

/** What a line is for; a charge is known by its id. */
const subjectOf = (
  line: Pick<InvoiceLineRow, 'deployment_id' | 'kind' | 'resource_kind'> & { meta: unknown },
): string => {
  const { deployment_id, kind, resource_kind, meta } = line;
  const charge = kind === 'charge' && typeof meta === 'object' && meta !== null && 'charge_id' in meta;
  return JSON.stringify([deployment_id, kind, resource_kind, charge ? meta.charge_id : null]);
};

/**
 * Puts stored and derived lines side by side: by deployment, kind and resource kind, or by charge,
 * several such in their order.
 */
export function compareIssueLines(
  stored: readonly InvoiceLineRow[],
  derived: readonly LineWithInputs<BilledLine>[],
): ComparedLines {
  const left = groupBy(derived, ({ line }) => subjectOf(line));
  const lines = stored.map((line): ComparedLine => {
    const made = left.get(subjectOf(line))?.shift() ?? null;
    const { line_no: _place, ...content } = line;
    const matches = made !== null && canonicalJson(content) === canonicalJson(made.line);
    return { stored: line, derived: made, matches };
  });
  return { lines, missing: [...left.values()].flat().map(({ line }) => line) };
}

/** What the read models show of an issue: its own row and, for the one in force, the invoice's. */
export interface ShownIssue {
  issue: IssueRow | null;
  invoice: InvoiceRow | null;
}

/** Whether the read models show an issue as it was recorded. */
export function isAsRecorded(recorded: IssueData, { issue, invoice }: ShownIssue): boolean {
  if (issue === null) return false;
  const { issue_no, subtotal_cents, tax_cents, total_cents, lines_hash, inputs_position, issued_at } =
    recorded;
  const kept = { issue_no, subtotal_cents, tax_cents, total_cents, inputs_position, issued_at };
  const { voided_at: _voidedAt, void_reason: _reason, ...issued } = issue;
  if (canonicalJson(issued) !== canonicalJson({ ...kept, lines_hash })) return false;
  if (invoice === null) return true;
  const {
    tenant_id,
    period_start,
    period_end,
    currency,
    tax_name,
    tax_rate,
    unpriced,
    unbilled = [],
    unmetered = [],
  } = recorded;
  const fields = {
    ...kept,
    id: recorded.invoice_id,
    tenant_id,
    period_start,
    period_end,
    currency,
    tax_name,
    tax_rate: canonicalDecimal(tax_rate),
    unpriced,
    unbilled,
    unmetered,
  };
  return Object.entries(fields).every(
    ([name, value]) => canonicalJson(value) === canonicalJson(invoice[name as keyof typeof fields]),
  );
}
