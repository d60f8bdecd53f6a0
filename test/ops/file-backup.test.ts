import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { chmod, lstat, mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { openService } from '../../src/open-service.ts';
import { createApi, ok, type Api } from '../support/http/api.ts';
import { testParts } from '../support/ledger/test-parts.ts';

const run = promisify(execFile);

describe("a copy of the embedded server's directory", () => {
  let folder: string;
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'arcadia-backup-')));
    // Where the server's user cannot enter, `cluster` is a link to another place, and a copy would contain
    // only the link.
    await chmod(folder, 0o755);
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const dataDir = () => join(folder, 'postgres');
  async function withService<T>(work: (api: Api, caughtUp: () => Promise<void>) => Promise<T>): Promise<T> {
    const server = await startEmbeddedPostgres({
      dataDir: dataDir(),
      settings: { max_connections: '60', shared_buffers: '16MB' },
    });
    const service = await openService(testParts(server.target));
    const http = service.app.listen(0, '127.0.0.1');
    await new Promise<void>((resolve) => {
      http.once('listening', resolve);
    });
    try {
      return await work(createApi(`http://127.0.0.1:${(http.address() as AddressInfo).port}`), () =>
        service.ledger.readLatest(async () => undefined),
      );
    } finally {
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
      await service.close();
      await server.stop();
    }
  }
  const create = (api: Api, slug: string, key: string) =>
    api.post(
      'deployments',
      { tenant_id: 'kept', slug, display_name: slug },
      { headers: { 'Idempotency-Key': key } },
    );

  it('made while it was stopped restores the ledger as it was, keys included', async () => {
    const first = await withService(async (api) => ok(create(api, 'saved', 'key-1'), 201));
    expect((await lstat(join(dataDir(), 'cluster'))).isSymbolicLink()).to.equal(false);
    await run('cp', ['-a', dataDir(), join(folder, 'backup')]);
    const lost = await withService(async (api) => {
      const { status, headers } = await create(api, 'after-the-backup', 'key-2');
      expect(status).to.equal(201);
      return headers.get('ledger-position') ?? '';
    });
    await rename(dataDir(), join(folder, 'broken'));
    await rename(join(folder, 'backup'), dataDir());
    await withService(async (api, caughtUp) => {
      await caughtUp();
      expect((await ok(api.get('deployments'))).data.map(({ slug }: { slug: string }) => slug)).to.deep.equal(
        ['saved'],
      );
      // The journal has lost what came after the backup: positions that clients still hold are of no event.
      const [log = '', position = ''] = lost.split(':');
      expect(log).to.match(/^[0-9a-f]{32}$/);
      const again = await create(api, 'saved', 'key-1');
      expect([again.status, again.body, again.headers.get('idempotency-replayed')]).to.deep.equal([
        201,
        first,
        'true',
      ]);
      const next = await create(api, 'other', 'key-2');
      expect([next.status, next.headers.get('ledger-position')]).to.deep.equal([201, `${log}:${position}`]);
    });
  });
});
