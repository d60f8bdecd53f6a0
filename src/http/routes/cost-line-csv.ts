import type { BorneLine } from '../../invoicing/borne-lines.ts';
import { centsCell, csvTable } from '../csv.ts';

/** Cost lines as a table for spreadsheets: what was billed, and who bears it. */
export const costLineCsv = csvTable<BorneLine>([
  ['period', ({ period }) => period.slice(0, 7)],
  ['invoice_uuid', ({ invoice_uuid }) => invoice_uuid],
  ['line_no', ({ line_no }) => line_no],
  ['product', ({ product }) => product],
  ['group_description', ({ group_description }) => group_description],
  ['description', ({ description }) => description],
  ['kind', ({ kind }) => kind],
  ['is_tax', ({ is_tax }) => is_tax],
  ['project', ({ project_name }) => project_name],
  ['hours', ({ hours }) => hours],
  ['started_at', ({ started_at }) => started_at],
  ['ended_at', ({ ended_at }) => ended_at],
  ['currency', ({ currency }) => currency],
  ['amount', ({ amount_cents }) => centsCell(amount_cents)],
  ['resource_id', ({ resource_id }) => resource_id],
  ['resource', ({ resource }) => resource?.name ?? null],
  ['matched_by', ({ matched_by }) => matched_by],
  ['unmatched_reason', ({ unmatched_reason }) => unmatched_reason],
  ['link_reason', ({ link }) => link?.reason ?? null],
  ['borne_by', ({ borne }) => borne.by],
  ['tenant_id', ({ borne }) => borne.tenant_id],
  ['deployment_id', ({ borne }) => borne.deployment_id],
  ['rule', ({ borne }) => borne.rule],
  ['cost_currency', ({ borne }) => borne.currency],
  ['cost', ({ borne }) => centsCell(borne.cents)],
]);
