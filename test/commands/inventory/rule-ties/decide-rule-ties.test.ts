import { expect } from 'chai';
import { decideRuleTies } from '../../../../commands/inventory/decide-rule-ties.ts';
import {
  byProject,
  bySource,
  facts,
  placedIn,
  resource,
  tied,
} from '../../../support/commands/rule-facts.ts';

const decided = (...args: Parameters<typeof facts>) =>
  decideRuleTies(facts(...args)).map(({ resource_id, unties, ties }) => {
    const ends = unties.map(({ effective_to, reason }) => `${effective_to} ${reason}`);
    const made = ties.map(({ deployment_id, effective_from, effective_to, rule }) =>
      [deployment_id, effective_from, ...(effective_to === null ? [] : ['to', effective_to]), rule.by].join(
        ' ',
      ),
    );
    return {
      id: resource_id,
      ...(ends.length === 0 ? {} : { end: ends.join(', ') }),
      ...(made.length === 0 ? {} : { tie: made.join(', ') }),
    };
  });

describe('decide-rule-ties', () => {
  it('ties what is in the project, from the later of first sighting and entry', () => {
    expect(decided([resource('r', { first_seen: '2026-05-03' })])).to.deep.equal([
      { id: 'r', tie: 'd1 2026-05-03 project' },
    ]);
    expect(decided([resource('r', { place: placedIn('p1', '2026-05-05') })])).to.deep.equal([
      { id: 'r', tie: 'd1 2026-05-05 project' },
    ]);
    expect(decided([resource('r', { place: placedIn(null) }), resource('s', { place: null })])).to.deep.equal(
      [],
    );
  });

  it('begins after earlier ties, and after what is invoiced to either tenant', () => {
    const earlier = tied('d9', '2026-04-20', { effective_to: '2026-05-04', untied_reason: 'left-project' });
    expect(decided([resource('r', { ties: [earlier] })])).to.deep.equal([
      { id: 'r', tie: 'd1 2026-05-04 project' },
    ]);
    for (const tenant of ['acme', 'skyai-internal'])
      expect(
        decided([resource('r', { first_seen: '2026-04-02' })], {
          invoiced: new Map([[tenant, '2026-04-30']]),
        }),
      ).to.deep.equal([{ id: 'r', tie: 'd1 2026-05-01 project' }]);
    const tomorrow = tied('d9', '2026-04-20', { effective_to: '2026-05-11', untied_reason: 'left-project' });
    expect(decided([resource('r', { ties: [tomorrow] })]), 'in the future').to.deep.equal([]);
  });

  it('leaves a tie by hand, and one that was ended by hand since the resource came', () => {
    expect(decided([resource('r', { ties: [tied('d9', '2026-05-02')] })])).to.deep.equal([]);
    const ended = tied('d1', '2026-05-01', {
      ...byProject,
      effective_to: '2026-05-04',
      untied_position: 50,
      untied_reason: 'requested',
    });
    expect(decided([resource('r', { ties: [ended] })])).to.deep.equal([]);
    const returned = placedIn('p1', '2026-05-06', 60);
    expect(decided([resource('r', { ties: [ended], place: returned })])).to.deep.equal([
      { id: 'r', tie: 'd1 2026-05-06 project' },
    ]);
  });

  it('follows the rule anew after a long absence', () => {
    const ended = tied('d1', '2026-05-01', {
      ...byProject,
      effective_to: '2026-05-06',
      untied_position: 50,
      untied_reason: 'returned-after-stale',
    });
    expect(decided([resource('r', { ties: [ended] })])).to.deep.equal([
      { id: 'r', tie: 'd1 2026-05-06 project' },
    ]);
    expect(decided([resource('r', { stale: true })]), 'stale').to.deep.equal([]);
  });

  it('ends the tie on the day on which the resource left, and ties it in its new project', () => {
    const ties = [tied('d1', '2026-05-01', byProject)];
    expect(decided([resource('r', { ties, place: placedIn(null, '2026-05-08') })])).to.deep.equal([
      { id: 'r', end: '2026-05-08 left-project' },
    ]);
    expect(decided([resource('r', { ties, place: placedIn('p2', '2026-05-08') })])).to.deep.equal([
      { id: 'r', end: '2026-05-08 left-project', tie: 'd2 2026-05-08 project' },
    ]);
  });

  it('moves the ties when the rule is replaced, and ends them with the rule', () => {
    const ties = [tied('d1', '2026-05-01', byProject)];
    const rule = (deploys: string | null) => ({
      projects: new Map([['p1', { deploys, changed: '2026-05-09' }]]),
    });
    expect(decided([resource('r', { ties })], rule('d2'))).to.deep.equal([
      { id: 'r', end: '2026-05-09 rule-ended', tie: 'd2 2026-05-09 project' },
    ]);
    expect(decided([resource('r', { ties })], rule(null))).to.deep.equal([
      { id: 'r', end: '2026-05-09 rule-ended' },
    ]);
  });

  it('begins again where it ended when the rule is set again, and after a return where that was', () => {
    const ended = (untied_reason: string) =>
      tied('d1', '2026-05-01', { ...byProject, effective_to: '2026-05-06', untied_reason });
    expect(decided([resource('r', { ties: [ended('rule-ended')] })])).to.deep.equal([
      { id: 'r', tie: 'd1 2026-05-06 project' },
    ]);
    const returned = placedIn('p1', '2026-05-09', 70);
    expect(decided([resource('r', { ties: [ended('left-project')], place: returned })])).to.deep.equal([
      { id: 'r', tie: 'd1 2026-05-09 project' },
    ]);
  });

  it('leaves a tie by hand in a project whose rule is replaced, ended, or left', () => {
    const ties = [tied('d1', '2026-05-01')];
    for (const place of [placedIn('p1'), placedIn('p2', '2026-05-08'), placedIn(null, '2026-05-08')])
      for (const deploys of ['d2', null]) {
        const projects = new Map([['p1', { deploys, changed: '2026-05-09' }]]);
        expect(decided([resource('r', { ties, place })], { projects })).to.deep.equal([]);
      }
  });

  it('ties to no deployment that is closed, and ends no tie of one', () => {
    for (const state of ['cancelled', 'archived']) {
      const deployments = new Map([['d1', { tenant_id: 'acme', state }]]);
      expect(decided([resource('r')], { deployments })).to.deep.equal([]);
      const ties = [tied('d1', '2026-05-01', byProject)];
      expect(decided([resource('r', { ties })], { deployments })).to.deep.equal([]);
    }
  });
});

