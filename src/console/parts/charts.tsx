import { money as amount } from '../../pricing/amount-text.ts';
import { Money, grouped } from './values.tsx';

/** One bar: a day or a month, with its value and how it reads. */
export interface Bar {
  label: string;
  /** For drawing only: figures are shown as `text`. */
  value: number;
  text: string;
}

const height = 170;
const base = 146;

/** What is written below a bar, line by line: days of one month by their number alone, a kind word by word. */
function ticksOf(label: string): readonly string[] {
  if (/^\d{4}-\d{2}(-\d{2})?$/.test(label)) return [label.slice(8) || label];
  return label.split(/[ _]/);
}

/**
 * Bars in SVG, with a line for a limit such as an allowance, and all figures in a table below. Widths are
 * shares of the room that there is, so that texts are as large on a phone as elsewhere. They are for drawing,
 * as heights are, and decide nothing.
 */
export function Bars({
  title,
  bars,
  limit,
  unit,
}: {
  title: string;
  bars: readonly Bar[];
  limit?: { value: number; text: string } | undefined;
  unit?: string;
}) {
  const most = Math.max(1e-9, limit?.value ?? 0, ...bars.map(({ value }) => value));
  const step = 100 / Math.max(bars.length, 1);
  const y = (value: number): number => base - (Math.max(value, 0) / most) * (base - 20);
  const round = (value: number): string => value.toFixed(1);
  const share = (value: number): string => `${value.toFixed(2)}%`;
  const every = Math.max(1, Math.ceil(bars.length / 10));
  const mostLines = Math.max(1, ...bars.map(({ label }) => ticksOf(label).length));
  return (
    <figure class="chart">
      <figcaption>
        {title}
        {unit !== undefined && <span class="muted">, {unit}</span>}
      </figcaption>
      <svg
        class="bars"
        height={height + (mostLines - 1) * 14}
        role="img"
        aria-label={`${title}: the figures are in the table below`}
      >
        <line class="axis" x1="0" x2="100%" y1={base} y2={base} />
        {bars.map(({ label, value, text }, index) => (
          <g>
            <rect
              class={limit !== undefined && value > limit.value ? 'bar bar-over' : 'bar'}
              x={share(index * step + step * 0.14)}
              width={share(step * 0.72)}
              y={round(y(value))}
              height={round(Math.max(base - y(value), value > 0 ? 1 : 0))}
              rx="2"
            >
              <title>{`${label}: ${text}`}</title>
            </rect>
            {index % every === 0 && (
              <text
                class={index % (every * 2) === 0 || bars.length <= 6 ? 'tick' : 'tick tick-minor'}
                y={base + 17}
                text-anchor="middle"
              >
                {ticksOf(label).map((line, at) => (
                  <tspan x={share(index * step + step / 2)} {...(at === 0 ? {} : { dy: 14 })}>
                    {line}
                  </tspan>
                ))}
              </text>
            )}
          </g>
        ))}
        {limit !== undefined && (
          <>
            <line class="limit" x1="0" x2="100%" y1={round(y(limit.value))} y2={round(y(limit.value))} />
            <text class="limit-text" x="0" y={round(Math.max(y(limit.value) - 5, 12))}>
              {limit.text}
            </text>
          </>
        )}
      </svg>
      <FigureTable
        title={title}
        head={['', unit ?? '']}
        rows={bars.map(({ label, text }) => [label, text])}
      />
    </figure>
  );
}

/** One line of a chart over time; null where there is no figure. */
export interface SeriesLine {
  label: string;
  /** In cents, or plain numbers. */
  values: readonly (number | null)[];
}

/**
 * Lines over months or days, drawn by uPlot where there is JavaScript; the figures stand in a table, which is
 * all there is without.
 */
export function Series({
  title,
  labels,
  lines,
  money = true,
}: {
  title: string;
  /** `2026-04` or `2026-04-30`, in order. */
  labels: readonly string[];
  lines: readonly SeriesLine[];
  money?: boolean;
}) {
  const show = (value: number | null): string =>
    value === null ? '–' : money ? amount(value) : grouped(String(value));
  const data = { labels, lines, money };
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div class="series" data-series={JSON.stringify(data)} />
      <FigureTable
        title={title}
        head={['', ...lines.map(({ label }) => label)]}
        rows={labels.map((label, index) => [
          label,
          ...lines.map(({ values }) => show(values[index] ?? null)),
        ])}
      />
    </figure>
  );
}

/** The figures of a chart. */
function FigureTable({
  title,
  head,
  rows,
}: {
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}) {
  return (
    <details class="chart-figures">
      <summary>Figures</summary>
      <div class="table-scroll" role="region" aria-label={`Figures: ${title}`} tabIndex={0}>
        <table>
          <caption class="sr">{title}</caption>
          <thead>
            <tr>
              {head.map((label, index) => (
                <th scope="col" class={index === 0 ? '' : 'end'}>
                  {label === '' ? <span class="sr">{index === 0 ? 'When' : 'Figure'}</span> : label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([first, ...rest]) => (
              <tr>
                <th scope="row">{first}</th>
                {rest.map((text) => (
                  <td class="end num">{text}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** A part of a whole as a bar in a row: beside its figure, never in its place. */
export function Share({ value, of }: { value: number; of: number }) {
  const share = of <= 0 ? 0 : Math.min(Math.max(value / of, 0), 1);
  return (
    <svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="share-all" width="100" height="6" rx="3" />
      <rect
        class={value > of ? 'share-part bar-over' : 'share-part'}
        width={(share * 100).toFixed(1)}
        height="6"
        rx="3"
      />
    </svg>
  );
}

/** Two amounts and the difference between them. */
export function BeforeAfter({ before, after }: { before: number | null; after: number | null }) {
  return (
    <span class="before-after">
      <Money cents={before} /> <span aria-hidden="true">→</span>
      <span class="sr">becomes</span> <Money cents={after} />
    </span>
  );
}
