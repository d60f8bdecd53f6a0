import { showEventRoute } from '../../http/routes/events.ts';
import { EventDetail } from '../journal/event-detail.tsx';
import { definePage } from '../page.ts';
import { PageHead } from '../parts/page-head.tsx';
import { Id } from '../parts/values.tsx';

/** One event, with the way to the events before and after it in its stream. */
export const eventPage = definePage({
  path: '/console/journal/:position',
  access: 'admin',
  within: '/console/journal',
  async load({ ask, params }) {
    const { data } = await ask(showEventRoute, { params: { position: params['position'] } });
    return data;
  },
  title: ({ type, position }) => `${type} #${position}`,
  view: (event) => (
    <>
      <PageHead
        title={event.type}
        lead={
          <>
            Event <span class="num">#{event.position.toLocaleString('en')}</span> <Id id={event.id} />
          </>
        }
        crumbs={[{ label: 'Journal', href: '/console/journal' }]}
      />
      <EventDetail event={event} />
    </>
  ),
});
