/**
 * The body of an import of a tenant's document (spec 18). Amounts are integers in the currency's minor unit;
 * those of a credit note are negative.
 */
export interface ArPayload {
  tenant_id: 'platform-admin';
  source: 'arcadia-cloud';
  external_id: string;
  kind: 'invoice' | 'credit_note' | 'debit_note' | 'payment';
  /** `void` and `reversed` documents count no more: all their amounts are 0. */
  status: 'issued' | 'void' | 'received' | 'reversed';
  customer: { tenant_id: string; legal_name: string | null; tax_id: string | null };
  /** Null for a payment. */
  number: string | null;
  /** Days: of the issue or the receipt, and the last one to pay (null for a payment). */
  issued_on: string;
  due_on: string | null;
  /** First and inclusive last day of the month; null for a payment. */
  period_start: string | null;
  period_end: string | null;
  currency: string;
  /** The number of the invoice that a note corrects or a payment is for. */
  refers_to: string | null;
  amount_net_minor: number;
  amount_tax_minor: number;
  amount_gross_minor: number;
  lines: ArLine[];
}

export interface ArLine {
  line_no: number;
  description: string;
  kind: string;
  amount_minor: number;
  is_tax: boolean;
}

/** A field of finance's copy that is not as it was sent. Of a personal field both values are null. */
export interface ArDifference {
  field: string;
  ours: string | number | boolean | null;
  theirs: string | number | boolean | null;
}

/** The most differences of one document that are kept. */
const mostDifferences = 50;

/** Text of finance that is kept is cut to so many characters. */
const longestText = 200;

const personal: ReadonlySet<string> = new Set(['customer.legal_name', 'customer.tax_id']);

/**
 * Where finance's copy of a document differs, field by field; it may have more fields. In another currency
 * its amounts mean nothing: then the currency alone is named.
 * @param theirs any JSON
 */
export function compareAr(ours: ArPayload, theirs: unknown): ArDifference[] {
  const { currency } = ours;
  if (memberOf(theirs, 'currency') !== currency)
    return [difference('currency', currency, memberOf(theirs, 'currency'), ours)];
  const found: ArDifference[] = [];
  collect('', ours, theirs, ours, found);
  return found.slice(0, mostDifferences);
}

function collect(
  path: string,
  ours: unknown,
  theirs: unknown,
  whole: ArPayload,
  found: ArDifference[],
): void {
  if (ours === null || typeof ours !== 'object') {
    if (theirs !== ours) found.push(difference(path, ours, theirs, whole));
    return;
  }
  const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (Array.isArray(ours) && (!Array.isArray(theirs) || theirs.length !== ours.length)) {
    found.push(difference(inside('length'), ours.length, memberOf(theirs, 'length'), whole));
    return;
  }
  for (const [name, value] of Object.entries(ours))
    collect(inside(name), value, memberOf(theirs, name), whole, found);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}

function difference(field: string, ours: unknown, theirs: unknown, { customer }: ArPayload): ArDifference {
  if (personal.has(field)) return { field, ours: null, theirs: null };
  const names = [customer.legal_name, customer.tax_id].filter((name) => name !== null);
  const kept = plain(theirs);
  const isPersonal = typeof kept === 'string' && names.some((name) => name !== '' && kept.includes(name));
  return { field, ours: plain(ours), theirs: isPersonal ? null : kept };
}

function plain(value: unknown): ArDifference['ours'] {
  switch (typeof value) {
    case 'string':
      return value.replaceAll('\u0000', '').slice(0, longestText).toWellFormed();
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    default:
      return null;
  }
}
