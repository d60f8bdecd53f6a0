import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild } from '../../support/cli/child.ts';
import { until } from '../../support/runtime/until.ts';
import { createStage } from '../../support/embedded/killed-stage.ts';

describe('an embedded server that is killed while a process starts or stops', () => {
  const stage = createStage();
  const { start, listening, stop, pidOf, kill, another, well } = stage;

  it('PostgreSQL while another process starts: that start goes through', async () => {
    const service = start('src/main.ts');
    const api = await listening(service);
    await well(api);
    const other = start('src/cli.ts', ['serve', '--no-worker']);
    await until(
      'a second user',
      () => readdir(join(stage.data, 'postgres', 'users')),
      (users) => users.length === 2,
    );
    await another('postgres', await kill('postgres'));
    await Promise.all([well(api), well(await listening(other))]);
    const verify = await runChild('src/cli.ts', ['verify'], stage.env);
    expect([verify.code, verify.stderr.includes('can not be reached')], verify.stderr).to.deep.equal([
      0,
      false,
    ]);
    expect([await stop(other), await stop(service)]).to.deep.equal([0, 0]);
  });

  it('both while the last process stops: nothing comes back after it', async () => {
    const service = start('src/main.ts');
    await well(await listening(service));
    service.kill('SIGTERM');
    await Promise.all([kill('redis'), kill('postgres')]);
    expect(await service.ended, service.stderr() + service.stdout()).to.equal(0);
    expect([await pidOf('redis'), await pidOf('postgres')]).to.deep.equal([null, null]);
    const users = await Promise.all(
      ['redis', 'postgres'].map((server) => readdir(join(stage.data, server, 'users'))),
    );
    expect(users).to.deep.equal([[], []]);
  });
});