describe('decide-rule-ties, of what is taken of a source', () => {
  const backup = (change: Parameters<typeof resource>[1] = {}) =>
    resource('b', { source_id: 'r', place: null, ...change });

  it('follows the source from the later of its tie and the own first sighting, also when it is gone', () => {
    const source = resource('r', { stale: true, ties: [tied('d9', '2026-05-02')] });
    expect(decided([backup(), source])).to.deep.equal([{ id: 'b', tie: 'd9 2026-05-02 source' }]);
    expect(decided([backup({ first_seen: '2026-05-07' }), source])).to.deep.equal([
      { id: 'b', tie: 'd9 2026-05-07 source' },
    ]);
    expect(decided([backup({ ties: [tied('d9', '2026-05-02', bySource)] }), source])).to.deep.equal([]);
  });

  it('follows a source that a rule ties in the same run', () => {
    expect(decided([backup(), resource('r')])).to.deep.equal([
      { id: 'r', tie: 'd1 2026-05-01 project' },
      { id: 'b', tie: 'd1 2026-05-01 source' },
    ]);
  });

  it('moves with the source on that day, and is untied with it', () => {
    const ended = tied('d9', '2026-05-02', { effective_to: '2026-05-06', untied_reason: 'requested' });
    const follower = backup({ ties: [tied('d9', '2026-05-02', bySource)] });
    const moved = resource('r', { ties: [ended, tied('d2', '2026-05-06')] });
    expect(decided([follower, moved])).to.deep.equal([
      { id: 'b', end: '2026-05-06 source-untied', tie: 'd2 2026-05-06 source' },
    ]);
    const free = resource('r', { place: placedIn(null), ties: [ended] });
    expect(decided([follower, free])).to.deep.equal([{ id: 'b', end: '2026-05-06 source-untied' }]);
  });

  it('is shortened with the source', () => {
    const end = (effective_to: string, untied_reason: string) => ({ effective_to, untied_reason });
    const source = resource('r', {
      place: placedIn(null),
      ties: [tied('d9', '2026-05-02', end('2026-05-04', 'requested'))],
    });
    const follower = (reason: string) =>
      backup({ ties: [tied('d9', '2026-05-02', { ...bySource, ...end('2026-05-06', reason) })] });
    expect(decided([follower('source-untied'), source])).to.deep.equal([
      { id: 'b', end: '2026-05-04 source-untied' },
    ]);
  });

  it('stays untied by hand until its source is tied anew', () => {
    const ended = tied('d9', '2026-05-02', {
      ...bySource,
      effective_to: '2026-05-06',
      untied_position: 50,
      untied_reason: 'requested',
    });
    const source = (tied_position: number) =>
      resource('r', { ties: [tied('d9', '2026-05-02', { tied_position })] });
    expect(decided([backup({ ties: [ended] }), source(20)])).to.deep.equal([]);
    expect(decided([backup({ ties: [ended] }), source(60)])).to.deep.equal([
      { id: 'b', tie: 'd9 2026-05-06 source' },
    ]);
  });

  it('follows ties of the source that have ended, from its own first sighting', () => {
    const ended = tied('d9', '2026-05-02', { effective_to: '2026-05-06', untied_reason: 'requested' });
    const source = (...ties: ReturnType<typeof tied>[]) => resource('r', { place: placedIn(null), ties });
    const late = backup({ first_seen: '2026-05-04' });
    expect(decided([late, source(ended)])).to.deep.equal([
      { id: 'b', tie: 'd9 2026-05-04 to 2026-05-06 source' },
    ]);
    expect(decided([late, source(ended, tied('d2', '2026-05-08'))])).to.deep.equal([
      { id: 'b', tie: 'd9 2026-05-04 to 2026-05-06 source, d2 2026-05-08 source' },
    ]);
    const after = backup({ first_seen: '2026-05-06' });
    expect(decided([after, source(ended)]), 'seen after it').to.deep.equal([]);
    const invoiced = { invoiced: new Map([['initech', '2026-05-06']]) };
    expect(decided([late, source(ended)], invoiced), 'invoiced').to.deep.equal([]);
    const inProject = backup({ first_seen: '2026-05-04', place: placedIn('p2') });
    expect(decided([inProject, source(ended)]), 'in a project itself').to.deep.equal([
      { id: 'b', tie: 'd9 2026-05-04 to 2026-05-06 source, d2 2026-05-06 project' },
    ]);
  });

  it('is shortened with any tie of the source, and stays where the source is tied anew at once', () => {
    const ends = (day: string) => ({ effective_to: day, untied_reason: 'source-untied' });
    const first = tied('d9', '2026-05-02', { ...bySource, ...ends('2026-05-06') });
    const follower = backup({ ties: [first, tied('d2', '2026-05-06', bySource)] });
    const moved = (day: string) =>
      resource('r', {
        ties: [
          tied('d9', '2026-05-02', { effective_to: day, untied_reason: 'requested' }),
          tied('d2', '2026-05-06'),
        ],
      });
    expect(decided([follower, moved('2026-05-06')])).to.deep.equal([]);
    expect(decided([follower, moved('2026-05-04')])).to.deep.equal([
      { id: 'b', end: '2026-05-04 source-untied' },
    ]);
    const again = resource('r', {
      ties: [
        tied('d9', '2026-05-02', { effective_to: '2026-05-06', untied_reason: 'requested' }),
        tied('d9', '2026-05-06'),
      ],
    });
    expect(decided([backup({ ties: [tied('d9', '2026-05-02', bySource)] }), again])).to.deep.equal([]);
  });

  it('follows its source rather than its own project', () => {
    const ties = [tied('d1', '2026-05-01', byProject)];
    const held = resource('r', { ties: [tied('d9', '2026-05-04')] });
    expect(decided([backup({ place: placedIn('p1'), ties }), held])).to.deep.equal([
      { id: 'b', end: '2026-05-04 rule-ended', tie: 'd9 2026-05-04 source' },
    ]);
    const deployments = new Map([
      ['d1', { tenant_id: 'acme', state: 'active' }],
      ['d9', { tenant_id: 'initech', state: 'cancelled' }],
    ]);
    expect(decided([backup({ place: placedIn('p1'), ties }), held], { deployments })).to.deep.equal([]);
  });

  it('stays in its project when it follows nothing, whether its source is gone or unknown', () => {
    expect(decided([backup({ place: placedIn('p1') })])).to.deep.equal([
      { id: 'b', tie: 'd1 2026-05-01 project' },
    ]);
    const gone = resource('r', { stale: true, place: placedIn(null) });
    expect(decided([backup(), gone])).to.deep.equal([]);
  });
});
