import { expect } from 'chai';
import { fakeDeps } from '../../support/http/fake-deps.ts';
import { serve, testApp } from '../../support/http/serve.ts';
import type { Served } from '../../support/http/serve.ts';

describe('health and ready', () => {
  let served: Served;
  let ready = true;

  before(async () => {
    served = await serve(
      testApp(
        fakeDeps({
          readiness: async () => ({
            status: ready ? 'ok' : 'unavailable',
            checks: { postgres: { status: ready ? 'ok' : 'failed' }, projections: { status: 'ok', lag: 3 } },
          }),
        }),
      ),
    );
  });
  after(() => served.close());

  it('says that the process is up, without a token', async () => {
    const response = await fetch(`${served.url}/api/health`);
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal({ service: 'arcadia-cloud', status: 'ok' });
  });

  it('takes no other method', async () => {
    const response = await fetch(`${served.url}/api/health`, { method: 'POST' });
    expect(response.status).to.equal(405);
    expect(response.headers.get('allow')).to.equal('GET, HEAD');
  });

  it('is ready with 200 and its checks', async () => {
    ready = true;
    const response = await fetch(`${served.url}/api/ready`);
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal({
      status: 'ok',
      checks: { postgres: { status: 'ok' }, projections: { status: 'ok', lag: 3 } },
    });
  });

  it('is not ready with 503 and the same shape', async () => {
    ready = false;
    const response = await fetch(`${served.url}/api/ready`);
    expect(response.status).to.equal(503);
    expect(await response.json()).to.have.nested.property('checks.postgres.status', 'failed');
  });
});
