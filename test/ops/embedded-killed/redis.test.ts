import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../support/runtime/until.ts';
import { createStage } from '../../support/embedded/killed-stage.ts';

describe('an embedded Redis that is killed under the processes that use it', () => {
  const stage = createStage();
  const { start, listening, stop, ready, pidOf, kill, another, well, due } = stage;

  it('Redis: ready shows it as failed until a process has started it again; then jobs run', async () => {
    const service = start('src/main.ts');
    const api = await listening(service);
    await well(api);
    const killed = await kill('redis');
    const [seen, madeUp] = await Promise.all([
      until(
        'ready to show it',
        () => ready(api),
        ({ checks }) => checks['redis'].status === 'failed',
      ).catch(() => null),
      due(api, 'drift.detect'),
    ]);
    await another('redis', killed);
    expect(seen?.status ?? 200, 'an API serves without it').to.equal(200);
    await well(api);
    await madeUp();
    await another('redis', await kill('redis'));
    await well(api);
    expect(await stop(service)).to.equal(0);
    expect([await pidOf('redis'), await readdir(join(stage.data, 'redis', 'users'))]).to.deep.equal([
      null,
      [],
    ]);
  });

  it('both at once under a worker alone', async () => {
    const worker = start('src/cli.ts', ['worker', '--port', '0']);
    const own = await listening(worker);
    await well(own);
    const before = await Promise.all([kill('redis'), kill('postgres')]);
    await Promise.all([another('redis', before[0]), another('postgres', before[1])]);
    await well(own);
    expect(await stop(worker)).to.equal(0);
    expect([await pidOf('redis'), await pidOf('postgres')]).to.deep.equal([null, null]);
  });
});
