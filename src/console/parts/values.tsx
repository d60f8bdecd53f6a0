import type { ComponentChildren } from 'preact';
import { money } from '../../pricing/amount-text.ts';
import { Icon } from './icon.tsx';

/** An amount in cents; what is not known is a dash. */
export function Money({
  cents,
  currency,
  signed = false,
}: {
  cents: number | null | undefined;
  /** Where no head or caption names it. */
  currency?: string | undefined;
  /** With a plus where it is above zero: for differences. */
  signed?: boolean;
}) {
  if (cents === null || cents === undefined) return <Absent />;
  return (
    <span class={cents < 0 ? 'num negative' : cents === 0 ? 'num zero' : 'num'}>
      {signed && cents > 0 ? '+' : ''}
      {money(cents)}
      {currency !== undefined && <span class="unit"> {currency}</span>}
    </span>
  );
}

/** What is not known or does not apply. */
export function Absent() {
  return (
    <span class="muted">
      <span aria-hidden="true">–</span>
      <span class="sr">none</span>
    </span>
  );
}

/** A quantity: an exact decimal as the API gives it, with commas. */
export function Quantity({ value, unit }: { value: string | number | null | undefined; unit?: string }) {
  if (value === null || value === undefined) return <Absent />;
  return (
    <span class="num">
      {grouped(String(value))}
      {unit !== undefined && <span class="unit"> {unit}</span>}
    </span>
  );
}

/** Digits of a decimal in groups of three. */
export function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const shown = whole.replace('-', '−').replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? shown : `${shown}.${fraction}`;
}

/** A share in percent. */
export function Percent({ value }: { value: number | string | null | undefined }) {
  if (value === null || value === undefined) return <Absent />;
  return (
    <span class={String(value).startsWith('-') ? 'num negative' : 'num'}>{grouped(String(value))} %</span>
  );
}

/** A day, or the day of an instant, `2026-04-30`. */
export function Day({ day }: { day: string | null | undefined }) {
  if (day === null || day === undefined) return <Absent />;
  return (
    <time class="num" dateTime={day}>
      {day.slice(0, 10)}
    </time>
  );
}

/** An instant to the minute, in UTC; the title has all of it. */
export function Instant({ at }: { at: string | null | undefined }) {
  if (at === null || at === undefined) return <Absent />;
  return (
    <time class="num" dateTime={at} title={at}>
      {at.slice(0, 10)} {at.slice(11, 16)}
    </time>
  );
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `2026-04-01` is April 2026. */
export function monthName(period: string): string {
  return `${months[Number.parseInt(period.slice(5, 7), 10) - 1] ?? ''} ${period.slice(0, 4)}`;
}

/** An id that copies. A long one is shown shortened: the button and the title have all of it. */
export function Id({ id, href, short = true }: { id: string; href?: string | undefined; short?: boolean }) {
  const shown = short && id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
  return (
    <span class="id">
      {href === undefined ? (
        <code title={id}>{shown}</code>
      ) : (
        <a href={href} title={id}>
          <code>{shown}</code>
        </a>
      )}
      <button type="button" class="copy" data-copy={id} hidden aria-label={`Copy ${id}`}>
        <Icon name="copy" />
      </button>
    </span>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'plain';

/** A state in words, with a colour of its tone. */
export function Chip({ tone = 'plain', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`chip chip-${tone}`}>{children}</span>;
}

/** Facts of an object: names and values. */
export function Facts({ items }: { items: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {items.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A figure that a page is about, with its name and what it is compared with. */
export function Figure({
  name,
  children,
  note,
  href,
}: {
  name: string;
  children: ComponentChildren;
  note?: ComponentChildren;
  href?: string;
}) {
  return (
    <div class="figure">
      <p class="figure-name">{href === undefined ? name : <a href={href}>{name}</a>}</p>
      <p class="figure-value">{children}</p>
      {note !== undefined && <p class="muted figure-note">{note}</p>}
    </div>
  );
}

/** Figures side by side. */
export function Figures({ children }: { children: ComponentChildren }) {
  return <div class="figures">{children}</div>;
}
