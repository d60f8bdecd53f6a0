import { expect } from 'chai';
import { retryWhileAway } from '../../support/database/outage.ts';
import { ok, type Json } from '../../support/http/api.ts';
import { until } from '../../support/runtime/until.ts';
import { createStage } from '../../support/embedded/killed-stage.ts';

describe('an embedded PostgreSQL that is killed under the processes that use it', () => {
  const stage = createStage();
  const { start, listening, stop, create, pidOf, kill, another, well, due } = stage;

  it('PostgreSQL: one of several processes starts it again, and nothing acknowledged is lost', async () => {
    const service = start('src/main.ts');
    const api = await listening(service);
    const worker = start('src/cli.ts', ['worker', '--port', '0']);
    const own = await listening(worker);
    await well(api);
    const acknowledged: string[] = [];
    const storm = Promise.all(
      Array.from({ length: 8 }, async (_, lane) => {
        for (let n = 0; n < 20; n++) {
          const slug = `s-${lane}-${n}`;
          const { status } = await create(api, slug);
          expect(status).to.be.oneOf([201, 503]);
          if (status === 201) acknowledged.push(slug);
        }
      }),
    );
    await until(
      'the storm to be under way',
      () => acknowledged.length,
      (n) => n >= 20,
    );
    const killed = await kill('postgres');
    await storm;
    await another('postgres', killed);
    await Promise.all([well(api), well(own)]);
    const { data: rows } = await ok(retryWhileAway(() => api.get('deployments?limit=500')));
    expect(rows.map(({ slug }: Json) => slug)).to.include.members(acknowledged);
    const madeUp = await due(api, 'drift.detect');
    // A worker looks for what it has missed every minute, and when its Redis is back, which is sooner.
    await another('redis', await kill('redis'));
    await madeUp();
    // One of the two started it, the other found it.
    const announced = [service, worker].map(
      (child) => /"msg":"the embedded PostgreSQL runs again[^"]*"/.exec(child.stdout())?.[0],
    );
    expect(announced.filter((text) => text === '"msg":"the embedded PostgreSQL runs again"')).to.have.length(
      1,
    );

    // And again, right after it has started.
    await another('postgres', await kill('postgres'));
    await Promise.all([well(api), well(own)]);
    expect((await create(api, 'after-all')).status).to.equal(201);
    expect(await stop(worker)).to.equal(0);
    expect(await stop(service)).to.equal(0);
    expect(await pidOf('postgres')).to.equal(null);
  });
});
