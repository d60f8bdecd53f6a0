import type { ComponentChildren } from 'preact';
import { z } from 'zod';
import { useView } from '../view-context.ts';
import { Icon } from './icon.tsx';
import { withQuery } from './url.ts';

/** The two moments of an object's page, for the schema of its query. */
export const asOfParameters = { as_of: z.string().optional(), known_at: z.string().optional() };

/** The two moments as in an address; undefined: now. */
export interface Moments {
  as_of?: string | undefined;
  known_at?: string | undefined;
}

/** A moment as the API takes it: what browsers send of a date and a time has neither seconds nor zone. */
export function momentAsked(moment: string | undefined): string | undefined {
  if (moment === undefined || moment === '') return undefined;
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(moment)
    ? `${moment.slice(0, 16)}:${moment.slice(17) || '00'}Z`
    : moment;
}

/** The moments of a page's query, for the query of a route that takes `as_of` and `known_at`. */
export const momentsAsked = ({ as_of, known_at }: Moments): Moments => ({
  as_of: momentAsked(as_of),
  known_at: momentAsked(known_at),
});

/** Whether a page is to show a past moment. */
export const isPast = ({ as_of, known_at }: Moments): boolean =>
  momentAsked(as_of) !== undefined || momentAsked(known_at) !== undefined;

/** As an input of a date and a time shows it; a day counts to its end. */
const typed = (moment: string | undefined): string =>
  moment === undefined ? '' : moment.length === 10 ? `${moment}T23:59` : moment.slice(0, 16);

const told = (moment: string): string =>
  moment.length === 10
    ? `the end of ${moment}`
    : `${moment.slice(0, 10)} ${moment.slice(11, moment.slice(17, 19) === '00' ? 16 : 19)} UTC`;

/** Which moment is shown, in words. */
function sentence(as_of: string | undefined, known_at: string | undefined): string {
  if (as_of !== undefined && known_at !== undefined)
    return as_of === known_at
      ? `As it was at ${told(as_of)}, by what was known then.`
      : `As it was at ${told(as_of)}, by what was known at ${told(known_at)}.`;
  if (as_of !== undefined) return `As it was at ${told(as_of)}, by everything that is known now.`;
  if (known_at !== undefined) return `By what was known at ${told(known_at)}.`;
  return 'As it is now.';
}

/**
 * Picks a moment of an object whose page shows it as it is now: the journal has what was recorded of it by
 * then. Only the operator reads the journal.
 */
export function RecordedBy({ stream }: { stream: string }) {
  const { session } = useView();
  if (session?.admin !== true) return null;
  return (
    <details class="as-of">
      <summary>
        <Icon name="clock" />
        <span>As it is now.</span>
      </summary>
      <form class="filters" method="get" action="/console/journal" aria-label="Another moment">
        <input type="hidden" name="stream" value={stream} />
        <label class="filter">
          <span>Recorded by (UTC)</span>
          <input type="datetime-local" name="recorded_to" />
        </label>
        <button class="button" type="submit">
          Its events by then
        </button>
      </form>
    </details>
  );
}

/** Says that a page shows the past, and what of it does not. */
export function PastNotice({ now, children }: { now: string; children?: ComponentChildren }) {
  return (
    <div class="notice notice-info">
      <Icon name="clock" />
      <div>
        <p>
          The past is shown; nothing can be done to it. <a href={now}>As of now</a>
        </p>
        {children}
      </div>
    </div>
  );
}

/**
 * Picks the moment that a page shows: when it was true, and by what was known when. It says which one that
 * is, and leads back to now. Other parameters of the address stay, except cursors, which belong to the lists
 * of another moment.
 */
export function AsOf({
  knownOnly = false,
}: {
  /** Of a month, which is always as it was in that month. */
  knownOnly?: boolean;
}) {
  const { url } = useView();
  const [path = '', text = ''] = url.split('?', 2);
  const query = new URLSearchParams(text);
  const [as_of, known_at] = ['as_of', 'known_at'].map((name) => momentAsked(query.get(name) ?? undefined));
  const others = [...query].filter(([name]) => !/^(as_of|known_at|(.+_)?cursor)$/.test(name));
  const past = as_of !== undefined || known_at !== undefined;
  return (
    <details class={past ? 'as-of as-of-past' : 'as-of'} open={past}>
      <summary>
        <Icon name="clock" />
        <span>{sentence(as_of, known_at)}</span>
      </summary>
      <form class="filters" method="get" action={path} aria-label="Another moment">
        {others.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {!knownOnly && (
          <label class="filter">
            <span>As of (UTC)</span>
            <input type="datetime-local" name="as_of" value={typed(as_of)} />
          </label>
        )}
        <label class="filter">
          <span>By what was known at (UTC)</span>
          <input type="datetime-local" name="known_at" value={typed(known_at)} />
        </label>
        <button class="button" type="submit">
          Show
        </button>
        {past && (
          <a class="button button-plain" href={withQuery(url, { as_of: '', known_at: '' })}>
            Back to now
          </a>
        )}
      </form>
    </details>
  );
}
