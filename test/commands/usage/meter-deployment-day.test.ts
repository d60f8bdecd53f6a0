import { expect } from 'chai';
import { deploymentDay } from '../../../commands/usage/deployment-day.ts';
import { meterDeploymentDay, setHashOf } from '../../../commands/usage/meter-deployment-day.ts';
import { isRefusal } from '../../../src/ledger/refusal.ts';
import { MAX_APPEND_BYTES } from '../../../src/journal/event-log.ts';
import type { MeteringEvent, Observation, Unmetered } from '../../../src/events/usage.ts';
import { execution, given } from '../../support/commands/command-spec.ts';

const record = (resource_id: string, changes: Partial<Observation> = {}): Observation => ({
  resource_id,
  resource_kind: 'droplet_hours',
  granularity: 'day',
  hour: null,
  qty: '24',
  ...changes,
});
const records = (count: number) =>
  Array.from({ length: count }, (_, n) => record(`r-${String(n).padStart(6, '0')}`));
const input = (observations: Observation[]) => ({
  deployment_id: 'd',
  tenant_id: 't',
  day: '2026-04-30',
  observations,
});
const set = (set_no: number, observations: Observation[]): MeteringEvent => ({
  type: 'UsageMetered',
  data: {
    deployment_id: 'd',
    tenant_id: 't',
    day: '2026-04-30',
    set_no,
    set_hash: setHashOf(observations),
    part: 1,
    parts: 1,
    observations,
  },
});

/** What executing the command until it is complete appends, by append. */
function run(
  events: MeteringEvent[],
  observations: Observation[],
  unmetered: Unmetered[] = [],
): MeteringEvent[][] {
  const wanted = { ...input(observations), unmetered };
  const appends: MeteringEvent[][] = [];
  let state = events.reduce(
    (folded, event) => deploymentDay.evolve(folded, event),
    deploymentDay.initialState,
  );
  for (;;) {
    const decision = meterDeploymentDay.decide(state, wanted, undefined, execution());
    if (isRefusal(decision)) throw new Error(decision.detail);
    if (decision.length > 0) appends.push(decision);
    state = decision.reduce((folded, event) => deploymentDay.evolve(folded, event), state);
    if (meterDeploymentDay.result(state, wanted).complete) return appends;
  }
}

const numbers = (events: readonly MeteringEvent[]) =>
  events.map(({ data: { set_no, part, parts, observations } }) => [set_no, part, parts, observations.length]);

