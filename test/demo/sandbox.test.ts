import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBrowser } from '../support/console/browse.ts';
import { createApi, ok, type Json } from '../support/http/api.ts';
import { runChild, startChild, type Child } from '../support/cli/child.ts';
import { until } from '../support/runtime/until.ts';

/** The sample account's invoice of April 2026. */
const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';

describe('npm run sandbox', () => {
  let data: string;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-sandbox-'));
    // The server's own user must be able to enter, so that its data is in here and removed with it.
    await chmod(data, 0o755);
  });
  after(async () => {
    await rm(data, { recursive: true, force: true });
  });

  /** Runs the sandbox until `work` is done, which gets the variables that the sandbox writes to its file. */
  async function whileItRuns(
    args: readonly string[],
    work: (env: Record<string, string>, child: Child) => Promise<void>,
  ): Promise<void> {
    const child = startChild('demo/sandbox.ts', args, { ARCADIA_DATA: data, PORT: '0' });
    try {
      await child.says(/\. \S+\/env\n/);
      await work(await variables(), child);
      child.kill('SIGINT');
      expect(await child.ended, child.stderr()).to.equal(0);
    } finally {
      child.kill('SIGKILL');
    }
  }
  async function variables(): Promise<Record<string, string>> {
    const text = await readFile(join(data, 'env'), 'utf8');
    return Object.fromEntries(
      [...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
  }
  const deployments = async ({
    URL: url = '',
    TENANT: token = '',
  }: Record<string, string>): Promise<string[]> =>
    (await ok(createApi(url).get('deployments', { token }))).data.map(({ slug }: Json) => slug);

  it('serves an empty ledger with stand-ins that jobs work against, and keeps it', async () => {
    await whileItRuns([], async (env, child) => {
      const { URL: url = '', ADMIN: admin = '', TENANT: tenant = '', SERVICE: service = '' } = env;
      for (const shown of [url, admin, tenant, service]) expect(child.stdout()).to.contain(shown);
      const [, link = ''] = new RegExp(`${url}(/console/link/\\S+)`).exec(child.stdout()) ?? [];
      expect((await createBrowser(url).get(link)).status).to.equal(200);
      expect((await stat(join(data, 'env'))).mode & 0o077).to.equal(0);
      const api = createApi(url);
      expect((await ok(api.get('catalog/plans', { token: tenant }))).data).to.have.length(3);
      expect((await api.get('deployments', { token: service })).status).to.equal(403);
      expect((await api.get('jobs', { token: tenant })).status).to.equal(403);
      const jobs = (await ok(api.get('jobs', { token: admin }))).data;
      // Without a Redis on this machine it says so.
      const scheduled = jobs.some(
        ({ name, scheduled: isScheduled }: Json) => name === 'sync.droplets' && isScheduled,
      );
      expect(scheduled).to.equal(child.stdout().includes('run by their schedule'));

      const synced = await ok(api.post('jobs/sync.droplets/run', {}, { token: admin }));
      expect(synced.data).to.deep.include({ status: 'completed', error: null });
      expect(synced.data.result.seen).to.equal(5);
      const byHand = await runChild(
        'src/cli.ts',
        ['job', 'run', 'billing.ingest_invoice', `invoice_uuid=${april}`],
        env,
      );
      expect(byHand.code, byHand.stdout + byHand.stderr).to.equal(0);
      // Another process has written it: the service shows it once its read models have followed.
      const invoice: Json = await until('an invoice that finance has', async () => {
        const { data: invoices } = await ok(api.get('billing/invoices', { token: admin }));
        return invoices.find(({ finance_invoice_id }: Json) => finance_invoice_id !== null);
      });
      expect([invoice.uuid, invoice.amount_cents, invoice.matched > 0]).to.deep.equal([april, 8692, true]);
      await ok(api.post('deployments', { slug: 'shop', display_name: 'Shop' }, { token: tenant }), 201);
    });
    const before = await variables();
    await whileItRuns([], async (env) => {
      expect(await deployments(env)).to.deep.equal(['shop']);
      // A token of the run before is still good.
      expect(await deployments({ ...env, TENANT: before['TENANT'] ?? '' })).to.deep.equal(['shop']);
    });
  });

  it('starts afresh with the limits of the service itself: it holds one subject back, no other', async () => {
    await whileItRuns(['--fresh'], async (env) => {
      const { URL: url = '', SERVICE: token = '' } = env;
      const ask = () => createApi(url).get('deployments', { token });
      let sent = 0;
      let answers: Awaited<ReturnType<typeof ask>>[] = [];
      // On a busy machine a minute may pass meanwhile, and the limit starts again.
      while (!answers.some(({ status }) => status === 429) && sent < 20_000) {
        answers = await Promise.all(Array.from({ length: 50 }, ask));
        sent += answers.length;
      }
      const refused = answers.find(({ status }) => status === 429);
      expect(sent).to.be.above(1_200);
      expect(Number(refused?.headers.get('retry-after'))).to.be.within(1, 60);
      expect(refused?.headers.get('cache-control')).to.equal('no-store');
      expect(await deployments(env)).to.deep.equal([]);
    });
  });

  it('refuses an unknown option', async () => {
    const { code, stderr } = await runChild('demo/sandbox.ts', ['--empty'], { ARCADIA_DATA: data });
    expect([code, stderr.split('\n')[0]]).to.deep.equal([2, 'npm run sandbox [-- --fresh]']);
  });
});
