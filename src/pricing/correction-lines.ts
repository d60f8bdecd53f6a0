/**
 * The lines of a note: what a fresh rollup of a month bills less what the invoice and its earlier corrections
 * billed, line by line. For each key the invoice and all its corrections come to the fresh amount, so that
 * their totals are the fresh totals by construction.
 */
import type { BilledInvoice } from './invoice.ts';
import type { LineWithInputs } from './line-inputs.ts';
import { addCents, sumCents, sumDecimals, totalOf } from './money.ts';
import type { BilledLine, Json } from './types.ts';

/** A line that was billed: of the invoice, or of one of its corrections. */
export type BilledBefore = Pick<
  BilledLine,
  'deployment_id' | 'kind' | 'resource_kind' | 'description' | 'qty' | 'amount_cents'
> & { readonly meta: Readonly<Record<string, unknown>> };

/** A line of a note, with the fresh lines of its key that it follows from. */
export interface CorrectionLine {
  line: BilledLine;
  billed_cents: number;
  fresh_cents: number;
  fresh: LineWithInputs<BilledLine>[];
}

/** What lines come to, before, of and after tax. */
export interface NoteTotals {
  subtotal_cents: number;
  tax_cents: number;
  total_cents: number;
}

/**
 * What is compared: lines of one deployment, kind and resource kind that read the same. The description names
 * the plan version, the addon, the days and the tax rate; charges are told apart by their ids.
 */
export function correctionKey({
  deployment_id,
  kind,
  resource_kind,
  description,
  meta,
}: Pick<BilledBefore, 'deployment_id' | 'kind' | 'resource_kind' | 'description' | 'meta'>): string {
  const charge = kind === 'charge' ? (meta['charge_id'] ?? null) : null;
  return JSON.stringify([deployment_id, kind, resource_kind, description, charge]);
}

interface Compared {
  billed: BilledBefore[];
  fresh: LineWithInputs<BilledLine>[];
}

/**
 * The lines of the note that makes an invoice what a fresh rollup bills; none where no amount moved.
 * @param billed the invoice's lines, then those of its earlier corrections in their order
 * @param fresh null: a fresh rollup bills nothing
 * @throws {AmountTooLarge} for differences beyond the safe integers
 */
export function correctionLines(
  billed: readonly BilledBefore[],
  fresh: Pick<BilledInvoice, 'lines'> | null,
): CorrectionLine[] {
  const keys = new Map<string, Compared>();
  const at = (line: BilledBefore): Compared => {
    const key = correctionKey(line);
    const known = keys.get(key) ?? { billed: [], fresh: [] };
    keys.set(key, known);
    return known;
  };
  for (const made of fresh?.lines ?? []) at(made.line).fresh.push(made);
  for (const line of billed) at(line).billed.push(line);
  const moved = [...keys.values()].flatMap((compared) => movedLine(compared) ?? []);
  // The tax comes last, as on an invoice.
  return [
    ...moved.filter(({ line }) => line.kind !== 'tax'),
    ...moved.filter(({ line }) => line.kind === 'tax'),
  ];
}

/** What lines come to. */
export function noteTotals(lines: readonly Pick<BilledLine, 'kind' | 'amount_cents'>[]): NoteTotals {
  const tax = lines.filter(({ kind }) => kind === 'tax');
  const total_cents = totalOf(lines);
  const tax_cents = totalOf(tax);
  return { subtotal_cents: addCents(total_cents, -tax_cents), tax_cents, total_cents };
}

/** Null: the key comes to the same. */
function movedLine({ billed, fresh }: Compared): CorrectionLine | null {
  const billed_cents = totalOf(billed);
  const fresh_cents = totalOf(fresh.map(({ line }) => line));
  const amount_cents = addCents(fresh_cents, -billed_cents);
  const model = fresh[0]?.line ?? billed.at(-1);
  if (model === undefined) return null;
  const taxed = model.kind === 'tax' ? { subtotal_cents: movedSubtotal({ billed, fresh }) } : {};
  // A tax line says what it is a share of, also where its rounded amount stays.
  if (amount_cents === 0 && (taxed.subtotal_cents ?? 0) === 0) return null;
  const { deployment_id, kind, resource_kind, description, meta } = model;
  const line: BilledLine = {
    deployment_id,
    kind,
    resource_kind,
    description,
    qty: '1',
    unit: 'correction',
    unit_price_cents: amount_cents,
    amount_cents,
    meta: {
      ...(meta as Record<string, Json>),
      ...taxed,
      billed_cents,
      fresh_cents,
      billed_qty: billedQty(billed),
      fresh_qty: sumDecimals(fresh.map((made) => made.line.qty)),
    },
  };
  return { line, billed_cents, fresh_cents, fresh };
}

/** The quantity that was billed: of the last correction, or else of the invoice. */
function billedQty(billed: readonly BilledBefore[]): string {
  const corrected = billed.map(({ meta }) => meta['fresh_qty']).findLast((qty) => typeof qty === 'string');
  return typeof corrected === 'string' ? corrected : sumDecimals(billed.map(({ qty }) => qty));
}

/** By how much the amount that a tax is a share of has moved. */
function movedSubtotal({ billed, fresh }: Compared): number {
  const subtotalOf = (meta: Readonly<Record<string, unknown>>): number => {
    const cents = meta['subtotal_cents'];
    return typeof cents === 'number' ? cents : 0;
  };
  return addCents(
    sumCents(fresh.map(({ line }) => subtotalOf(line.meta))),
    -sumCents(billed.map(({ meta }) => subtotalOf(meta))),
  );
}
