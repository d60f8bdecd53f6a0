import { isValidElement, type ComponentChildren } from 'preact';
import { useView } from '../view-context.ts';
import { Empty } from './notice.tsx';
import type { Column } from './column.ts';
import { cutOf, Pager } from './pager.tsx';
import { sorted, sortOf, type Sort } from './table-sort.ts';
import { withQuery } from './url.ts';

export type { Column } from './column.ts';

/** What a table is made from. */
export interface TableProps<Row> {
  /** What it lists; shown to screen readers, and above the table with `captioned`. */
  caption: string;
  captioned?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The address that a row leads to: its first cell is the link. */
  href?: (row: Row) => string | undefined;
  /** The id of the element that such a link changes in place, where there is JavaScript. */
  opensIn?: string;
  /** What opens below a row; null where nothing is open. */
  below?: (row: Row) => ComponentChildren | null;
  /** Rows of one key that follow each other stand under a head of their own. Such a table does not sort. */
  groupOf?: (row: Row) => { key: string; head: ComponentChildren };
  /** Names the filter and what to do: shown in place of a table without rows. */
  empty: ComponentChildren;
  /** The last row: totals, by column. */
  totals?: Readonly<Record<string, ComponentChildren>>;
  /** The list comes sorted, by the same names as those of the columns: a sort is that of the whole list. */
  serverSorted?: boolean;
  /** Of a list that comes in pages. */
  nextCursor?: string | null | undefined;
  /** At most so many rows at once: a longer list comes in pages, sorted as a whole. */
  most?: number;
  /** Where a page has several tables: the parameters of this one are named after it. */
  name?: string;
}

const parameter = (name: string | undefined, what: string): string =>
  name === undefined ? what : `${name}_${what}`;

/** The parameters of the query that a table reads, for a page's schema. */
export const tableParameters = (name?: string): [sort: string, cursor: string] => [
  parameter(name, 'sort'),
  parameter(name, 'cursor'),
];

/**
 * A table: figures to the right, sorted by what its head says, a list of several pages page by page. A sort
 * is that of the rows on the page.
 */
