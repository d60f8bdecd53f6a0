import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { createReadiness, type Probe } from '../../src/runtime/readiness.ts';

const never = () => new Promise<never>(() => undefined);
const probe = (name: string, ask: Probe['probe'], required = true): Probe => ({ name, required, probe: ask });

describe('readiness', () => {
  it('shows what each part says of itself, and is ok when all that is required is', async () => {
    const readiness = createReadiness([
      probe('postgres', async () => ({})),
      probe('projections', async () => ({ lag: 3 })),
      probe(
        'redis',
        async () => {
          throw Object.assign(new Error('connect to redis://user:secret@host'), { code: 'ECONNREFUSED' });
        },
        false,
      ),
    ]);
    expect(await readiness.check()).to.deep.equal({
      status: 'ok',
      checks: {
        postgres: { status: 'ok', required: true },
        projections: { status: 'ok', required: true, lag: 3 },
        redis: { status: 'failed', required: false, reason: 'ECONNREFUSED' },
      },
    });
  });

  it('is unavailable when a required part reports failure, throws, or does not answer in time', async () => {
    const cases: [Probe['probe'], string][] = [
      [async () => ({ status: 'failed', reason: 'parked' }), 'parked'],
      [
        async () => {
          throw new Error('password=hidden');
        },
        'no answer',
      ],
      [never, 'no answer within 20 ms'],
    ];
    for (const [ask, reason] of cases) {
      const { status, checks } = await createReadiness(
        [probe('part', ask), probe('well', async () => ({}))],
        { probeMs: 20 },
      ).check();
      expect(status).to.equal('unavailable');
      expect(checks).to.deep.equal({
        part: { status: 'failed', required: true, reason },
        well: { status: 'ok', required: true },
      });
    }
  });

  it('asks a part that hangs once, however many look, and finds it well again when it answers', async () => {
    let asked = 0;
    let answer: (shown: Record<string, unknown>) => void = () => undefined;
    const readiness = createReadiness(
      [
        probe('part', () => {
          asked += 1;
          return new Promise((resolve) => {
            answer = resolve;
          });
        }),
      ],
      { probeMs: 20 },
    );
    const answers = [...(await Promise.all([readiness.check(), readiness.check()])), await readiness.check()];
    expect(answers.map(({ status }) => status)).to.deep.equal(['unavailable', 'unavailable', 'unavailable']);
    expect(asked).to.equal(1);
    const next = readiness.check();
    answer({});
    expect((await next).status).to.equal('ok');
    const later = readiness.check();
    expect(asked).to.equal(2);
    answer({});
    await later;
  });

  it('is unavailable from the moment of its stop, whatever the parts say', async () => {
    const readiness = createReadiness([probe('part', never)]);
    readiness.stop();
    expect(await readiness.check()).to.deep.equal({
      status: 'unavailable',
      checks: { process: { status: 'failed', required: true, reason: 'stopping' } },
    });
  });

  it('waits until a load balancer has seen the stop, and only for one that asked regularly', async () => {
    let now = 0;
    const readiness = createReadiness([probe('part', async () => ({}))], { now: () => now });
    await readiness.stopSeen(60_000);
    await readiness.check();
    await readiness.stopSeen(60_000);
    now += 5_000;
    await readiness.check();
    readiness.stop();
    let seen = false;
    const waiting = readiness.stopSeen(60_000).then(() => {
      seen = true;
    });
    for (let answers = 1; answers <= 3; answers += 1) {
      await nextTurn();
      expect(seen, `after ${answers - 1} answers`).to.equal(false);
      await readiness.check();
    }
    await waiting;
  });

  it('waits no longer than its limit for a balancer that has gone, not for one long gone', async () => {
    let now = 0;
    const readiness = createReadiness([], { now: () => now });
    await readiness.check();
    await readiness.check();
    readiness.stop();
    await readiness.stopSeen(5);
    now += 61_000;
    await readiness.stopSeen(2 ** 31 - 1);
  });
});
