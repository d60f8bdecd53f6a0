import { ok, type Api, type Json } from './api.ts';

/**
 * All rows of a list, page by page.
 * @param path with a query, such as `invoices?limit=500`
 */
export async function allOf({ api }: { api: Api }, path: string): Promise<Json[]> {
  const rows: Json[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Json = await ok(api.get(cursor === '' ? path : `${path}&cursor=${cursor}`));
    rows.push(...page.data);
    cursor = page.next_cursor;
  }
  return rows;
}