export function DataTable<Row>(props: TableProps<Row>) {
  const { caption, captioned = false, columns, rows, empty, totals, nextCursor, name } = props;
  const { serverSorted = false, most } = props;
  const { url } = useView();
  const [sortName, cursorName] = tableParameters(name);
  const sort = sortOf(url, sortName);
  const cursor = new URLSearchParams(url.split('?', 2)[1] ?? '').get(cursorName);
  const later = cursor !== null;
  const inOrder = serverSorted ? rows : sorted(rows, columns, sort);
  const cut = most === undefined ? null : cutOf(rows.length, most, cursor);
  const shown = cut === null ? inOrder : inOrder.slice(cut.from, cut.to);
  if (rows.length === 0 && !later) return <div class="table-empty">{wrapped(empty)}</div>;
  return (
    <div class="table-box">
      <div class="table-scroll" role="region" aria-label={caption} tabIndex={0}>
        <table {...tableClass(columns)}>
          <caption class={captioned ? '' : 'sr'}>{caption}</caption>
          <thead {...(columns.some(({ sort: by }) => by !== undefined) ? {} : { class: 'unsorted' })}>
            <tr>
              {columns.map((column) => (
                <ColumnHead
                  column={column}
                  sort={sort}
                  sortName={sortName}
                  {...(serverSorted || cut !== null ? { cursorName } : {})}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index, all) => (
              <>
                <GroupHead props={props} row={row} before={all[index - 1]} />
                <Row props={props} row={row} />
              </>
            ))}
          </tbody>
          {totals !== undefined && (
            <tfoot>
              <tr>
                {columns.map(({ key, label, align, minor, leadsOn }, index) =>
                  index === 0 ? (
                    <th scope="row">{totals[key] ?? 'Total'}</th>
                  ) : (
                    <td class={classesOf({ align, minor, leadsOn })} data-label={label}>
                      {totals[key]}
                    </td>
                  ),
                )}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      <Pager
        name={cursorName}
        nextCursor={cut === null ? (nextCursor ?? null) : cut.next}
        later={later}
        rows={shown.length}
        of={cut === null ? null : rows.length}
        sorted={sort !== null && !serverSorted && cut === null}
      />
    </div>
  );
}

/** On phones each row of a table of many columns is a list of its own: no figure is out of sight. */
const isStacked = (columns: readonly { minor?: boolean | 'tablet' }[]): boolean =>
  columns.filter(({ minor }) => !minor).length > 3;

/**
 * What the style sheet has to know of all columns. It asks by classes: with `:has()` a browser looks at the
 * table anew with each row that arrives, and a long list takes twice as long to show.
 */
function tableClass(columns: readonly { minor?: boolean | 'tablet' }[]): { class?: string } {
  const named = [
    isStacked(columns) && 'stacks',
    columns.length >= 8 && 'many-columns',
    columns.length >= 9 && 'close-columns',
  ].filter((name) => typeof name === 'string');
  return named.length === 0 ? {} : { class: named.join(' ') };
}

const wrapped = (empty: ComponentChildren) => (typeof empty === 'string' ? <Empty title={empty} /> : empty);

function classesOf({
  align,
  minor,
  wraps,
  leadsOn,
  unsorted,
}: {
  align?: 'start' | 'end' | undefined;
  minor?: boolean | 'tablet' | undefined;
  wraps?: boolean | undefined;
  leadsOn?: boolean | undefined;
  unsorted?: boolean | undefined;
}): string {
  const named = [
    align === 'end' && 'end',
    minor && 'minor',
    minor === 'tablet' && 'minor-tablet',
    wraps && 'wraps',
    leadsOn && 'leads-on',
    unsorted && 'unsorted',
  ];
  return named.filter((name) => typeof name === 'string').join(' ');
}

function ColumnHead<Row>({
  column: { key, label, align, minor, leadsOn, sort: by },
  sort,
  sortName,
  cursorName,
}: {
  column: Column<Row>;
  sort: Sort | null;
  sortName: string;
  /** Of a list that is sorted anew: its pages begin again. */
  cursorName?: string;
}) {
  const { url } = useView();
  const active = sort?.key === key;
  const order = active ? (sort.down ? 'descending' : 'ascending') : undefined;
  const sortHref = withQuery(url, {
    [sortName]: active && !sort.down ? `-${key}` : key,
    ...(cursorName === undefined ? {} : { [cursorName]: undefined }),
  });
  return (
    <th
      scope="col"
      class={classesOf({ align, minor, leadsOn, unsorted: by === undefined })}
      {...(order === undefined ? {} : { 'aria-sort': order })}
    >
      {by === undefined ? (
        label
      ) : (
        <a class="sort" href={sortHref}>
          {label}
          <span class="sort-mark" aria-hidden="true">
            {active ? (sort.down ? '↓' : '↑') : '↕'}
          </span>
        </a>
      )}
    </th>
  );
}

/** The head of a group, above its first row. */
function GroupHead<Row>({
  props: { groupOf, columns },
  row,
  before,
}: {
  props: TableProps<Row>;
  row: Row;
  before: Row | undefined;
}) {
  const group = groupOf?.(row);
  if (group === undefined || (before !== undefined && groupOf?.(before).key === group.key)) return null;
  return (
    <tr class="row-group">
      <th scope="rowgroup" colSpan={columns.length}>
        <div>{group.head}</div>
      </th>
    </tr>
  );
}

/** What makes a link change one element of the page alone. */
export const inPlace = (url: string, id: string): Record<string, string> => ({
  'hx-get': url,
  'hx-select': `#${id}`,
  'hx-target': `#${id}`,
  'hx-swap': 'outerHTML',
  'hx-push-url': 'true',
});

/** More characters are broken, also where there is no space between them. */
const mostOnOneLine = 48;

/** How many characters of text stand in a cell. */
function lengthOf(content: ComponentChildren): number {
  if (typeof content === 'string') return content.length;
  if (Array.isArray(content))
    return (content as ComponentChildren[]).reduce<number>((sum, one) => sum + lengthOf(one), 0);
  if (!isValidElement(content)) return 0;
  const { children }: { children?: ComponentChildren } = content.props;
  return lengthOf(children);
}

/** What stands in other columns too, shown where these are left out. */
export function Narrow({ children }: { children: ComponentChildren }) {
  return <span class="narrow-only">{children}</span>;
}

function Row<Row>({ props, row }: { props: TableProps<Row>; row: Row }) {
  const { columns, rowKey, href, below, opensIn } = props;
  const key = rowKey(row);
  const to = href?.(row);
  const open = below?.(row) ?? null;
  return (
    <>
      <tr id={`row-${key}`} class={open === null ? '' : 'is-open'}>
        {columns.map(({ label, align, minor, cell, wraps, leadsOn }, index) => {
          const content = cell(row);
          const isLong = align !== 'end' && lengthOf(content) > mostOnOneLine;
          const named = classesOf({ align, minor, leadsOn, wraps: wraps || isLong });
          const classes = `${named}${isLong ? ' long' : ''}`;
          return index === 0 ? (
            <th scope="row" class={classes}>
              {to === undefined ? (
                content
              ) : (
                <a class="row-link" href={to} {...(opensIn === undefined ? {} : inPlace(to, opensIn))}>
                  {content}
                </a>
              )}
            </th>
          ) : (
            <td class={classes} data-label={label}>
              {content}
            </td>
          );
        })}
      </tr>
      {open !== null && (
        <tr class="row-below">
          <td colSpan={columns.length}>{open}</td>
        </tr>
      )}
    </>
  );
}
