import { groupBy } from '../../src/runtime/group-by.ts';
import { shown, type Aim, type Figure } from './figure.ts';

/** What a process may take, in MB, whatever it measures. */
const MOST_MEMORY_MB = 350;

function aimText(aim: Aim, unit: string): string {
  if (typeof aim === 'number') return `ratio ≥ ${aim.toFixed(2)}`;
  if ('ratioAtMost' in aim) return `ratio ≤ ${aim.ratioAtMost.toFixed(2)}`;
  return 'valueAtLeast' in aim
    ? `≥ ${shown(aim.valueAtLeast)} ${unit}`
    : `≤ ${shown(aim.valueAtMost)} ${unit}`;
}

const aimCell = (aim: Aim | null, unit: string, met: boolean | null): string =>
  aim === null ? '–' : `${aimText(aim, unit)} ${met === true ? '✓' : '✗'}`;

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
  console.log('| figure | value | floor | ratio | aim | same work | ratio | aim | memory |');
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const figure of figures) {
    const { name, unit, value, floor, ratio, aim, met, sameWork, rssMb } = figure;
    const cells = [
      `\`${name}\``,
      `${shown(value)} ${unit}`,
      floor === null ? '–' : shown(floor),
      ratioText(ratio),
      aimCell(aim, unit, met),
      sameWork === null ? '–' : shown(sameWork.floor),
      sameWork === null ? '–' : ratioText(sameWork.ratio),
      sameWork === null ? '–' : aimCell(sameWork.aim, unit, sameWork.met),
      `${rssMb} MB${rssMb > MOST_MEMORY_MB ? ' ✗' : ''}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  printFloors(figures);
  printBesides(figures);
  printPerMillion(figures);
  const verdicts = figures.flatMap(({ name, met, sameWork }) => [
    { name, met },
    { name: `${name} (same work)`, met: sameWork?.met ?? null },
  ]);
  const aims = verdicts.filter(({ met }) => met !== null).length;
  const missed = verdicts.filter(({ met }) => met === false).map(({ name }) => name);
  const large = figures.filter(({ rssMb }) => rssMb > MOST_MEMORY_MB).map(({ name }) => name);
  const others = missed.length === 0 ? '' : `; missed: ${missed.join(', ')}`;
  console.log(`\n${aims - missed.length} of ${aims} aims are met${others}.`);
  console.log(
    large.length === 0
      ? `Resident memory stayed under ${MOST_MEMORY_MB} MB throughout.`
      : `Resident memory went beyond ${MOST_MEMORY_MB} MB in: ${large.join(', ')}.`,
  );
}

/** Prints what each floor is; figures with the same ones stand together. */
function printFloors(figures: readonly Figure[]): void {
  console.log('\n| figure | floor | same work |\n|---|---|---|');
  const floors = groupBy(
    figures,
    ({ floorName, sameWork }) => `${floorName} | ${sameWork?.floorName ?? '–'}`,
  );
  for (const [floor, having] of floors)
    console.log(`| ${having.map(({ name }) => `\`${name}\``).join(', ')} | ${floor} |`);
}

/** Prints the numbers that stand beside a figure. */
function printBesides(figures: readonly Figure[]): void {
  const lines = figures.flatMap(({ name, besides = {} }) => {
    const numbers = Object.entries(besides).map(([beside, value]) => `${beside} ${shown(value)}`);
    return numbers.length === 0 ? [] : [`| \`${name}\` | ${numbers.join(', ')} |`];
  });
  if (lines.length > 0) console.log(['', '| figure | beside it |', '|---|---|', ...lines].join('\n'));
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
