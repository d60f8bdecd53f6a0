import { styleSheet } from '../assets.ts';
import { Columns, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';

/** The style sheet is the one place where a token has its value. */
const sheet = styleSheet();

/** The colours of a token by its name, light and dark, as `#rrggbb`. */
const colours: ReadonlyMap<string, readonly [light: string, dark: string]> = new Map(
  [...sheet.matchAll(/^ {2}--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);$/gm)].map(
    ([, name = '', light = '', dark = '']) => [name, [light, dark]],
  ),
);

/** The sizes of tokens whose names begin so, in pixels of a browser's usual 16 a rem. */
const sizesOf = (prefix: RegExp): { name: string; rem: string; pixels: number }[] =>
  [...sheet.matchAll(/^ {2}--([\w-]+): ([\d.]+)rem;$/gm)]
    .map(([, name = '', rem = '']) => ({ name, rem, pixels: Number(rem) * 16 }))
    .filter(({ name }) => prefix.test(name));

/** How bright a colour is, by WCAG 2.2, from 0 to 1. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours by WCAG 2.2: from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Two colours that stand on one another on some page. */
interface Pair {
  ink: string;
  on: string;
  use: string;
  /** What WCAG 2.2 AA asks for: 4.5 of text, 3 of borders of fields. */
  least: number;
}

const text = (ink: string, on: string, use: string): Pair => ({ ink, on, use, least: 4.5 });

/** Every pair that pages use. */
export const colourPairs: readonly Pair[] = [
  text('ink', 'ground', 'text'),
  text('ink', 'surface', 'text of tables and forms'),
  text('ink', 'sunken', 'text of an open row'),
  text('ink-soft', 'ground', 'what is said beside it'),
  text('ink-soft', 'surface', 'heads of columns, hints'),
  text('ink-soft', 'sunken', 'a plain chip'),
  text('accent', 'ground', 'links'),
  text('accent', 'surface', 'links of tables'),
  text('accent', 'sunken', 'links of an open row'),
  text('accent', 'accent-soft', 'the page that is open'),
  text('accent-ink', 'accent', 'the main button'),
  ...['good', 'warn', 'bad', 'info'].flatMap((tone) => [
    text(tone, `${tone}-soft`, `a chip that is ${tone}`),
    text('ink', `${tone}-soft`, `a notice that is ${tone}`),
  ]),
  text('bad', 'ground', 'an error beside its field'),
  text('bad', 'surface', 'an amount below zero'),
  { ink: 'line-strong', on: 'surface', use: 'the border of a field', least: 3 },
];

/** The contrast of a pair, light and dark. @throws {Error} for a colour that the sheet does not have */
export function contrastOf({ ink, on }: Pair): [light: number, dark: number] {
  const [inks, grounds] = [colours.get(ink), colours.get(on)];
  if (inks === undefined || grounds === undefined) throw new Error(`the sheet lacks ${ink} or ${on}`);
  return [contrast(inks[0], grounds[0]), contrast(inks[1], grounds[1])];
}

/** Two places are shown and never rounded up: 4.499 is not enough. */
const shown = (ratio: number): string => `${(Math.floor(ratio * 100) / 100).toFixed(2)} : 1`;

const columns: readonly Column<Pair>[] = [
  { key: 'use', label: 'For', wraps: true, cell: ({ use }) => use },
  {
    key: 'sample',
    label: 'Looks',
    cell: ({ ink, on }) => (
      <svg class="swatch" viewBox="0 0 64 24" aria-hidden="true">
        <rect width="64" height="24" rx="4" fill={`var(--${on})`} />
        <text x="32" y="17" text-anchor="middle" fill={`var(--${ink})`}>
          12.34
        </text>
      </svg>
    ),
  },
  {
    key: 'pair',
    label: 'Tokens',
    minor: true,
    cell: ({ ink, on }) => (
      <>
        <code>{ink}</code> on <code>{on}</code>
      </>
    ),
  },
  {
    key: 'light',
    label: 'Light',
    align: 'end',
    sort: (pair) => contrastOf(pair)[0],
    cell: (pair) => shown(contrastOf(pair)[0]),
  },
  {
    key: 'dark',
    label: 'Dark',
    align: 'end',
    sort: (pair) => contrastOf(pair)[1],
    cell: (pair) => shown(contrastOf(pair)[1]),
  },
  { key: 'least', label: 'At least', align: 'end', minor: true, cell: ({ least }) => `${least} : 1` },
];

/** Colours with their contrast, the scale of type, and that of spaces. */
export function Tokens() {
  return (
    <>
      <Section
        title="Colours"
        id="colours"
        note="Each pair that pages use, with its contrast by WCAG 2.2, as the style sheet has it."
      >
        <DataTable
          caption="Colours and their contrast"
          name="colours"
          columns={columns}
          rows={colourPairs}
          rowKey={({ ink, on, use }) => `${ink}-${on}-${use.replaceAll(' ', '-')}`}
          empty="There are no colours."
        />
      </Section>
      <Section title="Type and spaces" id="type">
        <Columns>
          <dl class="scale">
            {sizesOf(/^text-/).map(({ name, pixels }) => (
              <div>
                <dt>
                  <code>{name}</code> <span class="muted num">{pixels} px</span>
                </dt>
                <dd class={`sample-${name}`}>Invoice 78.23</dd>
              </div>
            ))}
          </dl>
          <dl class="scale">
            {sizesOf(/^s\d$/).map(({ name, pixels }) => (
              <div>
                <dt>
                  <code>{name}</code> <span class="muted num">{pixels} px</span>
                </dt>
                <dd>
                  <svg class="space" viewBox="0 0 64 12" aria-hidden="true">
                    <rect width={pixels} height="12" fill="var(--accent)" />
                  </svg>
                </dd>
              </div>
            ))}
          </dl>
        </Columns>
      </Section>
    </>
  );
}
