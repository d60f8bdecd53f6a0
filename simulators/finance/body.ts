import { z } from 'zod';

const day = z.iso.date();
const cents = z.int();

/** A line of the import, in cents. */
const line = z.strictObject({
  line_no: z.int().positive(),
  description: z.string(),
  kind: z.string().nullable(),
  amount_minor: cents,
  is_tax: z.boolean(),
});

const sum = (lines: readonly { amount_minor: number }[]): number =>
  lines.reduce((total, { amount_minor }) => total + amount_minor, 0);

/**
 * The body of POST /api/v1/integrations/cloud/import-invoice, with the books checked: tax is the sum of the
 * tax lines, net of all others, gross of both; line numbers do not repeat; the period does not end before it
 * starts.
 */
export const importInvoiceBody = z
  .strictObject({
    tenant_id: z.literal('platform-admin'),
    source: z.literal('digitalocean'),
    external_id: z.guid(),
    vendor: z.strictObject({ name: z.literal('DigitalOcean'), category: z.literal('cloud') }),
    period_start: day,
    period_end: day,
    currency: z.string().regex(/^[A-Z]{3}$/),
    amount_gross_minor: cents,
    amount_net_minor: cents,
    amount_tax_minor: cents,
    lines: z.array(line),
  })
  .superRefine((body, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const tax = body.lines.filter(({ is_tax }) => is_tax);
    const rest = body.lines.filter(({ is_tax }) => !is_tax);
    if (body.amount_gross_minor !== body.amount_net_minor + body.amount_tax_minor)
      refuse('amount_gross_minor', 'gross is not net plus tax');
    if (body.amount_tax_minor !== sum(tax)) refuse('amount_tax_minor', 'tax is not the sum of the tax lines');
    if (body.amount_net_minor !== sum(rest))
      refuse('amount_net_minor', 'net is not the sum of the other lines');
    if (new Set(body.lines.map(({ line_no }) => line_no)).size !== body.lines.length)
      refuse('lines', 'a line number repeats');
    if (body.period_end < body.period_start) refuse('period_end', 'the period ends before it starts');
  });

export type ImportInvoiceBody = z.infer<typeof importInvoiceBody>;
