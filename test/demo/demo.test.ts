import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pidExists } from '../../src/embedded/processes.ts';
import { createBrowser } from '../support/console/browse.ts';
import { runChild, startChild } from '../support/cli/child.ts';
import { until } from '../support/runtime/until.ts';

/** The process of the demo's PostgreSQL; 0 while none has noted its id. */
const serverOf = async (data: string): Promise<number> =>
  parseInt(await readFile(join(data, 'postgres/cluster/postmaster.pid'), 'utf8').catch(() => '0'), 10);

/** The printed links open the console, once each. */
async function signsIn(shown: string): Promise<void> {
  const links = [...shown.matchAll(/(http:\S+)(\/console\/link\/\S+)/g)];
  expect(links).to.have.length(2);
  for (const [, url = '', path = ''] of links) {
    const opened = await createBrowser(url).get(path);
    expect([opened.status, opened.text]).to.deep.equal([200, 'One moment Go on']);
    expect((await createBrowser(url).get(path)).status).to.equal(410);
  }
}

describe('npm run demo', () => {
  let data: string;
  let env: Record<string, string>;

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-demo-'));
    env = { ARCADIA_DATA: data, PORT: '0' };
  });
  after(async () => {
    await rm(data, { recursive: true, force: true });
  });

  it('runs the month to its golden figures, stays up, also over a killed server, stops', async () => {
    const demo = startChild('demo/demo.ts', [], env);
    try {
      await demo.says(/As tenant dashboard-pilot[^]*curl[^]*\n[^]*$/);
      const shown = demo.stdout();
      for (const golden of [
        /Catalog of the ledger .* plans pro, starter, studio/,
        /total +33 +17 +86\.92/,
        /GST[^\n]* 7\.11\n/,
        /dashboard-pilot +71\.12 +30\.53 +40\.59 +57\.1 %/,
        /skyai-internal +0\.00 +9\.29 +−9\.29/,
        /nobody: unmatched lines +39\.20/,
        /nobody: tax +7\.90/,
        /overall +71\.12 +86\.92 +−15\.80/,
        /SKY-2026-000003 +tax invoice +78\.23/,
        /SKY-CN-2026-000002 +a charge[^\n]* 2\.64/,
        /open +28\.23/,
        /✓ receivables hold what is open of it +28\.23/,
        /✓ leakage: unattributed \+ skyai-internal +56\.39/,
        /lumen-legal +0\.00 +63\.80/,
        /✓ finance holds gross = net \+ tax +86\.92 = 79\.02 \+ 7\.90/,
      ])
        expect(shown).to.match(golden);
      expect(shown).to.not.contain('✗');
      const [pdf = ''] = /\S+SKY-2026-000003\.pdf/.exec(shown) ?? [];
      expect((await readFile(pdf)).subarray(0, 5).toString()).to.equal('%PDF-');

      await signsIn(shown);
      const calls = [...shown.matchAll(/curl -s -H 'Authorization: (Bearer [^']+)' '([^']+)'/g)];
      expect(calls).to.have.length(2);
      const [margin, invoices] = await Promise.all(
        calls.map(async ([, authorization = '', url = '']) => {
          const response = await fetch(url, { headers: { authorization } });
          return { status: response.status, body: JSON.parse(await response.text()) };
        }),
      );
      expect([margin?.status, margin?.body.data.overall.margin_cents]).to.deep.equal([200, -1580]);
      expect([
        invoices?.status,
        invoices?.body.data.length,
        invoices?.body.data[0].total_cents,
      ]).to.deep.equal([200, 1, 7823]);
      const whatIf = () =>
        runChild('src/cli.ts', ['what-if', '--period', '2026-04', '--plan', 'studio.base=5500'], {
          ARCADIA_DATA: data,
        });
      const beside = await whatIf();
      expect(
        [beside.code, beside.stdout.match(/total with tax.*/)?.[0].replaceAll(/ +/g, ' ')],
        beside.stderr,
      ).to.deep.equal([0, 'total with tax 314.02 328.13 +14.11']);
      // A server that is killed is started again by the demo.
      const [, authorization = '', url = ''] = calls[1] ?? [];
      const ask = () => fetch(url, { headers: { authorization } }).then(({ status }) => status);
      const server = await until('a running server', () => serverOf(data));
      process.kill(server, 'SIGKILL');
      await until(
        'another server',
        () => serverOf(data),
        (pid) => pid !== server && pidExists(pid),
      );
      await until("the demo's answer", ask, (status) => status === 200);
      demo.kill('SIGINT');
      expect(await demo.ended).to.equal(0);
      // The ledger stays until the next demo.
      const after = await whatIf();
      expect([after.code, after.stdout.split('Kept as')[0]], after.stderr).to.deep.equal([
        0,
        beside.stdout.split('Kept as')[0],
      ]);
      expect(await runChild('src/cli.ts', ['verify'], { ARCADIA_DATA: data })).to.include({ code: 0 });
    } finally {
      demo.kill('SIGKILL');
    }
    expect(await readdir(join(data, 'postgres', 'users'))).to.deep.equal([]);
  });

  it('refuses an unknown option', async () => {
    const { code, stderr } = await runChild('demo/demo.ts', ['--twice'], env);
    expect([code, stderr.split('\n')[0]]).to.deep.equal([2, 'npm run demo [-- --once]']);
  });
});
