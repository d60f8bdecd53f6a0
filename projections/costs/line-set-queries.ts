import type { Db } from '../../src/database/db.ts';
import type { CostLine, CostLineMatch } from '../../src/events/costs.ts';
import { costLines, costMatches, providerInvoices } from './tables.ts';

/** The lines of an ingested invoice and their matches, by line number, as they count now. */
export interface LineSets {
  /** First day of the month that is billed. */
  period: string;
  lines_hash: string;
  matches_hash: string;
  lines: CostLine[];
  matches: CostLineMatch[];
}

/** The sets that an invoice names now; null for one that is unknown or not ingested. */
export async function lineSetsOf(db: Db, uuid: string): Promise<LineSets | null> {
  const [invoice] = await db<{ period: string; lines_hash: string | null; matches_hash: string | null }[]>`
    select period, lines_hash, matches_hash from ${db(providerInvoices.ref)} where uuid = ${uuid}`;
  if (invoice === undefined || invoice.lines_hash === null || invoice.matches_hash === null) return null;
  const { period, lines_hash, matches_hash } = invoice;
  const lines = await db<CostLine[]>`
    select line_no, product, group_description, description, hours, started_at, ended_at, amount_cents,
      project_name, category, kind, name, is_tax, provider_resource_id
    from ${db(costLines.ref)} where invoice_uuid = ${uuid} and lines_hash = ${lines_hash} order by line_no`;
  const rows = await db<MatchRow[]>`
    select line_no, resource_id, unmatched_reason, nearest_id, nearest_name, link_key
    from ${db(costMatches.ref)} where invoice_uuid = ${uuid} and matches_hash = ${matches_hash}
    order by line_no`;
  return { period, lines_hash, matches_hash, lines: [...lines], matches: rows.map(matchOf) };
}

type MatchRow = Pick<CostLineMatch, 'line_no' | 'resource_id' | 'unmatched_reason'> & {
  nearest_id: string | null;
  nearest_name: string | null;
  link_key: string | null;
};

function matchOf({ nearest_id, nearest_name, link_key, ...match }: MatchRow): CostLineMatch {
  return {
    ...match,
    ...(nearest_id === null || nearest_name === null
      ? {}
      : { nearest: { resource_id: nearest_id, name: nearest_name } }),
    ...(link_key === null ? {} : { link_key }),
  };
}
