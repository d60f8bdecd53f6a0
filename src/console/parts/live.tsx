import type { ComponentChildren } from 'preact';
import { useView } from '../view-context.ts';

/**
 * A part of a page that follows work: with JavaScript it is asked for again every two seconds while the work
 * runs, and the page once more when it has ended; without, a link does so. What is being typed in it, or was
 * opened in it, stays as it is: it then waits.
 */
export function Live({
  id,
  running,
  quiet = false,
  from,
  children,
}: {
  id: string;
  running: boolean;
  /** The page that is asked for the part, which has it under the same id; default: the page that it is in. */
  from?: string;
  /** A list, whose every change a screen reader would read out. */
  quiet?: boolean;
  children: ComponentChildren;
}) {
  const { url } = useView();
  const again = running
    ? {
        'hx-get': from ?? url,
        'hx-trigger': 'every 2s',
        'hx-select': `#${id}`,
        'hx-target': 'this',
        'hx-swap': 'outerMorph',
      }
    : {};
  return (
    <div id={id} class="live" {...(quiet ? {} : { 'aria-live': 'polite' as const })} {...again}>
      {children}
      {running && (
        <p class="no-script">
          <a href={url}>Look again</a>
        </p>
      )}
    </div>
  );
}

/** `1 h 5 min`, `3 min`, `12 s`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The time between two instants, as {@link duration}. */
export const took = (from: string, to: string): string =>
  duration(Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000));
