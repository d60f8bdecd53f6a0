import { expect } from 'chai';
import { isJsonObject } from '../../simulators/digitalocean/index.ts';
import { projections } from '../../projections/index.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { verifyLedger } from '../../src/processes/verify-ledger.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { ok, type Json } from '../support/http/api.ts';
import { expectLocks, locksAtRest, type HeldLock } from '../support/faults/killed-account.ts';
import type { RevertOfLife } from '../support/faults/revert-life.ts';
import { revertSaid } from '../support/faults/revert-said.ts';
import { desiredSize, presentSize, RevertStage, type Drifted } from '../support/faults/revert-stage.ts';
import { completed } from '../support/processes/sync-run.ts';
import { until } from '../support/runtime/until.ts';
import { readAll, repeatedEvents } from '../support/year/journal-checks.ts';

/** What a second life does before it is killed differs from revert to revert. */
const secondStops = 24;

/** How reverts end, and what they leave; with two lives each step has one that is killed a second time. */
const ends = [
  {
    title: 'to their end',
    resize: 'completed',
    last: 'DriftReverted',
    drift: 'reverted',
    size_slug: desiredSize,
    run: 'completed',
    lives: 2,
  },
  {
    title: 'back, since the resize fails',
    resize: 'errored',
    last: 'DriftRevertFailed',
    drift: 'open',
    size_slug: presentSize,
    run: 'failed',
    lives: 1,
  },
] as const;

