import { useView } from '../view-context.ts';
import { Icon } from './icon.tsx';

/** Leads from an object to its events. Only the operator reads the journal. */
export function EventsLink({ stream, label = 'Events' }: { stream: string; label?: string }) {
  const { session } = useView();
  if (session?.admin !== true) return null;
  return (
    <a class="events-link" href={`/console/journal?stream=${encodeURIComponent(stream)}`}>
      <Icon name="events" />
      {label}
    </a>
  );
}

/** Leads to one event by its position. */
export function EventLink({ position }: { position: number }) {
  const { session } = useView();
  if (session?.admin !== true) return null;
  return (
    <a class="num" href={`/console/journal/${position}`}>
      {`#${position.toLocaleString('en')}`}
    </a>
  );
}
