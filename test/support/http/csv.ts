import { parse } from 'csv-parse/sync';
import { expect } from 'chai';
import { adminToken } from './tokens.ts';
import { send } from './request.ts';

/** The cents of a decimal: `-70.64` is -7064. */
export const centsOf = (text: string | undefined): number => {
  expect(text).to.match(/^-?\d+\.\d\d$/);
  return Number.parseInt((text ?? '').replace('.', ''), 10);
};

/** The rows of a table, by the names in its head. */
export const csvRowsOf = (text: string): Record<string, string>[] =>
  parse<Record<string, string>>(text, { columns: true });

/** A list of the API as CSV. */
export async function csvOf(
  url: string,
  path: string,
  token = adminToken(),
): Promise<{ rows: Record<string, string>[]; name: string }> {
  const mark = path.includes('?') ? '&' : '?';
  const { status, headers, text } = await send(`${url}/api/v1/${path}${mark}format=csv`, { token });
  expect(status, text).to.equal(200);
  expect(headers.get('content-type')).to.equal('text/csv; charset=utf-8');
  const name = /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '')?.[1] ?? '';
  return { rows: csvRowsOf(text), name };
}
