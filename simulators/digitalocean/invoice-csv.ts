// Invoice CSVs in every form that the provider has used, and some that it might.

export interface InvoiceCsvRow {
  product: string;
  group_description?: string;
  description: string;
  /** Whole hours; empty on taxes and credits. */
  hours?: string;
  /** `2026-04-01 00:00:00 +0000` */
  start?: string;
  end?: string;
  /** As in the file: `$3.11`, `-$1.00`, `$-1.00`, `$1,234.56`. */
  usd: string;
  project_name?: string;
  category?: string;
  /** Values of columns that `CsvStyle.columns` adds. */
  extra?: Record<string, string>;
}

export interface CsvStyle {
  /** Header in its order: fewer, other or more columns than the usual nine. */
  columns?: readonly string[];
  eol?: '\n' | '\r\n';
  /** Starts the file with a byte order mark. */
  bom?: boolean;
  /** Ends the last row with a line end (default true). */
  finalNewline?: boolean;
  /** Quotes every field and not only those that need it. */
  quoteAll?: boolean;
}

/** The header since mid-2020; the first eight are the one before. */
export const invoiceColumns = [
  'product',
  'group_description',
  'description',
  'hours',
  'start',
  'end',
  'USD',
  'project_name',
  'category',
] as const;

const fieldOf = (row: InvoiceCsvRow, column: string): string => {
  const usual: Record<string, string | undefined> = {
    product: row.product,
    group_description: row.group_description,
    description: row.description,
    hours: row.hours ?? '672',
    start: row.start ?? '2026-04-01 00:00:00 +0000',
    end: row.end ?? '2026-05-01 00:00:00 +0000',
    USD: row.usd,
    project_name: row.project_name,
    category: row.category ?? 'iaas',
  };
  return usual[column] ?? row.extra?.[column] ?? '';
};

const written = (field: string, quoteAll: boolean): string =>
  quoteAll || /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

/** The text of an invoice CSV; RFC 4180 quoting where a field needs it. */
export const invoiceCsv = (rows: readonly InvoiceCsvRow[], style: CsvStyle = {}): string => {
  const columns = style.columns ?? invoiceColumns;
  const eol = style.eol ?? '\n';
  const lines = rows.map((row) =>
    columns.map((column) => written(fieldOf(row, column), style.quoteAll ?? false)).join(','),
  );
  const text = [columns.join(','), ...lines].join(eol);
  return `${style.bom === true ? '\uFEFF' : ''}${text}${style.finalNewline === false ? '' : eol}`;
};
