/** A stretch of days, such as a tie: `to` is the first day after it, null while it lasts. */
export interface DayRange {
  label: string;
  from: string;
  to: string | null;
}

const width = 480;
const rowHeight = 26;

const dayNumber = (day: string): number =>
  Math.floor(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) / 86_400_000);

/**
 * Stretches of days under one another, on one scale up to today. The figures stand in a table beside it: this
 * is for the eye alone.
 */
export function Ranges({
  title,
  ranges,
  today,
}: {
  title: string;
  ranges: readonly DayRange[];
  today: string;
}) {
  if (ranges.length === 0) return null;
  const end = Math.max(dayNumber(today) + 1, ...ranges.map(({ to }) => (to === null ? 0 : dayNumber(to))));
  const start = Math.min(end - 1, ...ranges.map(({ from }) => dayNumber(from)));
  const x = (day: number): number => ((day - start) / (end - start)) * width;
  const height = ranges.length * rowHeight;
  return (
    <svg class="ranges" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
      {ranges.map(({ label, from, to }, row) => {
        const left = x(dayNumber(from));
        const right = x(to === null ? end : dayNumber(to));
        return (
          <g>
            <title>{`${label}: ${from} to ${to ?? 'now'}`}</title>
            <rect
              class={to === null ? 'range range-open' : 'range'}
              x={left}
              y={row * rowHeight + 4}
              width={Math.max(right - left, 2)}
              height={rowHeight - 8}
              rx="4"
            />
          </g>
        );
      })}
    </svg>
  );
}
