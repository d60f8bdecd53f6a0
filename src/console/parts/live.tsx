import type { ComponentChildren } from 'preact';
import { useView } from '../view-context.ts';

/**
 * A part of a page that changes by itself while `running`: it is asked for again every two seconds where
 * there is JavaScript, and by its link without.
 */
export function Live({
  id,
  running,
  children,
}: {
  id: string;
  running: boolean;
  children: ComponentChildren;
}) {
  const { url } = useView();
  const again = running
    ? {
        'hx-get': url,
        'hx-trigger': 'every 2s',
        'hx-select': `#${id}`,
        'hx-target': 'this',
        'hx-swap': 'outerHTML',
      }
    : {};
  return (
    <div id={id} class="live" {...again}>
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