describe('metering a deployment day', () => {
  it('records the first set, and nothing for equal content in any order', () => {
    const [a, b] = [record('a'), record('b')];
    expect(
      given(meterDeploymentDay)
        .when(input([b, a]), undefined)
        .then([set(1, [a, b])]),
    ).to.deep.equal({ complete: true });
    given(meterDeploymentDay, [set(1, [a, b])])
      .when(input([b, a]), undefined)
      .then([]);
  });

  it('replaces a set by one of the next number, also by an earlier content', () => {
    const [a, b] = [[record('a')], [record('a', { qty: '0' })]];
    given(meterDeploymentDay, [set(1, a)])
      .when(input(b), undefined)
      .then([set(2, b)]);
    given(meterDeploymentDay, [set(1, a), set(2, b)])
      .when(input(a), undefined)
      .then([set(3, a)]);
  });

  it('clears a day that has usage, and only then', () => {
    given(meterDeploymentDay).when(input([]), undefined).then([]);
    given(meterDeploymentDay, [set(1, [record('a')])])
      .when(input([]), undefined)
      .then([set(2, [])]);
    given(meterDeploymentDay, [set(1, [record('a')]), set(2, [])])
      .when(input([]), undefined)
      .then([]);
    given(meterDeploymentDay, [set(1, [record('a')]), set(2, [])])
      .when(input([record('a')]), undefined)
      .then([set(3, [record('a')])]);
  });

  it('refuses a day that has not ended', () => {
    for (const now of ['2026-04-30T00:00:00.000Z', '2026-04-30T23:59:59.999Z', '2026-04-29T10:00:00.000Z']) {
      given(meterDeploymentDay)
        .when(input([record('a')]), undefined, execution({ now }))
        .refused('day-not-ended');
    }
  });

  describe('with resources that have no record', () => {
    const without = (resource_id: string): Unmetered => ({
      resource_id,
      resource_kind: 'spaces_gb_month',
      reason: 'unknown-size',
    });
    const partly = (set_no: number, observations: Observation[], unmetered: Unmetered[]): MeteringEvent => {
      const [{ data }] = [set(set_no, observations)];
      return {
        type: 'UsageMetered',
        data: { ...data, set_hash: setHashOf(observations, unmetered), unmetered },
      };
    };
    const input = (observations: Observation[], unmetered: Unmetered[]) => ({
      deployment_id: 'd',
      tenant_id: 't',
      day: '2026-04-30',
      observations,
      unmetered,
    });

    it('keeps them with the set, and nothing for equal content in any order', () => {
      const [x, y, a] = [without('x'), without('y'), record('a')];
      expect(
        given(meterDeploymentDay)
          .when(input([a], [y, x]), undefined)
          .then([partly(1, [a], [x, y])]),
      ).to.deep.equal({ complete: true });
      given(meterDeploymentDay, [partly(1, [a], [x, y])])
        .when(input([a], [y, x]), undefined)
        .then([]);
    });

    it('replaces them with the next set, either way', () => {
      const [x, size] = [without('x'), record('x', { resource_kind: 'spaces_gb_month', qty: '1' })];
      given(meterDeploymentDay, [partly(1, [], [x])])
        .when(input([size], []), undefined)
        .then([set(2, [size])]);
      given(meterDeploymentDay, [set(1, [size])])
        .when(input([], [x]), undefined)
        .then([partly(2, [], [x])]);
      given(meterDeploymentDay, [partly(1, [], [x])])
        .when(input([], []), undefined)
        .then([set(2, [])]);
    });

    it('names a set without any as it always was', () => {
      expect(setHashOf([record('a')], [])).to.equal(setHashOf([record('a')]));
      expect(setHashOf([], [without('x')])).to.not.equal(setHashOf([]));
    });

    it('splits them like records, and goes on with a set that was cut off among them', () => {
      const many = Array.from({ length: 700 }, (_, n) => without(`r-${String(n).padStart(6, '0')}`));
      const sizes = (events: readonly MeteringEvent[]) =>
        events.map(({ data: { set_no, part, parts, observations, unmetered = [] } }) => [
          set_no,
          part,
          parts,
          observations.length,
          unmetered.length,
        ]);
      const all = run([], records(400), many).flat();
      expect(sizes(all)).to.deep.equal([
        [1, 1, 3, 400, 100],
        [1, 2, 3, 0, 500],
        [1, 3, 3, 0, 100],
      ]);
      expect(sizes(run(all.slice(0, 2), records(400), many).flat())).to.deep.equal([[1, 3, 3, 0, 100]]);
    });
  });

  it('orders hours by number', () => {
    const hourly = Array.from({ length: 24 }, (_, hour) =>
      record('a', { granularity: 'hour', hour, qty: '1' }),
    );
    given(meterDeploymentDay)
      .when(input([...hourly].reverse()), undefined)
      .then([set(1, hourly)]);
  });

  it('splits a set into parts of at most 500, in one append while they fit', () => {
    const [append, ...more] = run([], records(1_200));
    expect(more).to.deep.equal([]);
    expect(numbers(append ?? [])).to.deep.equal([
      [1, 1, 3, 500],
      [1, 2, 3, 500],
      [1, 3, 3, 200],
    ]);
  });

  it("stores what is beyond one append in several, none over the log's limit", () => {
    const appends = run([], records(20_000));
    expect(appends.length).to.be.greaterThan(1);
    for (const append of appends)
      expect(Buffer.byteLength(JSON.stringify(append))).to.be.lessThan(MAX_APPEND_BYTES * 0.9);
    expect(numbers(appends.flat())).to.deep.equal(
      Array.from({ length: 40 }, (_, part) => [1, part + 1, 40, 500]),
    );
    expect(appends.flat().flatMap(({ data }) => data.observations)).to.deep.equal(records(20_000));
  });

  it('goes on with a set that was cut off, and supersedes one of other content', () => {
    const all = run([], records(1_200)).flat();
    expect(numbers(run(all.slice(0, 1), records(1_200)).flat())).to.deep.equal([
      [1, 2, 3, 500],
      [1, 3, 3, 200],
    ]);
    expect(numbers(run(all.slice(0, 2), records(600)).flat())).to.deep.equal([
      [2, 1, 2, 500],
      [2, 2, 2, 100],
    ]);
  });

  it('supersedes a set that was cut off under other part sizes', () => {
    const [first] = run([], records(1_200)).flat();
    const smaller = { ...first, data: { ...first?.data, observations: records(400) } } as MeteringEvent;
    expect(numbers(run([smaller], records(1_200)).flat())).to.deep.equal([
      [2, 1, 3, 500],
      [2, 2, 3, 500],
      [2, 3, 3, 200],
    ]);
  });

  it('lets a complete set count while a later one is cut off', () => {
    const [begun] = run([], records(600)).flat();
    const cutOff = { ...begun, data: { ...begun?.data, set_no: 2 } } as MeteringEvent;
    given(meterDeploymentDay, [set(1, [record('a')]), cutOff])
      .when(input([record('a')]), undefined)
      .then([]);
    expect(numbers(run([set(1, [record('a')]), cutOff], [record('b')]).flat())).to.deep.equal([[3, 1, 1, 1]]);
    expect(numbers(run([cutOff], []).flat())).to.deep.equal([]);
  });
});
