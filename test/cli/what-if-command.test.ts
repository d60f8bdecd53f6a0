import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createApi, ok, type Api, type Json } from '../support/http/api.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { runChild, startChild, type Child } from '../support/cli/child.ts';

describe('arcadia what-if, beside a running service', () => {
  let data: string;
  let env: Record<string, string>;
  let service: Child;
  let api: Api;
  let period: string;
  const whatIf = (...args: string[]) => runChild('src/cli.ts', ['what-if', ...args], env);

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-what-if-'));
    env = { ARCADIA_DATA: data, JWT_SECRET: TEST_SECRET, PORT: '0' };
    service = startChild('src/cli.ts', ['serve', '--no-worker'], env);
    const [, url = ''] = await service.says(/listens on (http:\/\/localhost:\d+)/);
    api = createApi(url);
    const deployment = (
      await ok(api.post('deployments', { tenant_id: 'acme', slug: 'site', display_name: 'Site' }), 201)
    ).data;
    // The month may change while the test runs, so it is read from the accrual.
    await ok(
      api.post(`deployments/${deployment.id}/subscribe`, {
        plan_code: 'studio',
        addons: ['storage_50gb'],
        starts_on: '2020-01-01',
      }),
      201,
    );
    period = (await ok(api.get('dashboard/accrual'))).data.period.slice(0, 7);
  });
  after(async () => {
    service.kill('SIGTERM');
    await service.ended;
    await rm(data, { recursive: true, force: true });
  });

  it('prints a table, and keeps the result', async () => {
    const { code, stdout, stderr } = await whatIf(
      '--period',
      period,
      '--plan',
      'studio.base=6000',
      '--addon',
      'storage_50gb=500',
      '--tax',
      '0.15',
    );
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout)
      .to.match(/^ {2}acme +63\.25 +74\.75 +\+11\.50$/m)
      .and.match(/^ {6}plan_base +50\.00 +60\.00 +\+10\.00$/m)
      .and.match(/^ {6}addon spaces_gb_month +7\.50 +5\.00 +−2\.50$/m);
    const [, id] = /Kept as what-if ([0-9a-f-]{36})\./.exec(stdout) ?? [];
    expect((await ok(api.get(`what-if/${id ?? ''}`))).data).to.deep.include({
      delta_cents: 1150,
      overrides: {
        plans: { studio: { base_price_cents: 6000 } },
        addons: { storage_50gb: { price_cents: 500 } },
        tax_rate: '0.15',
      },
    });
  });

  it("prints the API's answer as JSON", async () => {
    const { code, stdout } = await whatIf(
      '--period',
      period,
      '--period',
      '2020-02',
      '--json',
      '--plan',
      'studio@1.base=4000',
    );
    const result: Json = JSON.parse(stdout);
    expect([code, result.delta_cents, result.periods.map((month: Json) => month.period)]).to.deep.equal([
      0,
      -2200,
      [`${period}-01`, '2020-02-01'],
    ]);
    expect((await ok(api.get(`what-if/${result.id}`))).data).to.deep.equal(result);
  });

  it('exits with 2 for arguments that are not valid, and names them', async () => {
    const cases: [string[], string][] = [
      [['--plan', 'studio.base=1'], '--period'],
      [['--period', '2099-01'], '--period 2099-01: the month has not begun'],
      [['--period', period, '--plan', 'studio.price=1'], '--plan studio.price=1: expected <code>'],
      [
        ['--period', period, '--plan', 'nothing.base=1', '--plan', 'studio.gpu_hours.overage=1'],
        '--plan nothing.base=1: no such plan\n' +
          '--plan studio.gpu_hours.overage=1: version 1 of the plan has no such item\n',
      ],
      [['--period', period, '--addon', 'nothing=1'], '--addon nothing=1: no such addon\n'],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await whatIf(...args);
      expect([code, stdout], args.join(' ')).to.deep.equal([2, '']);
      expect(stderr).to.contain(message).and.to.not.contain('    at ');
    }
  });
});
