import { expect } from 'chai';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild, type Child } from '../support/cli/child.ts';
import { allOf } from '../support/http/all-of.ts';
import { createApi, ok, type Api } from '../support/http/api.ts';
import { adminToken, TEST_SECRET } from '../support/http/tokens.ts';
import { until } from '../support/runtime/until.ts';

/** What a client saw of one request. */
interface Seen {
  slug: string;
  outcome: 'acknowledged' | 'asked to retry' | 'not connected' | 'broken off';
  detail: string;
}

describe('npm start, stopped under load', () => {
  let data: string;
  let env: Record<string, string>;
  const children: Child[] = [];

  const start = async (): Promise<{ child: Child; url: string; api: Api }> => {
    const child = startChild('src/main.ts', [], env);
    children.push(child);
    const [, url = ''] = await child.says(/listens on (http:\/\/localhost:\d+)/);
    return { child, url: url.replace('localhost', '127.0.0.1'), api: createApi(url) };
  };

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-under-load-'));
    // So that the server's own user can enter, and its data is in here too.
    await chmod(data, 0o755);
    env = {
      ARCADIA_DATA: data,
      JWT_SECRET: TEST_SECRET,
      PORT: '0',
      SEED_CATALOG: 'false',
      RATE_LIMIT_PER_MINUTE: '1000000',
    };
  });
  after(async () => {
    // What a test that failed has left running leaves its servers, too.
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => child.ended));
    await rm(data, { recursive: true, force: true });
  });

  async function create(url: string, slug: string): Promise<Seen> {
    try {
      const response = await fetch(`${url}/api/v1/deployments`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ tenant_id: 'load', slug, display_name: slug }),
      });
      const text = await response.text();
      return {
        slug,
        outcome:
          response.status === 201
            ? 'acknowledged'
            : response.status === 503
              ? 'asked to retry'
              : 'broken off',
        detail: text,
      };
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } };
      return {
        slug,
        outcome: cause?.code === 'ECONNREFUSED' ? 'not connected' : 'broken off',
        detail: cause?.code ?? 'no reason',
      };
    }
  }

  it('warns the load balancer first, answers all requests, loses nothing, and exits with 0', async () => {
    const { child, url } = await start();
    let isReady = true;
    // The load balancer: it polls readiness and sends no more requests once the service is not ready.
    const balancer = (async () => {
      while (isReady) {
        const answer = await fetch(`${url}/api/ready`, { headers: { connection: 'close' } });
        const { status, checks } = (await answer.json()) as {
          status: string;
          checks: Record<string, { reason?: string }>;
        };
        if (status !== 'ok') {
          isReady = false;
          expect([answer.status, checks['process']?.reason]).to.deep.equal([503, 'stopping']);
        }
        await delay(20);
      }
      // Others ask on until the port is closed.
      await until('a closed port', () =>
        fetch(`${url}/api/ready`, { headers: { connection: 'close' } }).then(
          (answer) => answer.status !== 503,
          () => true,
        ),
      );
    })();
    let sent = 0;
    const seen: Seen[] = [];
    const clients = Array.from({ length: 16 }, async () => {
      while (isReady) {
        sent += 1;
        seen.push(await create(url, `s-${sent}`));
      }
    });
    await until('a hundred answers', () => seen.length >= 100);
    child.kill('SIGTERM');
    await Promise.all([...clients, balancer]);
    expect(await child.ended).to.equal(0);
    expect(seen.filter(({ outcome }) => outcome !== 'acknowledged')).to.deep.equal([]);
    expect(seen.length).to.equal(sent);
    expect(child.stdout()).to.contain('"msg":"stopped"');

    const again = await start();
    // Its position, which reads wait for, is behind those of all before it.
    await ok(again.api.post('deployments', { tenant_id: 'load', slug: 'last', display_name: 'last' }), 201);
    const slugs = new Set((await allOf(again, 'deployments?limit=500')).map(({ slug }) => slug));
    expect(seen.filter(({ slug }) => !slugs.has(slug))).to.deep.equal([]);
    again.child.kill('SIGTERM');
    expect(await again.child.ended).to.equal(0);
  });

  it('loses nothing acknowledged at a SIGKILL under load, and restarts on the server it left', async () => {
    const { child, url } = await start();
    const seen: Seen[] = [];
    let sent = 0;
    const clients = Array.from({ length: 16 }, async () => {
      for (let outcome = 'acknowledged'; outcome === 'acknowledged';) {
        sent += 1;
        const one = await create(url, `k-${sent}`);
        seen.push(one);
        ({ outcome } = one);
      }
    });
    await until('a hundred answers', () => seen.length >= 100);
    child.kill('SIGKILL');
    await Promise.all(clients);
    const again = await start();
    for (const { slug, outcome } of seen) {
      // Sent again, what was acknowledged is there; what was broken off may be there or not, and is then
      // made.
      const { status } = await again.api.post('deployments', { tenant_id: 'load', slug, display_name: slug });
      if (outcome === 'acknowledged') expect(status, slug).to.equal(409);
      else expect(status, slug).to.be.oneOf([201, 409]);
    }
    again.child.kill('SIGTERM');
    expect(await again.child.ended).to.equal(0);
  });
});
