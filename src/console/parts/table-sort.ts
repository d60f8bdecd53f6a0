import type { Column } from './column.ts';

/** A sort as in the address: `total`, or `-total` from the largest. */
export interface Sort {
  key: string;
  down: boolean;
}

/** The sort that an address asks for. @param name the parameter */
export function sortOf(url: string, name: string): Sort | null {
  const text = new URLSearchParams(url.split('?', 2)[1] ?? '').get(name);
  if (text === null || text === '') return null;
  return text.startsWith('-') ? { key: text.slice(1), down: true } : { key: text, down: false };
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  // What is not known comes last in both directions: see `sorted`.
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

/** Rows in the order of a column; what is not known comes last. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const by = columns.find(({ key }) => key === sort?.key)?.sort;
  if (by === undefined || sort === null) return rows;
  return [...rows].sort((first, second) => {
    const [a, b] = [by(first), by(second)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return sort.down ? compare(b, a) : compare(a, b);
  });
}
