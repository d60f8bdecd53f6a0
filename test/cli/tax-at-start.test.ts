import { expect } from 'chai';
import { loadConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import { commands } from '../../src/processes/commands.ts';
import { fixedClock } from '../support/ledger/fixed-clock.ts';
import { deploymentIdOf } from '../../commands/deployments/deployment.ts';
import { listTaxRates } from '../../projections/catalog/tax-queries.ts';
import { invoicesOfPeriod } from '../../projections/invoicing/invoice-queries.ts';
import { createLogger } from '../../src/cli/create-logger.ts';
import { openService, type Service } from '../../src/open-service.ts';
import { seedWhenEmpty, warnOfOtherTax } from '../../src/seed.ts';
import { createTestDatabase } from '../support/database/test-database.ts';
import type { TestDatabase } from '../support/database/test-database.ts';
import { testPartsOf } from '../support/ledger/test-parts.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { freshMeta } from '../../src/ledger/fresh-meta.ts';

const actor = { sub: 'ops', tenant_id: null, roles: ['platform_admin'] };

/** A logger and the lines that it has written. */
function lines(): { logger: ReturnType<typeof createLogger>; logged: string[] } {
  const logged: string[] = [];
  return {
    logged,
    logger: createLogger('warn', {
      write: (line: string) => {
        logged.push(line);
      },
    }),
  };
}

describe('the tax of the environment', () => {
  let test: TestDatabase;
  const services: Service[] = [];
  const clock = fixedClock('2026-05-02T10:00:00.000Z');
  const configOf = (env: Record<string, string>): Config => loadConfig({ JWT_SECRET: TEST_SECRET, ...env });
  const start = async (config: Config): Promise<Service> => {
    const service = await openService(testPartsOf(config, test.target, { clock }));
    services.push(service);
    return service;
  };
  const started = async (env: Record<string, string>): Promise<Service> => {
    const service = await start(configOf(env));
    await seedWhenEmpty(configOf(env), service);
    return service;
  };
  const rates = (service: Service) =>
    service.ledger.readLatest((db) => listTaxRates(db, { after: null, limit: 10 }));
  const meta = ({ ledger }: Service) => freshMeta(ledger, { actor });
  const rollUp = async (service: Service, period: string, force = false) => {
    const run = await service.jobs.run('invoices.rollup', { period, force }, { actor });
    expect(run.error).to.equal(null);
    return service.ledger.readLatest((db) => invoicesOfPeriod(db, { period: `${period}-01` }));
  };
  const subscribe = async (service: Service, starts_on: string): Promise<void> => {
    const input = {
      tenant_id: 'acme',
      slug: 'site',
      display_name: 'Site',
      region: null,
      state: 'active' as const,
      llm_mode: 'none',
      template_code: null,
      template_version: null,
      trial_ends_at: null,
    };
    await service.ledger.execute(commands.createDeployment, input, meta(service));
    const wanted = {
      deployment_id: deploymentIdOf('acme', 'site'),
      plan_code: 'studio',
      addons: [],
      starts_on,
    };
    await service.ledger.execute(commands.startSubscription, wanted, meta(service));
  };

  beforeEach(async () => {
    test = await createTestDatabase();
  });
  afterEach(async () => {
    for (const service of services.splice(0)) await service.close();
    await test.drop();
  });

  it('is seeded once, however many nodes start', async () => {
    const nodes = await Promise.all([
      start(configOf({ TAX_RATE: '0.15' })),
      start(configOf({ TAX_RATE: '0.2' })),
    ]);
    const seeded = await Promise.all(
      nodes.map((node, index) =>
        seedWhenEmpty(configOf({ TAX_RATE: index === 0 ? '0.15' : '0.2', SEED_CATALOG: 'false' }), node),
      ),
    );
    expect(seeded.sort()).to.deep.equal([0, 1]);
    const known = await rates(nodes[0]);
    expect(
      known.map(({ tenant_id, effective_from, name }) => [tenant_id, effective_from, name]),
    ).to.deep.equal([[null, '2000-01-01', 'GST']]);
  });

  it('changes neither the next month nor a forced one after a start with another rate', async () => {
    const first = await started({});
    await subscribe(first, '2026-04-01');
    const [april] = await rollUp(first, '2026-04');
    expect(april?.total_cents).to.equal(5500);
    clock.set('2026-06-01T10:00:00.000Z');
    const second = await started({ TAX_RATE: '0.2', TAX_NAME: 'VAT' });
    const [may] = await rollUp(second, '2026-05');
    expect(may?.total_cents).to.equal(5500);
    const [forced] = await rollUp(second, '2026-04', true);
    expect(forced).to.deep.equal(april);
    clock.set('2026-05-02T10:00:00.000Z');
  });

  it('is logged as a warning where the ledger has another rate', async () => {
    const service = await started({});
    const { logger, logged } = lines();
    await warnOfOtherTax(configOf({ TAX_RATE: '0.1' }), service, logger);
    expect(logged).to.deep.equal([]);
    await warnOfOtherTax(configOf({ TAX_RATE: '0.2' }), service, logger);
    expect(logged).to.have.length(1);
    expect(logged[0]).to.contain('TAX_RATE').and.contain('0.2');
  });
});
