import { parse } from 'csv-parse/sync';
import type { ImportItem, RowError } from './import-format.ts';

/** The columns of a file, in any order; those that a file lacks are empty. */
export const csvColumns = [
  'tenant_id',
  'legal_name',
  'trading_name',
  'tax_id',
  'address_lines',
  'city',
  'region',
  'postcode',
  'country',
  'billing_emails',
  'contact',
  'net_days',
  'po_number',
  'locale',
  'opening_balance_cents',
  'opening_balance_on',
  'opening_balance_currency',
  'deployment_slug',
  'deployment_name',
  'deployment_region',
  'deployment_state',
  'plan_code',
  'plan_version',
  'starts_on',
  'billed_from',
  'addons',
] as const;
type Column = (typeof csvColumns)[number];
type CsvRow = Partial<Record<Column, string>>;

/** Columns of the customer: further rows of a tenant repeat them or leave them empty. */
const customerColumns = csvColumns.slice(0, csvColumns.indexOf('deployment_slug'));
const deploymentColumns = csvColumns.slice(csvColumns.indexOf('deployment_slug'));

/** What a CSV file holds: an item for each tenant, in the order of their first rows. */
export interface CsvItems {
  items: ImportItem[];
  errors: RowError[];
  rows: number;
}

/** Reads a file with a header. Rows count from 1, the header aside; row 0 is the header. */
export function csvItems(text: string): CsvItems {
  let records: string[][];
  try {
    records = parse(text, { bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch {
    return { items: [], errors: [{ row: 0, path: '', message: 'the file is not CSV' }], rows: 0 };
  }
  const header = (records[0] ?? []).map((name) => name.trim());
  const errors = headerErrors(header);
  const rows = records.slice(1);
  if (errors.length > 0) return { items: [], errors, rows: rows.length };
  const byTenant = new Map<string, { row: number; cells: CsvRow }[]>();
  rows.forEach((cells, index) => {
    const row = index + 1;
    if (cells.length !== header.length)
      errors.push({ row, path: '', message: `expected ${header.length} columns, found ${cells.length}` });
    const named = header.flatMap((name, at) => (cells[at] === '' ? [] : [[name, cells[at]] as const]));
    const known: CsvRow = Object.fromEntries(named);
    const of = known.tenant_id ?? `\0${row}`;
    byTenant.set(of, [...(byTenant.get(of) ?? []), { row, cells: known }]);
  });
  const items = [...byTenant.values()].map((group) => itemOf(group, errors));
  return { items, errors, rows: rows.length };
}

function headerErrors(header: readonly string[]): RowError[] {
  const known: readonly string[] = csvColumns;
  const errors: RowError[] = [];
  header.forEach((path, at) => {
    if (!known.includes(path)) errors.push({ row: 0, path, message: 'unknown column' });
    else if (header.indexOf(path) !== at) errors.push({ row: 0, path, message: 'the column is there twice' });
  });
  if (!header.includes('tenant_id'))
    errors.push({ row: 0, path: 'tenant_id', message: 'the column is missing' });
  return errors;
}

function itemOf(group: readonly { row: number; cells: CsvRow }[], errors: RowError[]): ImportItem {
  const [first] = group;
  if (first === undefined) throw new Error('a tenant has a row');
  for (const { row, cells } of group.slice(1)) {
    for (const path of customerColumns) {
      if (cells[path] !== undefined && cells[path] !== first.cells[path])
        errors.push({ row, path, message: `differs from row ${first.row} of the same tenant` });
    }
  }
  const held = group.filter(({ cells }) => deploymentColumns.some((name) => cells[name] !== undefined));
  return {
    row: first.row,
    deployment_rows: held.map(({ row }) => row),
    content: { ...customerOf(first.cells), deployments: held.map(({ cells }) => deploymentOf(cells)) },
  };
}

/** A whole number as one; any other text stays, and is refused by its field. */
const whole = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : text;

const listOf = (text: string | undefined, separator: string): string[] =>
  (text ?? '')
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Without members that are undefined. */
function given(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function customerOf(cells: CsvRow): Record<string, unknown> {
  const { opening_balance_cents: amount, opening_balance_on: on, opening_balance_currency: currency } = cells;
  const has = amount !== undefined || on !== undefined;
  return given({
    tenant_id: cells.tenant_id,
    legal_name: cells.legal_name,
    trading_name: cells.trading_name,
    tax_id: cells.tax_id,
    address: given({
      lines: listOf(cells.address_lines, '|'),
      city: cells.city,
      region: cells.region,
      postcode: cells.postcode,
      country: cells.country,
    }),
    emails: { billing: listOf(cells.billing_emails, ';') },
    contact: cells.contact,
    net_days: whole(cells.net_days),
    po_number: cells.po_number,
    locale: cells.locale,
    opening_balance: has ? given({ amount_cents: whole(amount), on, currency }) : undefined,
  });
}

function deploymentOf(cells: CsvRow): Record<string, unknown> {
  const { plan_code, starts_on, billed_from, addons } = cells;
  const subscribes = [plan_code, cells.plan_version, starts_on, billed_from, addons].some(
    (cell) => cell !== undefined,
  );
  return given({
    slug: cells.deployment_slug,
    display_name: cells.deployment_name,
    region: cells.deployment_region,
    state: cells.deployment_state,
    subscription: subscribes
      ? given({
          plan_code,
          version: whole(cells.plan_version),
          starts_on,
          billed_from,
          addons: listOf(addons, ';').map(addonOf),
        })
      : undefined,
  });
}

/** `code:packs:price_cents` or `code:packs:price_cents:since`. */
function addonOf(text: string): Record<string, unknown> {
  const [code, packs, price_cents, since] = text.split(':').map((part) => part.trim());
  return given({ code, packs: whole(packs), price_cents: whole(price_cents), since });
}
