import { expect } from 'chai';
import { endOf, eventsAsOf } from '../../../projections/deployments/as-of.ts';
import { recorded } from '../../support/projections/projection-spec.ts';
import { attached, created, started, transitioned } from '../../support/commands/deployment-events.ts';

describe('events as of a time', () => {
  const events = [
    recorded(created(), { position: 1, recorded_at: '2026-05-01T10:00:00.000Z' }),
    recorded(transitioned('active', 'paused'), { position: 2, recorded_at: '2026-05-03T10:00:00.000Z' }),
    recorded(started('2026-04-20'), { position: 3, recorded_at: '2026-05-05T10:00:00.000Z' }),
  ];
  const positions = (when: { as_of?: string; known_at?: string }) =>
    eventsAsOf(events, when).map(({ position }) => position);

  it('are ordered by effective time, after the event that creates the stream', () => {
    expect(positions({ as_of: '2026-06-01' })).to.deep.equal([1, 3, 2]);
    expect(positions({ as_of: '2026-05-03T09:59:59Z' })).to.deep.equal([1, 3]);
    expect(positions({ as_of: '2026-04-20' })).to.deep.equal([1, 3]);
    expect(positions({ as_of: '2026-04-19' })).to.deep.equal([]);
  });

  it('are in the order of the journal within a day, whether dated back or recorded on it', () => {
    const back = { ...attached({ effective_on: '2026-05-03' }), effective_at: '2026-05-03' };
    const dated = [...events, recorded(back, { position: 4, recorded_at: '2026-05-09T10:00:00.000Z' })];
    const order = (as_of: string) => eventsAsOf(dated, { as_of }).map(({ position }) => position);
    expect(order('2026-06-01')).to.deep.equal([1, 3, 2, 4]);
    expect(order('2026-05-03T09:59:59Z'), 'a day begins at its first instant').to.deep.equal([1, 3, 4]);
  });

  it('leave out events recorded later, even with an earlier effective time', () => {
    expect(positions({ known_at: '2026-05-04' })).to.deep.equal([1, 2]);
    expect(positions({ as_of: '2026-04-20', known_at: '2026-05-04' })).to.deep.equal([]);
    expect(positions({ as_of: '2026-05-02', known_at: '2026-05-05T10:00:00Z' })).to.deep.equal([1, 3]);
  });

  it('are the whole stream in journal order without either time', () => {
    expect(positions({})).to.deep.equal([1, 2, 3]);
  });

  it('take a day as its last millisecond', () => {
    expect(endOf('2026-05-01')).to.equal('2026-05-01T23:59:59.999Z');
    expect(endOf('2026-05-01T08:00:00Z')).to.equal('2026-05-01T08:00:00.000Z');
  });
});
