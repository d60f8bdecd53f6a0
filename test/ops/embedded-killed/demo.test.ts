import { expect } from 'chai';
import { join } from 'node:path';
import { until } from '../../support/runtime/until.ts';
import { createStage } from '../../support/embedded/killed-stage.ts';

describe('an embedded PostgreSQL that is killed under the demo', () => {
  const stage = createStage();
  const { start, stop, pidOf, kill, another } = stage;

  it('is started again by the demo', async () => {
    const folder = join(stage.data, 'demo');
    const demo = start('demo/demo.ts', [], { ARCADIA_DATA: folder });
    const [, authorization = '', url = ''] = await demo.says(
      /As tenant dashboard-pilot[^]*curl -s -H 'Authorization: (Bearer [^']+)' '([^']+)'/,
    );
    const ask = () => fetch(url, { headers: { authorization } }).then(({ status }) => status);
    expect(await ask()).to.equal(200);
    await another('postgres', await kill('postgres', folder), folder);
    await until("the demo's answer", ask, (status) => status === 200);
    expect(await stop(demo)).to.equal(0);
    expect(await pidOf('postgres', folder)).to.equal(null);
  });
});
