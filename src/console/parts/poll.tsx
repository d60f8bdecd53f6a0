import type { ComponentChildren } from 'preact';
import { useView } from '../view-context.ts';

/**
 * A part of a page that follows work: with JavaScript it is asked for again while the work runs, without it a
 * link does so.
 */
export function Polled({
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
        'hx-target': `#${id}`,
        'hx-swap': 'outerHTML',
      }
    : {};
  return (
    <div id={id} aria-live="polite" {...again}>
      {children}
      {running && (
        <p class="no-script">
          <a href={`${url}#${id}`}>How far is it now?</a>
        </p>
      )}
    </div>
  );
}
