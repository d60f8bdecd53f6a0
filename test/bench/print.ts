import { shown, type Aim, type Figure } from './figure.ts';

function aimText(aim: Aim, unit: string): string {
  if (typeof aim === 'number') return `ratio ≥ ${aim.toFixed(2)}`;
  if ('ratioAtMost' in aim) return `ratio ≤ ${aim.ratioAtMost.toFixed(2)}`;
  return 'valueAtLeast' in aim
    ? `≥ ${shown(aim.valueAtLeast)} ${unit}`
    : `≤ ${shown(aim.valueAtMost)} ${unit}`;
}

/** The ratio; a small one also as `1 : n`. */
const ratioText = (ratio: number | null): string =>
  ratio === null ? '–' : ratio < 0.2 ? `${ratio.toPrecision(2)} (1 : ${shown(1 / ratio)})` : ratio.toFixed(2);

/** Prints the figures as a table, then which aims are missed. */
export function printFigures(
  figures: readonly Figure[],
  { repetitions, events, machine }: { repetitions: number; events: number; machine: string },
): void {
  if (figures.length === 0) return;
  const times = `${repetitions} ${repetitions === 1 ? 'repetition' : 'repetitions'}`;
  console.log(`\nMedians of ${times}, journals of ${events.toLocaleString('en')} events, on ${machine}\n`);
  console.log('| figure | value | floor | ratio | aim | memory | floor is |');
  console.log('|---|---|---|---|---|---|---|');
  for (const figure of figures) {
    const { name, unit, value, floor, ratio, aim, met, rssMb, floorName } = figure;
    const cells = [
      `\`${name}\``,
      `${shown(value)} ${unit}`,
      floor === null ? '–' : shown(floor),
      ratioText(ratio),
      aim === null ? '–' : `${aimText(aim, unit)} ${met === true ? '✓' : '✗'}`,
      `${rssMb} MB`,
      floorName,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  printPerMillion(figures);
  const aims = figures.filter(({ aim }) => aim !== null).length;
  const missed = figures.filter(({ met }) => met === false).map(({ name }) => name);
  const large = figures.filter(({ rssMb }) => rssMb >= 512).map(({ name }) => name);
  const others = missed.length === 0 ? '' : `; missed: ${missed.join(', ')}`;
  console.log(`\n${aims - missed.length} of ${aims} aims are met${others}.`);
  console.log(
    large.length === 0
      ? 'Resident memory stayed under 512 MB throughout.'
      : `Resident memory went beyond 512 MB in: ${large.join(', ')}.`,
  );
}

/** Prints what a million events cost, for the figures that count events. */
function printPerMillion(figures: readonly Figure[]): void {
  const counted = ['append_64', 'llm_ingest', 'live_projection', 'rebuild', 'verify', 'hash_chain'];
  const seconds = figures
    .filter(({ name }) => counted.includes(name))
    .map(({ name, value }) => `| \`${name}\` | ${shown(1e6 / value)} s |`);
  const bytes = figures
    .flatMap(({ bytesPerEvent = {} }) => Object.entries(bytesPerEvent))
    .map(([name, value]) => `| ${name}, on the disk | ${shown(value)} MB |`);
  if (seconds.length > 0)
    console.log(['', '| per million events | cost |', '|---|---|', ...seconds, ...bytes].join('\n'));
}