for (const end of ends)
  describe(`reverts that go ${end.title}, whose process is killed at every step`, function () {
    this.timeout(300_000);
    let stage: RevertStage;
    let steps: string[];
    let undisturbed: Drifted;
    let drifted: Drifted[];
    const stops = { first: 0, second: 0 };

    const of = ({ drift_id, resource_id, droplet, name }: Drifted, more: Partial<RevertOfLife>) => ({
      ...{ drift_id, resource_id, droplet_id: droplet.id, name, isAsked: false, stopAt: null },
      ...more,
    });
    /** The reverts that have not ended, and whether the client has to ask again: its request left nothing. */
    const left = async (): Promise<[one: Drifted, index: number, isAsked: boolean][]> => {
      const open = new Map((await stage.rows('drift')).map((row) => [row.id, row.revert]));
      return drifted.flatMap((one, index) => {
        const revert = open.get(one.drift_id);
        const isLeft = revert === null || revert?.status === 'running';
        return isLeft ? [[one, index, revert === null]] : [];
      });
    };
    const runsEnded = async (): Promise<void> => {
      await until('every run of a revert has ended', async () => {
        const [row] = await stage.ledger.sql<{ live: number }[]>`
        select count(*)::int as live from job_runs
        where job = 'drift.revert' and (status <> ${end.run} or error like 'interrupted%')`;
        return row?.live === 0;
      });
    };
    let heldBefore: readonly HeldLock[];

    before(async () => {
      stage = await RevertStage.open({ resize: end.resize });
      heldBefore = await locksAtRest(stage.ledger);
      [undisturbed] = (await stage.drift(1)) as [Drifted];
      const life = await stage.live([of(undisturbed, { isAsked: true })], runsEnded);
      steps = life.steps[undisturbed.resource_id] ?? [];

      // One for each step, and perhaps another that is killed a second time in its second life.
      drifted = await stage.drift(end.lives * steps.length);
      const atStep = (index: number): number => (index % steps.length) + 1;
      const first = await stage.live(
        drifted.map((one, index) => of(one, { isAsked: true, stopAt: atStep(index) })),
        runsEnded,
      );
      stops.first = first.stopped;
      const second = await stage.live(
        (await left()).map(([one, index, isAsked]) =>
          of(one, { isAsked, stopAt: index < steps.length ? null : ((5 * index) % secondStops) + 1 }),
        ),
        runsEnded,
      );
      stops.second = second.stopped;
      if (stops.second > 0)
        await stage.live(
          (await left()).map(([one, , isAsked]) => of(one, { isAsked })),
          runsEnded,
        );
    });
    after(() => stage.close());

    it('is killed before each of its requests and appends, and after each that changes something', () => {
      expect(stops.first).to.equal(end.lives * steps.length);
      expect(stops.second).to.be.at.least(((end.lives - 1) * steps.length) / 2);
      expect(steps.length).to.be.at.least(46);
      const times = (step: string): number => steps.filter((one) => one === step).length;
      for (const moment of ['before', 'after']) {
        expect(times(`${moment} POST /v2/droplets/:id/actions`), moment).to.equal(3);
        for (const type of ['RevertStepIntended', 'RevertStepStarted', 'RevertStepEnded'])
          expect(times(`${moment} append ${type}`), `${moment} ${type}`).to.equal(3);
        for (const type of ['DriftRevertRequested', end.last])
          expect(times(`${moment} append ${type}`), `${moment} ${type}`).to.equal(1);
      }
      expect(times('before GET /v2/droplets/:id/actions')).to.equal(4);
      expect(times('before GET /v2/droplets/:id/actions/:id')).to.be.at.least(6);
    });

    it('sends each action once, and leaves each droplet on', () => {
      const { requests, actions } = stage.ledger.digitalOcean;
      for (const { droplet } of drifted) {
        const posts = requests.filter(
          ({ method, path }) => method === 'POST' && path === `/v2/droplets/${droplet.id}/actions`,
        );
        expect(posts.map(({ status, body }) => [status, isJsonObject(body) && body['type']])).to.deep.equal([
          [201, 'power_off'],
          [201, 'resize'],
          [201, 'power_on'],
        ]);
        const started = actions.filter(({ resource_id }) => resource_id === droplet.id);
        expect(started.map(({ status }) => status)).to.deep.equal(['completed', end.resize, 'completed']);
        expect(droplet).to.deep.include({ size_slug: end.size_slug, status: 'active', disk: 25 });
      }
    });

    it('has the events of one that was not killed, but for intents that were never sent', async () => {
      const events = await readAll(stage.ledger);
      const expected = revertSaid(events, undisturbed.resource_id);
      expect(expected).to.have.length(11);
      for (const { resource_id, name } of drifted)
        expect(revertSaid(events, resource_id), name).to.deep.equal(expected);
      expect(repeatedEvents(events)).to.deep.equal([]);
    });

    it('has the rows of one that was not killed', async () => {
      const rows = new Map((await stage.rows(`drift?status=${end.drift}`)).map((row) => [row.id, row]));
      const shown = ({ drift_id }: Drifted): Json => {
        const { field, desired, actual, spec_version, status, revert } = rows.get(drift_id);
        const { run_id: _run, action_id: _action, requested_at: _from, ended_at, ...same } = revert;
        return { field, desired, actual, spec_version, status, hasEnded: ended_at !== null, ...same };
      };
      for (const one of drifted) expect(shown(one), one.name).to.deep.equal(shown(undisturbed));
      for (const { drift_id } of drifted) {
        const { data } = await ok(stage.ledger.api.get(`jobs/runs/${rows.get(drift_id).revert.run_id}`));
        expect(data).to.deep.include({ job: 'drift.revert', status: end.run });
        if (end.run === 'completed') expect(data.error).to.equal(null);
        else expect(data.error).to.contain(`left behind: status active, size ${presentSize}`);
      }
    });

    it('leaves no lock, and nothing that the next sweeps would find', async () => {
      await expectLocks(stage.ledger, heldBefore);
      await completed(stage.ledger, 'sync.droplets');
      await completed(stage.ledger, 'drift.detect');
      const open = end.drift === 'open' ? [undisturbed, ...drifted] : [];
      const found: Json[] = await stage.rows('drift');
      expect(found.map(({ id }) => id)).to.have.members(open.map(({ drift_id }) => drift_id));
    });

    it('is proved by verify', async () => {
      const { ledger, sql, openPool } = stage.ledger;
      await completeChain(sql);
      const verified = await verifyLedger({ ledger, projections, logger: silentLogger, openPool });
      expect([verified.ok, verified.chain.fault]).to.deep.equal([true, null]);
    });
  });
