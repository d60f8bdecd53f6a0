import { z } from 'zod';

const count = z.int().min(0);

const lastEvent = z.strictObject({
  position: count,
  stream: z.string(),
  revision: count,
  type: z.string(),
  id: z.string(),
});

const rowDifference = z.strictObject({
  table: z.string(),
  /** By column. */
  key: z.record(z.string(), z.json()),
  difference: z.enum(['changed', 'missing', 'surplus']),
  columns: z.array(z.strictObject({ column: z.string(), live: z.json(), events: z.json() })),
  last_event: lastEvent.nullable(),
});

const projection = z.strictObject({
  name: z.string(),
  version: z.int().min(1),
  position: count,
  tables: z.array(z.strictObject({ table: z.string(), rows: count, differing: count })),
  differences: z.array(rowDifference),
  failure: z
    .strictObject({
      position: count.optional(),
      stream: z.string().optional(),
      type: z.string().optional(),
      reason: z.string(),
    })
    .nullable(),
});

const chain = z.strictObject({
  events: count,
  position: count,
  hash: z.string(),
  unchained: count,
  fault: z
    .strictObject({
      position: count,
      problem: z.enum(['altered', 'missing_event', 'missing_hash', 'recorded_at']),
      detail: z.string(),
    })
    .nullable(),
});

const invoices = z.strictObject({
  issues: count,
  corrections: count,
  lines: count,
  differences: z.array(
    z.strictObject({
      invoice_id: z.string(),
      issue_no: z.int(),
      correction_id: z.string().optional(),
      position: count,
      problem: z.enum(['terms', 'totals', 'lines', 'not_billed', 'not_billable', 'stored_lines']),
      detail: z.string(),
    }),
  ),
});

const numbers = z.strictObject({
  series: count,
  numbers: count,
  faults: z.array(z.strictObject({ series: z.string(), number: z.string(), fault: z.string() })),
});

const documents = z.strictObject({
  forms: count,
  faults: z.array(
    z.strictObject({
      document_id: z.string(),
      form: z.enum(['content', 'pdf', 'ubl']),
      sha256: z.string(),
      subject_id: z.string(),
      tenant_id: z.string(),
      number: z.string(),
      fault: z.enum(['missing', 'altered']),
    }),
  ),
});

/** What a verification found, as `arcadia verify` does. Of one projection alone, the other parts are null. */
export const verificationResult = z
  .strictObject({
    ok: z.boolean(),
    chain: chain.nullable(),
    projections: z.array(projection),
    invoices: invoices.nullable(),
    numbers: numbers.nullable(),
    documents: documents.nullable(),
  })
  .meta({ id: 'Verification' });
