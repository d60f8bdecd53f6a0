import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { connect } from '../../src/database/connection.ts';
import type { Sql } from '../../src/database/db.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { runChild, startChild, type Child } from '../support/cli/child.ts';

describe('the commands that rebuild and prove the ledger, beside a running service', () => {
  let data: string;
  let env: Record<string, string>;
  let service: Child;
  let server: EmbeddedPostgres;
  let sql: Sql;
  const arcadia = (...args: string[]) => runChild('src/cli.ts', args, env);
  const file = (name: string) => join(data, name);

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-proof-'));
    env = { ARCADIA_DATA: data, JWT_SECRET: TEST_SECRET, PORT: '0' };
    service = startChild('src/cli.ts', ['serve', '--no-worker'], env);
    await service.says(/listens on/);
    server = await startEmbeddedPostgres({ dataDir: join(data, 'postgres') });
    sql = connect(server.target, { max: 2 });
  });
  after(async () => {
    service.kill('SIGTERM');
    await service.ended;
    await sql.end();
    await server.stop();
    await rm(data, { recursive: true, force: true });
  });

  it('sign a checkpoint with a key that only its owner can read', async () => {
    const { code, stdout, stderr } = await arcadia('checkpoint', '--out', file('checkpoint.json'));
    expect([code, stdout, stderr]).to.deep.equal([0, '', '']);
    expect((await stat(file('checkpoint-key.pem'))).mode & 0o077).to.equal(0);
  });

  it('name a row that differs from the events, with the event that wrote it last, and exit 1', async () => {
    await sql.unsafe(
      `update rm_catalog_v${projections.find(({ name }) => name === 'catalog')?.version}.addons
        set price_cents = price_cents + 1 where code = 'storage_50gb'`,
    );
    const { code, stdout } = await arcadia('verify', '--checkpoint', file('checkpoint.json'));
    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/^The ledger is NOT what its events say/)
      .and.contain('nothing before it was altered')
      .and.match(
        new RegExp(
          String.raw`addons \{"code":"storage_50gb"\}: price_cents is \d+, the events say \d+; ` +
            String.raw`last touched by position \d+ \(AddonDefined of stream addon-`,
        ),
      );
  });

  it('rebuild the read models, and find no difference afterwards', async () => {
    const rebuilt = await arcadia('rebuild', '--json');
    expect([rebuilt.code, rebuilt.stderr]).to.deep.equal([0, '']);
    expect(
      (JSON.parse(rebuilt.stdout) as { name: string; status: string }[]).map(({ name, status }) => [
        name,
        status,
      ]),
    ).to.deep.equal(projections.map(({ name }) => [name, 'completed']));
    const { code, stdout } = await arcadia('verify');
    expect(code, stdout).to.equal(0);
    expect(stdout)
      .to.match(/^The ledger is what its events say/)
      .and.contain(' 0 differences');
  });

  it('reject an unknown name and an altered checkpoint, with the reason', async () => {
    await writeFile(
      file('altered.json'),
      (await readFile(file('checkpoint.json'), 'utf8')).replace(/"position": \d+/, '"position": 1'),
    );
    const [unknown, altered] = await Promise.all([
      arcadia('rebuild', 'catalogue', 'usage'),
      arcadia('verify', '--checkpoint', file('altered.json')),
    ]);
    expect([unknown.code, unknown.stdout]).to.deep.equal([2, '']);
    expect(unknown.stderr).to.contain('There is no projection catalogue.').and.contain('catalog, ');
    expect([altered.code, altered.stdout]).to.deep.equal([1, '']);
    expect(altered.stderr).to.contain('the checkpoint was altered').and.not.contain('    at ');
  });
});
