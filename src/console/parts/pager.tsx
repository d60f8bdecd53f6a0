import { useView } from '../view-context.ts';
import { withQuery } from './url.ts';

/** The rows of a page of a list that is there as a whole: its cursor is the number of rows before it. */
export function cutOf(rows: number, most: number, cursor: string | null) {
  const before = cursor !== null && /^\d{1,9}$/.test(cursor) ? Number(cursor) : 0;
  const from = before < rows ? before : 0;
  const to = from + most;
  return { from, to, next: to < rows ? String(to) : null };
}

/** The links between the pages of a list, and how much of it is on this one. */
export function Pager({
  name,
  nextCursor,
  later,
  rows,
  of,
  sorted,
}: {
  name: string;
  nextCursor: string | null;
  later: boolean;
  rows: number;
  /** Of the whole list, where that is known. */
  of: number | null;
  sorted: boolean;
}) {
  const { url } = useView();
  if (nextCursor === null && !later) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      <span class="muted">
        {rows.toLocaleString('en')} {of !== null && `of ${of.toLocaleString('en')} `}rows on this page
        {sorted && ', sorted within it'}
      </span>
      {later && <a href={withQuery(url, { [name]: undefined })}>First page</a>}
      {nextCursor !== null && (
        <a rel="next" href={withQuery(url, { [name]: nextCursor })}>
          Next page
        </a>
      )}
    </nav>
  );
}
