import { expect } from 'chai';
import { loadConfig } from '../../src/config.ts';
import type { ConnectTarget } from '../../src/database/db.ts';
import type { Database } from '../../src/open-database.ts';
import { openService, type Service } from '../../src/open-service.ts';
import { seedWhenEmpty } from '../../src/seed.ts';
import { testPartsOf } from '../support/ledger/test-parts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';

/** A database that counts how often it is left. */
function countedDatabase(target: ConnectTarget): Database & { left: number } {
  const database = {
    target,
    left: 0,
    leave: async () => {
      database.left += 1;
    },
  };
  return database;
}

/** How many events the journal holds. */
async function journaled({ sql }: Service): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from journal`;
  return row?.count ?? -1;
}

describe('a service composed from its configuration', () => {
  let test: TestDatabase;
  const services: Service[] = [];
  const compose = async (env: Record<string, string>, database: Database): Promise<Service> => {
    const config = loadConfig({ JWT_SECRET: TEST_SECRET, ...env });
    const service = await openService({ ...testPartsOf(config, database.target), ...database });
    services.push(service);
    return service;
  };

  before(async () => {
    test = await createTestDatabase();
  });
  after(async () => {
    for (const service of services) await service.close();
    await test.drop();
  });

  it('seeds an empty ledger once, readable at once; without a catalog with the tax rate alone', async () => {
    const service = await compose({}, countedDatabase(test.target));
    const bare = loadConfig({ JWT_SECRET: TEST_SECRET, SEED_CATALOG: 'false' });
    expect(await seedWhenEmpty(bare, service)).to.equal(1);
    expect(await seedWhenEmpty(bare, service)).to.equal(0);
    expect(await journaled(service)).to.equal(1);
    const config = loadConfig({ JWT_SECRET: TEST_SECRET });
    const seeded = await seedWhenEmpty(config, service);
    expect(seeded + 1).to.equal(await journaled(service));
    expect(seeded, 'a tax rate alone is no catalog').to.be.greaterThan(0);
    const [behind] = await service.sql<
      { count: number }[]
    >`select count(*)::int as count from projection_checkpoints where position < ${seeded + 1}`;
    expect(behind?.count).to.equal(0);
    expect(await seedWhenEmpty(config, service)).to.equal(0);
  });

  it('has no client of a service that is not configured, and bills in the configured currency', async () => {
    const service = await compose({ BILLING_CURRENCY: 'NZD' }, countedDatabase(test.target));
    expect(service.ledger.currency).to.equal('NZD');
    const run = await service.jobs.run(
      'billing.balance',
      {},
      { actor: { sub: 'test', tenant_id: null, roles: [] } },
    );
    expect([run.status, run.error]).to.deep.equal([
      'failed',
      'not-configured: no DigitalOcean token is configured (DIGITALOCEAN_TOKEN)',
    ]);
  });

  it('leaves its database when it closes, and when it fails to open', async () => {
    const database = countedDatabase(test.target);
    const config = loadConfig({ JWT_SECRET: TEST_SECRET });
    const partsOn = (database: Database) => ({ ...testPartsOf(config, database.target), ...database });
    const service = await openService(partsOn(database));
    expect(database.left).to.equal(0);
    await service.close();
    expect(database.left).to.equal(1);
    const away = countedDatabase('postgres://absent@127.0.0.1:1/none');
    const error: unknown = await openService(partsOn(away)).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.an('error');
    expect(away.left).to.equal(1);
  });

  it('waits for job runs for the time given when it closes', async () => {
    // Nothing listens there: the job keeps trying for longer than the test takes.
    const config = loadConfig({
      JWT_SECRET: TEST_SECRET,
      DIGITALOCEAN_TOKEN: 'token',
      DIGITALOCEAN_URL: 'http://127.0.0.1:1',
    });
    const service = await openService(testPartsOf(config, test.target));
    const { finished } = await service.jobs.start(
      'billing.balance',
      {},
      { actor: { sub: 'test', tenant_id: null, roles: [] } },
    );
    let ended = false;
    finished.then(
      () => {
        ended = true;
      },
      () => {
        ended = true;
      },
    );
    await service.close(50);
    expect(ended).to.equal(false);
  });
});
