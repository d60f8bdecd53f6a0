import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import type { Option } from '../field.ts';
import { useView } from '../view-context.ts';
import { Icon } from './icon.tsx';
import { monthName } from './values.tsx';
import { withQuery } from './url.ts';

/** A filter of a list. Its value is in the address. */
export interface Filter {
  name: string;
  label: string;
  kind: 'text' | 'select' | 'day' | 'period' | 'instant';
  /** Of a select; the first is usually `{ value: '', label: 'All' }`. Of a text what the browser proposes. */
  options?: readonly Option[];
  placeholder?: string;
  /** What is in force where the address says nothing, such as the days of a statement. */
  value?: string;
}

/**
 * The filters of a list: a form whose fields are parameters of the address. Other parameters stay, except
 * cursors, which belong to the old list.
 */
export function Filters({
  filters,
  keep = [],
  submit = 'Filter',
}: {
  filters: readonly Filter[];
  keep?: readonly string[];
  /** The text of the button: `Show` where another day or moment is picked. */
  submit?: string;
}) {
  const { url } = useView();
  const [path = '', text = ''] = url.split('?', 2);
  const query = new URLSearchParams(text);
  const active = filters.some(({ name }) => (query.get(name) ?? '') !== '');
  return (
    <form class="filters" method="get" action={path} role="search" aria-label="Filter the list">
      {keep
        .filter((name) => query.has(name))
        .map((name) => (
          <input type="hidden" name={name} value={query.get(name) ?? ''} />
        ))}
      {filters.map((filter) => (
        <FilterField filter={filter} value={query.get(filter.name) ?? filter.value ?? ''} />
      ))}
      <button class="button" type="submit">
        {submit}
      </button>
      {active && (
        <a
          class="button button-plain"
          href={withQuery(url, { ...Object.fromEntries(filters.map(({ name }) => [name, ''])), cursor: '' })}
        >
          Clear
        </a>
      )}
    </form>
  );
}

const inputTypes = { text: 'text', day: 'date', period: 'month', instant: 'datetime-local' } as const;

function FilterField({ filter, value }: { filter: Filter; value: string }) {
  const { name, label, kind, options = [], placeholder } = filter;
  // The types know which roles an input of each type may have, and want one that is known.
  const attributes = {
    type: kind === 'select' ? 'text' : inputTypes[kind],
    name,
    value,
    placeholder,
    ...(kind === 'text' && options.length > 0 ? { list: `${name}-options`, autocomplete: 'off' } : {}),
  } as InputHTMLAttributes<HTMLInputElement>;
  return (
    <label class="filter">
      <span>{label}</span>
      {kind === 'select' ? (
        <select name={name}>
          {options.map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : (
        <input {...attributes} />
      )}
      {kind === 'text' && options.length > 0 && (
        <datalist id={`${name}-options`}>
          {options.map((option) => (
            <option value={option.value}>{option.label}</option>
          ))}
        </datalist>
      )}
    </label>
  );
}

/** A list's parts by status, each with what it comes to. */
export function Tabs({
  label,
  name,
  tabs,
}: {
  label: string;
  /** The parameter of the address. */
  name: string;
  tabs: readonly { value: string; label: string; note?: ComponentChildren }[];
}) {
  const { url } = useView();
  const current = new URLSearchParams(url.split('?', 2)[1] ?? '').get(name) ?? '';
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a
          href={withQuery(url, { [name]: tab.value, cursor: undefined })}
          {...(tab.value === current ? { 'aria-current': 'page' as const } : {})}
        >
          <span>{tab.label}</span>
          {tab.note !== undefined && <span class="tab-note">{tab.note}</span>}
        </a>
      ))}
    </nav>
  );
}

/** The first day of the month that is `by` months later. */
function shiftMonth(period: string, by: number): string {
  const count =
    Number.parseInt(period.slice(0, 4), 10) * 12 + Number.parseInt(period.slice(5, 7), 10) - 1 + by;
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`;
}

/** Leads from a month to the one before and the one after, and to any. */
export function PeriodNav({ period, name = 'period' }: { period: string; name?: string }) {
  const { url } = useView();
  const [path = '', text = ''] = url.split('?', 2);
  const others = [...new URLSearchParams(text)].filter(([key]) => key !== name && key !== 'cursor');
  const to = (by: number) => withQuery(url, { [name]: shiftMonth(period, by), cursor: undefined });
  return (
    <nav class="period" aria-label="Month">
      <a
        class="button button-plain"
        href={to(-1)}
        rel="prev"
        aria-label={`Before: ${monthName(shiftMonth(period, -1))}`}
      >
        <span class="turned">
          <Icon name="chevron" />
        </span>
      </a>
      <form method="get" action={path} class="period-form">
        {others.map(([key, value]) => (
          <input type="hidden" name={key} value={value} />
        ))}
        <input type="month" name={name} value={period.slice(0, 7)} aria-label="Month" data-submits="" />
        <button class="button no-script" type="submit">
          Go
        </button>
      </form>
      <a
        class="button button-plain"
        href={to(1)}
        rel="next"
        aria-label={`After: ${monthName(shiftMonth(period, 1))}`}
      >
        <Icon name="chevron" />
      </a>
    </nav>
  );
}
