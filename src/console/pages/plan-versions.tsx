import type { ComponentChildren } from 'preact';
import type { planRoute } from '../../http/routes/catalog.ts';
import type { planVersionsRoute } from '../../http/routes/plan-holders.ts';
import type { AnswerOf } from '../answer-of.ts';
import { DataTable, type Column } from '../parts/table.tsx';
import { Empty } from '../parts/notice.tsx';
import { Absent, Chip, Day, Money, Quantity } from '../parts/values.tsx';
import { kindHeading, unitName } from '../parts/words.ts';
import { useView } from '../view-context.ts';

export type PlanAnswer = AnswerOf<typeof planRoute>['data'];
export type HeldVersion = AnswerOf<typeof planVersionsRoute>['data'][number];
type Version = PlanAnswer['versions'][number];
type Item = Version['items'][number];

/** The most versions side by side: the newest. */
const mostShown = 6;

/** A term of each version: what is shown, and what is compared. */
interface TermRow {
  key: string;
  name: string;
  /** The head that it stands under. */
  group: string;
  cells: ReadonlyMap<number, { shown: ComponentChildren; compared: string | null }>;
  /** Facts of a version, such as its state, differ by nature. */
  isTerm: boolean;
}

const tones = { draft: 'plain', active: 'good', retired: 'warn' } as const;

/** The versions of a plan as columns, with what changed from each to the next. */
export function VersionsSideBySide({ plan, held }: { plan: PlanAnswer; held: readonly HeldVersion[] }) {
  const { currency } = useView();
  const versions = plan.versions.slice(-mostShown);
  if (versions.length === 0)
    return <Empty title="The plan has no version yet.">Draft one to say what it costs.</Empty>;
  const columns: readonly Column<TermRow>[] = [
    { key: 'name', label: 'Term', wraps: true, cell: ({ name }) => name },
    ...versions.map(({ version }, index): Column<TermRow> => ({
      key: `v${version}`,
      label: `Version ${version}`,
      align: 'end',
      cell: (row) => <Term row={row} version={version} before={versions[index - 1]?.version} />,
    })),
  ];
  return (
    <DataTable
      caption={`Versions of ${plan.name}, ${currency}`}
      columns={columns}
      rows={rowsOf(versions, held)}
      rowKey={({ key }) => key.replaceAll(/\W+/g, '-')}
      groupOf={({ group }) => ({ key: group, head: group })}
      empty=""
    />
  );
}

function Term({ row, version, before }: { row: TermRow; version: number; before: number | undefined }) {
  const cell = row.cells.get(version);
  const earlier = before === undefined ? undefined : row.cells.get(before);
  const isChanged = row.isTerm && earlier !== undefined && earlier.compared !== (cell?.compared ?? null);
  const shown = cell === undefined || cell.compared === null ? <Absent /> : cell.shown;
  if (!isChanged) return <>{shown}</>;
  return (
    <span class="changed">
      {shown} <span class="changed-from">{earlier.compared === null ? 'new' : <>was {earlier.shown}</>}</span>
    </span>
  );
}

function rowsOf(versions: readonly Version[], held: readonly HeldVersion[]): TermRow[] {
  const row = (
    name: string,
    of: (version: Version) => { shown: ComponentChildren; compared: string | null },
    { group = 'The plan', isTerm = true } = {},
  ): TermRow => ({
    key: `${group} ${name}`,
    name,
    group,
    isTerm,
    cells: new Map(versions.map((version) => [version.version, of(version)])),
  });
  const fact = (name: string, of: (version: Version, held: HeldVersion | undefined) => ComponentChildren) =>
    row(
      name,
      (version) => ({
        shown: of(
          version,
          held.find((one) => one.version === version.version),
        ),
        compared: '',
      }),
      { isTerm: false },
    );
  const kinds = [
    ...new Set(versions.flatMap(({ items }) => items.map(({ resource_kind }) => resource_kind))),
  ];
  return [
    fact('State', ({ status }) => (
      <Chip tone={tones[status]}>{status === 'active' ? 'on sale' : status}</Chip>
    )),
    fact('On sale from', ({ published_at }) => <Day day={published_at} />),
    fact('Retired', ({ retired_at }) => <Day day={retired_at} />),
    fact('Subscriptions', (_version, one) => one?.subscriptions ?? 0),
    fact('Base prices billed a month', (_version, one) => <Money cents={one?.monthly_base_cents} />),
    row('Base price a month', ({ base_price_cents }) => ({
      shown: <Money cents={base_price_cents} />,
      compared: String(base_price_cents),
    })),
    ...kinds.flatMap((kind) => itemRows(kind, row)),
  ];
}

type RowOf = (
  name: string,
  of: (version: Version) => { shown: ComponentChildren; compared: string | null },
  at: { group: string },
) => TermRow;

function itemRows(kind: string, row: RowOf): TermRow[] {
  const term = (
    name: string,
    shown: (item: Item) => ComponentChildren,
    compared: (item: Item) => string | null,
  ) =>
    row(
      name,
      ({ items }) => {
        const item = items.find(({ resource_kind }) => resource_kind === kind);
        return item === undefined
          ? { shown: null, compared: null }
          : { shown: shown(item), compared: compared(item) };
      },
      { group: kindHeading(kind) },
    );
  return [
    term(
      'Included',
      ({ included_qty }) => <Quantity value={included_qty} />,
      ({ included_qty }) => included_qty,
    ),
    term(
      'A unit more',
      ({ overage_price_cents, overage_unit }) => (
        <>
          <Money cents={overage_price_cents} /> <span class="unit">/ {unitName(overage_unit)}</span>
        </>
      ),
      ({ overage_price_cents, overage_unit }) => `${overage_price_cents} ${overage_unit}`,
    ),
    term(
      'Most billed on top',
      ({ hard_cap_qty }) =>
        hard_cap_qty === null ? <span class="muted">no cap</span> : <Quantity value={hard_cap_qty} />,
      ({ hard_cap_qty }) => hard_cap_qty ?? 'no cap',
    ),
  ];
}
