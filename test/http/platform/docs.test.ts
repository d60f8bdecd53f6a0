import { expect } from 'chai';
import { fakeDeps } from '../../support/http/fake-deps.ts';
import { serve, testApp } from '../../support/http/serve.ts';
import type { Served } from '../../support/http/serve.ts';

describe('the API page', () => {
  let served: Served;
  before(async () => {
    served = await serve(testApp(fakeDeps()));
  });
  after(() => served.close());

  it('serves the description as JSON without a token', async () => {
    const response = await fetch(`${served.url}/api/openapi.json`);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.match(/^application\/json/);
    expect(await response.json()).to.have.nested.property('paths./api/health.get.operationId', 'get_health');
  });

  it('serves a page with local scripts and styles only, under a policy that allows them', async () => {
    const response = await fetch(`${served.url}/api/docs`);
    const html = await response.text();
    expect(response.status).to.equal(200);
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(links).to.have.length(4);
    for (const link of links) {
      expect(link, 'local').to.match(/^\/api\/docs\//);
      const asset = await fetch(`${served.url}${link}`);
      expect(asset.status, link).to.equal(200);
      await asset.arrayBuffer();
    }
    expect(html).not.to.match(/<script>|<style>/);
    const policy = response.headers.get('content-security-policy');
    expect(policy)
      .to.include("script-src 'self'")
      .and.not.include('https:')
      .and.not.include('upgrade-insecure-requests');
  });
});
