import { z } from 'zod';

const day = z.iso.date();
const cents = z.int();

const line = z.strictObject({
  line_no: z.int().positive(),
  description: z.string(),
  kind: z.string(),
  amount_minor: cents,
  is_tax: z.boolean(),
});

const sum = (lines: readonly { amount_minor: number }[]): number =>
  lines.reduce((total, { amount_minor }) => total + amount_minor, 0);

/**
 * The body of POST /api/v1/integrations/cloud/import-ar-invoice, with the books checked: gross is net plus
 * tax, both are the sums of their lines (a payment has none), what no longer counts comes to nothing, and a
 * credit note is not positive.
 */
export const importArBody = z
  .strictObject({
    tenant_id: z.literal('platform-admin'),
    source: z.literal('arcadia-cloud'),
    external_id: z.guid(),
    kind: z.enum(['invoice', 'credit_note', 'debit_note', 'payment']),
    status: z.enum(['issued', 'void', 'received', 'reversed']),
    customer: z.strictObject({
      tenant_id: z.string().min(1),
      legal_name: z.string().nullable(),
      tax_id: z.string().nullable(),
    }),
    number: z.string().nullable(),
    issued_on: day,
    due_on: day.nullable(),
    period_start: day.nullable(),
    period_end: day.nullable(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    refers_to: z.string().nullable(),
    amount_net_minor: cents,
    amount_tax_minor: cents,
    amount_gross_minor: cents,
    lines: z.array(line),
  })
  .superRefine((body, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const { kind, status, lines } = body;
    const isPayment = kind === 'payment';
    if (isPayment !== (status === 'received' || status === 'reversed'))
      refuse('status', 'not a status of this kind');
    if (isPayment !== (body.number === null)) refuse('number', 'all but payments have a number');
    if (body.amount_gross_minor !== body.amount_net_minor + body.amount_tax_minor)
      refuse('amount_gross_minor', 'gross is not net plus tax');
    if (!isPayment && body.amount_tax_minor !== sum(lines.filter(({ is_tax }) => is_tax)))
      refuse('amount_tax_minor', 'tax is not the sum of the tax lines');
    if (!isPayment && body.amount_net_minor !== sum(lines.filter(({ is_tax }) => !is_tax)))
      refuse('amount_net_minor', 'net is not the sum of the other lines');
    if ((status === 'void' || status === 'reversed') && body.amount_gross_minor !== 0)
      refuse('amount_gross_minor', 'it no longer counts');
    if (kind === 'credit_note' && body.amount_gross_minor > 0)
      refuse('amount_gross_minor', 'a credit note is not positive');
    if ((kind === 'credit_note' || kind === 'debit_note') && body.refers_to === null)
      refuse('refers_to', 'a note corrects an invoice');
    if (new Set(lines.map(({ line_no }) => line_no)).size !== lines.length)
      refuse('lines', 'a line number repeats');
  });

export type ImportArBody = z.infer<typeof importArBody>;
