import { missResource } from '../../../commands/inventory/miss-resource.ts';
import { observeResource } from '../../../commands/inventory/observe-resource.ts';
import { given } from '../../support/commands/command-spec.ts';
import {
  changed,
  discovered,
  dropletId,
  gone,
  returned,
  struck,
  sweepAt,
  tied,
  untied,
  web,
} from '../../support/commands/droplet-events.ts';

const see = (at: string, fields: Partial<typeof web> = {}) => ({
  kind: 'droplet',
  provider_id: '401',
  placeholder: false,
  ...web,
  ...fields,
  sweep: sweepAt(at),
});
const miss = (at: string, last_seen_at: string | null = '2026-05-01T00:05:00.000Z') => ({
  resource_id: dropletId,
  sweep: sweepAt(at),
  last_seen_at,
});

describe('observe-resource', () => {
  it('discovers what nobody knows', () => {
    given(observeResource).when(see('2026-05-01T00:00:00.000Z'), undefined).then([discovered()]);
  });

  it('says nothing of what is the same, however its attributes are ordered', () => {
    given(observeResource, [discovered(undefined, { attrs: { a: 1, b: { x: 1, y: 2 } } })])
      .when(see('2026-05-01T00:10:00.000Z', { attrs: { b: { y: 2, x: 1 }, a: 1 } }), undefined)
      .then([]);
  });

  it('names what differs', () => {
    given(observeResource, [discovered()])
      .when(see('2026-05-01T00:10:00.000Z', { status: 'off', attrs: { tags: ['a'] } }), undefined)
      .then([
        changed('2026-05-01T00:10:00.000Z', { status: 'off', attrs: { tags: ['a'] } }, [
          'status',
          'attrs.tags',
        ]),
      ]);
  });

  it('leaves aside a sweep that began before the last one', () => {
    given(observeResource, [discovered(), changed('2026-05-01T00:10:00.000Z', { status: 'off' }, ['status'])])
      .when(see('2026-05-01T00:09:00.000Z'), undefined)
      .then([]);
  });

  it('takes back strikes', () => {
    given(observeResource, gone.slice(0, 3))
      .when(see('2026-05-01T00:30:00.000Z'), undefined)
      .then([returned('2026-05-01T00:30:00.000Z', false)]);
  });

  it('keeps the tie of one that was stale for a day', () => {
    given(observeResource, [...gone, tied('d1', 'acme', '2026-04-01')])
      .when(see('2026-05-02T00:30:00.000Z'), undefined)
      .then([returned('2026-05-02T00:30:00.000Z', true)]);
  });

  it('ends the tie of one that was stale for longer, on the day of its return', () => {
    given(observeResource, [...gone, tied('d1', 'acme', '2026-04-01')])
      .when(see('2026-05-02T00:30:00.001Z'), undefined)
      .then([
        returned('2026-05-02T00:30:00.001Z', true),
        untied('d1', 'acme', '2026-04-01', '2026-05-02', 'returned-after-stale'),
      ]);
  });
});

describe('miss-resource', () => {
  it('counts a strike, and remembers when the resource was last seen', () => {
    given(missResource, [discovered()])
      .when(miss('2026-05-01T00:10:00.000Z'), undefined)
      .then([struck('2026-05-01T00:10:00.000Z', 1, '2026-05-01T00:05:00.000Z')]);
  });

  it('takes a sighting on the stream for the last one where no counted sweep is younger', () => {
    given(missResource, [discovered()])
      .when(miss('2026-05-01T00:10:00.000Z', null), undefined)
      .then([struck('2026-05-01T00:10:00.000Z', 1, '2026-05-01T00:00:00.000Z')]);
  });

  it('makes it stale at the third, and no more after that', () => {
    given(missResource, gone.slice(0, 3)).when(miss('2026-05-01T00:30:00.000Z'), undefined).then([gone[3]!]);
    given(missResource, gone).when(miss('2026-05-01T00:40:00.000Z'), undefined).then([]);
  });

  it('strikes once a sweep', () => {
    given(missResource, gone.slice(0, 2))
      .when(
        {
          ...miss('2026-05-01T00:20:00.000Z'),
          sweep: { ...sweepAt('2026-05-01T00:20:00.000Z'), sweep_id: 'sweep of 2026-05-01T00:10:00.000Z' },
        },
        undefined,
      )
      .then([]);
  });

  it('does not count a sweep that began before the last strike or sighting had ended', () => {
    given(missResource, gone.slice(0, 2)).when(miss('2026-05-01T00:10:59.999Z'), undefined).then([]);
    given(missResource, [discovered()]).when(miss('2026-05-01T00:00:59.999Z'), undefined).then([]);
  });

  it('counts from anew after a return', () => {
    given(missResource, [...gone, returned('2026-05-01T00:40:00.000Z', true)])
      .when(miss('2026-05-01T00:50:00.000Z'), undefined)
      .then([struck('2026-05-01T00:50:00.000Z', 1, '2026-05-01T00:40:00.000Z')]);
  });
});
