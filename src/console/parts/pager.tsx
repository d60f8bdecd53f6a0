import { useView } from '../view-context.ts';
import { withQuery } from './url.ts';

/** The way through a list that comes in pages. */
export function Pager({
  name,
  nextCursor,
  later,
  rows,
  sorted,
}: {
  name: string;
  nextCursor: string | null;
  later: boolean;
  rows: number;
  sorted: boolean;
}) {
  const { url } = useView();
  if (nextCursor === null && !later) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      <span class="muted">
        {rows.toLocaleString('en')} rows on this page{sorted && ', sorted within it'}
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
