import type { ComponentChildren } from 'preact';

/** A column of a table of `Row`s. */
export interface Column<Row> {
  key: string;
  label: string;
  /** Figures are `end`. */
  align?: 'start' | 'end';
  /**
   * What rows are sorted by; texts that are decimals or cents are given as numbers or digits. Columns without
   * it do not sort.
   */
  sort?: (row: Row) => string | number | null;
  /** Left out where there is little room, on tablets or on phones alone: it stands elsewhere too. */
  minor?: boolean | 'tablet';
  /** May break its text over several lines. */
  wraps?: boolean;
  /** Of links alone, which paper goes without. */
  leadsOn?: boolean;
  cell: (row: Row) => ComponentChildren;
}
