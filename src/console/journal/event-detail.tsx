import type { z } from 'zod';
import type { showEventRoute } from '../../http/routes/events.ts';
import { EventData } from '../parts/event-data.tsx';
import { Absent, Facts, Id, Instant } from '../parts/values.tsx';
import { pagesOfEvent } from '../streams.ts';
import { actorName, journalWith } from './journal-links.ts';
import { TakeBack } from './take-back.tsx';

/** An event as the API answers it. */
export type ShownEvent = z.output<typeof showEventRoute.response>['data'];

/** A member of the metadata that is a text. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** One event in full: where it stands, who caused it, what it is about, and what it says. */
export function EventDetail({ event }: { event: ShownEvent }) {
  const { metadata, stream, revision } = event;
  const correlation = textOf(metadata['correlation_id']);
  const actor = actorName(metadata['actor']);
  const effective = textOf(metadata['effective_at']);
  const cause = textOf(metadata['causation_id']);
  return (
    <div class="event">
      <p class="button-row">
        {pagesOfEvent(event).map(({ label, href }) => (
          <a class="button" href={href}>
            {label}
          </a>
        ))}
        <Neighbour position={event.previous_position} label="Before in its stream" />
        <Neighbour position={event.next_position} label="After in its stream" />
      </p>
      <Facts
        items={[
          [
            'Stream',
            <>
              <Id id={stream} href={journalWith({ stream })} />{' '}
              <span class="muted">event {revision + 1}</span>
            </>,
          ],
          ['Event', <Id id={event.id} />],
          ['Recorded (UTC)', <Instant at={textOf(metadata['recorded_at'])} />],
          ['Effective', effective === null ? <Absent /> : <Instant at={effective} />],
          ['Actor', <a href={journalWith({ actor })}>{actor}</a>],
          [
            'Correlation',
            correlation === null ? (
              <Absent />
            ) : (
              <Id id={correlation} href={journalWith({ correlation_id: correlation })} />
            ),
          ],
          ['Caused by', cause === null ? <Absent /> : <Id id={cause} />],
          ['Schema version', JSON.stringify(metadata['schema_version'] ?? 1)],
        ]}
      />
      <TakeBack event={event} />
      <h2>Data</h2>
      <EventData data={event.data} personal={event.personal} />
      <details class="as-of">
        <summary>
          <span>Metadata as recorded</span>
        </summary>
        <EventData data={metadata} />
      </details>
    </div>
  );
}

function Neighbour({ position, label }: { position: number | null; label: string }) {
  if (position === null) return null;
  return (
    <a class="button button-plain" href={`/console/journal/${position}`}>
      {label}: #{position.toLocaleString('en')}
    </a>
  );
}
