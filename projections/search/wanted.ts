import type { Db, Fragment } from '../../src/database/db.ts';

/** What is searched for, and the scope of the search. */
export interface SearchWanted {
  /** In lower case, without blanks around it. */
  text: string;
  /** As it was typed. */
  typed: string;
  /** The same as an amount in cents, where it is one; its sign does not matter. */
  cents: number | null;
  /** Null: an admin, who finds the objects of all tenants. */
  tenantId: string | null;
  /** The most objects of a kind. */
  limit: number;
}

/** The shortest beginning of an id that is searched for: a shorter one would find a great many. */
const idBeginning = 6;

/** An amount as people type it: `78.23`, `1,234.56`, `-5`, `$78.23`. */
const amountForm = /^[-−+]?\s*[$€£]?\s*(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?$/;

/** The cents of a text that is an amount; null for any other. */
export function centsOfText(text: string): number | null {
  const found = amountForm.exec(text);
  if (found === null) return null;
  const [, whole = '', cents = ''] = found;
  return Number(`${whole.replaceAll(',', '')}${cents.padEnd(2, '0')}`);
}

/** Whether a column holds the text. */
export const holds = (db: Db, column: Fragment, { text }: SearchWanted): Fragment =>
  db`strpos(lower(${column}), ${text}::text) > 0`;

/** Whether an id is the text, or begins with it. */
export const isId = (db: Db, column: Fragment, { text }: SearchWanted): Fragment =>
  text.length < idBeginning ? db`${column} = ${text}` : db`starts_with(${column}, ${text}::text)`;

/** Whether one of some amounts is the wanted one. */
export const isAmount = (db: Db, columns: readonly Fragment[], { cents }: SearchWanted): Fragment =>
  cents === null
    ? db`false`
    : columns.reduce<Fragment>(
        (any, column) => db`${any} or ${column} = any(${[cents, -cents]}::bigint[])`,
        db`false`,
      );

/** An order in which rows whose column is the text come first, then those in which it begins so. */
export function nearestFirst(db: Db, column: Fragment, { text }: SearchWanted): Fragment {
  const begins = db`starts_with(lower(${column}), ${text}::text)`;
  return db`lower(${column}) = ${text} desc nulls last, ${begins} desc nulls last`;
}

/** The rows of a caller. */
export const inScope = (db: Db, column: Fragment, { tenantId }: SearchWanted): Fragment =>
  tenantId === null ? db`true` : db`${column} = ${tenantId}`;
