import type { Db } from '../../src/database/db.ts';
import type { InvoiceLine } from '../../src/events/invoicing.ts';
import { canonicalDecimal } from '../../src/pricing/decimals.ts';
import type { Row } from '../../src/read-models/projection.ts';
import { deployments } from '../deployments/tables.ts';
import { corrections, tenantInvoiceLines } from '../invoicing/tables.ts';
import { deploymentNames } from './tables.ts';

/** The lines of a set in order, with their exact prices. */
export async function exactLines(db: Db, invoiceId: string, linesHash: string): Promise<InvoiceLine[]> {
  const rows = await db<InvoiceLine[]>`
    select line_no, deployment_id, kind, resource_kind, description, qty, unit, unit_price_cents,
      amount_cents, meta
    from ${db(tenantInvoiceLines.ref)}
    where invoice_id = ${invoiceId} and lines_hash = ${linesHash} order by line_no`;
  return rows.map((line) => ({
    ...line,
    qty: canonicalDecimal(line.qty),
    unit_price_cents: canonicalDecimal(line.unit_price_cents),
  }));
}

/** A credit or debit note. */
export interface NoteRow extends Row<typeof corrections> {
  kind: 'credit_note' | 'debit_note';
  purpose: 'correction' | 'goodwill';
}

/** A credit or debit note of any tenant; null: there is none. */
export async function noteById(db: Db, id: string): Promise<NoteRow | null> {
  const [row] = await db<NoteRow[]>`select * from ${db(corrections.ref)} where id = ${id}`;
  return row ?? null;
}

/** How a deployment is named on documents. */
export interface DeploymentName {
  deployment_id: string;
  slug: string;
  display_name: string;
}

/** The names of deployments as they were at a journal position, by id. */
export async function namesAt(
  db: Db,
  deploymentIds: readonly string[],
  position: number,
): Promise<Map<string, DeploymentName>> {
  const rows = await db<DeploymentName[]>`
    select distinct on (n.deployment_id) n.deployment_id, d.slug, n.display_name
    from ${db(deploymentNames.ref)} n join ${db(deployments.ref)} d on d.id = n.deployment_id
    where n.deployment_id = any(${[...deploymentIds]}::text[]) and n.position <= ${position}
    order by n.deployment_id, n.position desc`;
  return new Map(rows.map((row) => [row.deployment_id, row]));
}
