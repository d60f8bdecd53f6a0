import { expect } from 'chai';
import { resolve } from 'node:path';
import { ConfigError, loadConfig, wholeConfig, type ConfigSection } from '../src/config.ts';

const secret = 'a-secret-of-more-than-thirty-two-bytes';
const minimal = { JWT_SECRET: secret };

/** The error that loading throws; fails when it doesn't. */
function refusalOf(env: Record<string, string>): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

const variablesOf = (error: ConfigError): string[] => error.problems.map(({ variable }) => variable);

describe('configuration', () => {
  it('has a default for everything except the keys of tokens', () => {
    expect(loadConfig(minimal)).to.deep.equal({
      port: 4005,
      host: '127.0.0.1',
      rateLimitPerMinute: 1_200,
      databaseUrl: null,
      eventStoreUrl: null,
      redisUrl: null,
      jwt: { secret, algorithms: ['HS512'], jwksUrl: null, issuer: null, audience: null },
      corsOrigins: [],
      digitalocean: { token: null, writeToken: null, url: 'https://api.digitalocean.com' },
      spaces: null,
      finance: null,
      billingCurrency: 'AUD',
      taxRate: '0.10',
      taxName: 'GST',
      logLevel: 'info',
      arcadiaData: resolve('.arcadia'),
      seedCatalog: true,
      piiKey: null,
      retentionYears: 5,
      mail: null,
      autoSend: false,
      autoCorrect: false,
      financeAr: false,
      limits: { maxAgeDays: 400, maxChargeCents: '1000000', trialDays: 14 },
      lifecycle: { dunningDays: 14, suspendDays: 30 },
    });
  });

  it('takes every variable', () => {
    const config = loadConfig({
      ...minimal,
      PORT: '8080',
      HOST: '::',
      RATE_LIMIT_PER_MINUTE: '60',
      DATABASE_URL: 'postgres://arcadia:pw@db:5432/arcadia',
      EVENTSTORE_URL: 'esdb+discover://ledger:pw@a:2113,b:2113?tls=true',
      REDIS_URL: 'redis://cache:6379/1',
      JWT_ALGORITHMS: 'HS256, HS384,HS256',
      JWT_ISSUER: 'console',
      JWT_AUDIENCE: 'arcadia',
      JWT_JWKS_URL: 'https://id.example.com/jwks.json',
      CORS_ORIGINS: 'https://a.example.com,http://localhost:3000',
      DIGITALOCEAN_TOKEN: 'dop_v1_0',
      DIGITALOCEAN_WRITE_TOKEN: 'dop_v1_1',
      DIGITALOCEAN_URL: 'http://127.0.0.1:9000/',
      SPACES_KEY: 'DO00EXAMPLE',
      SPACES_SECRET: 'a/secret+key',
      SPACES_ENDPOINT: 'https://fra1.digitaloceanspaces.com/',
      SKYAI_FINANCE_URL: 'https://finance.example.com/',
      SKYAI_FINANCE_TENANT_ID: 'books',
      SKYAI_FINANCE_ROLES: 'admin,poster',
      BILLING_CURRENCY: 'USD',
      TAX_RATE: '0.175',
      TAX_NAME: 'VAT',
      LOG_LEVEL: 'debug',
      ARCADIA_DATA: '/data/arcadia',
      SEED_CATALOG: 'false',
      PII_KEY: Buffer.alloc(32, 7).toString('base64'),
      INVOICE_RETENTION_YEARS: '7',
      SMTP_URL: 'smtp://user:secret@mail.example.com:587',
      MAIL_FROM: 'Billing <billing@example.com>',
      AUTO_SEND: 'true',
      AUTO_CORRECT: 'true',
      SKYAI_FINANCE_AR: 'true',
      LLM_MAX_CHARGE_CENTS: '5000',
      USAGE_MAX_AGE_DAYS: '40',
      TRIAL_DAYS: '7',
      DUNNING_DAYS: '10',
      SUSPEND_DAYS: '21',
    });
    expect(config).to.deep.equal({
      port: 8080,
      host: '::',
      rateLimitPerMinute: 60,
      databaseUrl: 'postgres://arcadia:pw@db:5432/arcadia',
      eventStoreUrl: 'esdb+discover://ledger:pw@a:2113,b:2113?tls=true',
      redisUrl: 'redis://cache:6379/1',
      jwt: {
        secret,
        algorithms: ['HS256', 'HS384'],
        jwksUrl: 'https://id.example.com/jwks.json',
        issuer: 'console',
        audience: 'arcadia',
      },
      corsOrigins: ['https://a.example.com', 'http://localhost:3000'],
      digitalocean: { token: 'dop_v1_0', writeToken: 'dop_v1_1', url: 'http://127.0.0.1:9000' },
      spaces: {
        endpoint: 'https://fra1.digitaloceanspaces.com',
        key: 'DO00EXAMPLE',
        secret: 'a/secret+key',
      },
      finance: {
        url: 'https://finance.example.com',
        jwtSecret: secret,
        tenantId: 'books',
        roles: ['admin', 'poster'],
      },
      billingCurrency: 'USD',
      taxRate: '0.175',
      taxName: 'VAT',
      logLevel: 'debug',
      arcadiaData: resolve('/data/arcadia'),
      seedCatalog: false,
      piiKey: Buffer.alloc(32, 7),
      retentionYears: 7,
      mail: { url: 'smtp://user:secret@mail.example.com:587', from: 'Billing <billing@example.com>' },
      autoSend: true,
      autoCorrect: true,
      financeAr: true,
      limits: { maxAgeDays: 40, maxChargeCents: '5000', trialDays: 7 },
      lifecycle: { dunningDays: 10, suspendDays: 21 },
    });
  });

  it('names every bad variable in one message, and gives no value away', () => {
    const bad = {
      PORT: '80800',
      HOST: 'http://hunter2',
      RATE_LIMIT_PER_MINUTE: '0',
      DATABASE_URL: 'mysql://root:hunter2@db/arcadia',
      EVENTSTORE_URL: 'http://admin:hunter2@events:2113',
      REDIS_URL: 'hunter2',
      JWT_ALGORITHMS: 'none,hunter2',
      JWT_JWKS_URL: 'hunter2',
      CORS_ORIGINS: 'https://a.example.com/hunter2',
      DIGITALOCEAN_TOKEN: 'hunter2 hunter2',
      DIGITALOCEAN_URL: 'ftp://hunter2',
      SPACES_KEY: 'hunter2/hunter2',
      SPACES_SECRET: 'hunter2 hunter2',
      SPACES_ENDPOINT: 'https://hunter2:hunter2@fra1.digitaloceanspaces.com',
      SKYAI_FINANCE_URL: 'hunter2',
      JWT_SECRET: secret,
      SKYAI_FINANCE_TENANT_ID: 'hunter2'.repeat(40),
      SKYAI_FINANCE_ROLES: ',',
      BILLING_CURRENCY: 'hunter2',
      TAX_RATE: '1.1',
      TAX_NAME: 'hunter2'.repeat(40),
      LOG_LEVEL: 'hunter2',
      SEED_CATALOG: 'hunter2',
      LLM_MAX_CHARGE_CENTS: '10.5',
      USAGE_MAX_AGE_DAYS: '0',
      TRIAL_DAYS: '0',
      DUNNING_DAYS: '-1',
      SUSPEND_DAYS: 'a week',
    };
    const error = refusalOf(bad);
    const names = Object.keys(bad).filter((variable) => variable !== 'JWT_SECRET');
    expect(variablesOf(error)).to.have.members(names);
    for (const variable of names)
      expect(error.message).to.match(new RegExp(`^ {2}${variable}: [a-z0-9]`, 'm'));
    expect(error.message).not.to.contain('hunter2');
  });

  it('takes all variables of Spaces or none, and names what is missing', () => {
    const all = {
      SPACES_KEY: 'hunter2',
      SPACES_SECRET: 'hunter2/hunter2',
      SPACES_ENDPOINT: 'https://fra1.digitaloceanspaces.com',
    };
    for (const [given, first] of [
      [['SPACES_KEY'], 'SPACES_KEY'],
      [['SPACES_SECRET', 'SPACES_ENDPOINT'], 'SPACES_SECRET'],
      [['SPACES_ENDPOINT'], 'SPACES_ENDPOINT'],
    ] as const) {
      const some = Object.entries(all).filter(([name]) => given.some((one) => one === name));
      const error = refusalOf({ ...minimal, ...Object.fromEntries(some) });
      const missing = Object.keys(all).filter((name) => !given.some((one) => one === name));
      expect(variablesOf(error)).to.deep.equal(missing);
      for (const name of missing) expect(error.message).to.contain(`  ${name}: is required with ${first}`);
      expect(error.message).to.not.contain('hunter2');
    }
    expect(loadConfig({ ...minimal, SPACES_KEY: ' ' }).spaces).to.equal(null);
    expect(loadConfig({ ...minimal, ...all }, ['log']).spaces).to.equal(null);
  });

  for (const [endpoint, valid] of [
    ['https://fra1.digitaloceanspaces.com/', true],
    ['http://127.0.0.1:9000', true],
    ['https://S3.example.com', true],
    ['fra1.digitaloceanspaces.com', false],
    ['s3://fra1.digitaloceanspaces.com', false],
    ['https://media.fra1.digitaloceanspaces.com', false],
    ['https://media.fra1.cdn.digitaloceanspaces.com', false],
    ['https://digitaloceanspaces.com', false],
    ['https://fra1.digitaloceanspaces.com/media', false],
    ['https://fra1.digitaloceanspaces.com/?list-type=2', false],
    ['https://user@fra1.digitaloceanspaces.com', false],
  ] as const) {
    it(`${valid ? 'takes' : 'refuses'} ${endpoint} as the endpoint of Spaces`, () => {
      const env = { ...minimal, SPACES_KEY: 'k', SPACES_SECRET: 's', SPACES_ENDPOINT: endpoint };
      if (valid) expect(loadConfig(env).spaces?.endpoint).to.equal(endpoint.replace(/\/$/, ''));
      else expect(variablesOf(refusalOf(env))).to.deep.equal(['SPACES_ENDPOINT']);
    });
  }

  it('reports a missing secret together with other errors', () => {
    const error = refusalOf({ PORT: 'x' });
    expect(variablesOf(error)).to.have.members(['PORT', 'JWT_SECRET']);
    expect(error.message).to.contain('is required (or JWT_JWKS_URL');
  });

  it('refuses a secret of fewer than 32 bytes', () => {
    for (const short of ['x', 'x'.repeat(31), 'ü'.repeat(15)]) {
      const error = refusalOf({ JWT_SECRET: short });
      expect(variablesOf(error)).to.deep.equal(['JWT_SECRET']);
      expect(error.message).to.contain('at least 32 bytes').and.not.contain(`${short}${short}`);
    }
    expect(variablesOf(refusalOf({ ...minimal, SKYAI_FINANCE_JWT_SECRET: 'y'.repeat(31) }))).to.deep.equal([
      'SKYAI_FINANCE_JWT_SECRET',
    ]);
    expect(loadConfig({ JWT_SECRET: 'ü'.repeat(16) }).jwt.secret).to.equal('ü'.repeat(16));
  });

  it('refuses to suspend before it duns, also by the default of either', () => {
    for (const days of [
      { DUNNING_DAYS: '20', SUSPEND_DAYS: '19' },
      { DUNNING_DAYS: '31' },
      { SUSPEND_DAYS: '13' },
    ]) {
      const error = refusalOf({ ...minimal, ...days });
      expect(variablesOf(error)).to.deep.equal(['SUSPEND_DAYS']);
      expect(error.message).to.contain('must be at least DUNNING_DAYS');
    }
    expect(loadConfig({ ...minimal, DUNNING_DAYS: '30' }).lifecycle.suspendDays).to.equal(30);
  });

  it('refuses a URL whose percent-encoding is broken, before anything uses it', () => {
    const urls = {
      DATABASE_URL: 'postgres://u:hunter2%zz@h/d',
      EVENTSTORE_URL: 'esdb://u:hunter2%zz@h:2113',
      REDIS_URL: 'redis://:hunter2%zz@h',
      JWT_JWKS_URL: 'https://h/hunter2%zz',
      DIGITALOCEAN_URL: 'https://u:hunter2%zz@h',
      SKYAI_FINANCE_URL: 'https://u:hunter2%ff@h',
    };
    const error = refusalOf({ ...minimal, ...urls });
    expect(variablesOf(error)).to.have.members(Object.keys(urls));
    expect(error.message).to.contain('percent-encoding').and.not.contain('hunter2');
    expect(loadConfig({ ...minimal, DATABASE_URL: 'postgres://u:p%25zz@h/d' }).databaseUrl).to.equal(
      'postgres://u:p%25zz@h/d',
    );
  });

  for (const [host, valid] of [
    ['127.0.0.1', true],
    ['0.0.0.0', true],
    ['::1', true],
    ['localhost', true],
    ['127.0.0.1:80', false],
    ['a b', false],
    ['-x', false],
  ] as const) {
    it(`${valid ? 'takes' : 'refuses'} ${host} to listen on`, () => {
      const env = { ...minimal, HOST: host };
      if (valid) expect(loadConfig(env).host).to.equal(host);
      else expect(variablesOf(refusalOf(env))).to.deep.equal(['HOST']);
    });
  }

  it('keeps a secret byte for byte', () => {
    expect(loadConfig({ JWT_SECRET: ` ${secret}\n` }).jwt.secret).to.equal(` ${secret}\n`);
  });

  it('trusts no shared-secret algorithm when only JWKS keys are given', () => {
    const { jwt } = loadConfig({ JWT_JWKS_URL: 'https://id.example.com/jwks.json' });
    expect(jwt).to.deep.equal({
      secret: null,
      algorithms: [],
      jwksUrl: 'https://id.example.com/jwks.json',
      issuer: null,
      audience: null,
    });
  });

  it('asks for a finance secret when there is no shared one to fall back to', () => {
    const env = {
      JWT_JWKS_URL: 'https://id.example.com/jwks.json',
      SKYAI_FINANCE_URL: 'https://finance.example.com',
    };
    expect(variablesOf(refusalOf(env))).to.deep.equal(['SKYAI_FINANCE_JWT_SECRET']);
    const own = `${secret}-of-finance`;
    expect(loadConfig({ ...env, SKYAI_FINANCE_JWT_SECRET: own }).finance?.jwtSecret).to.equal(own);
    expect(loadConfig({ ...env, ...minimal, SKYAI_FINANCE_JWT_SECRET: own }).finance?.jwtSecret).to.equal(
      own,
    );
  });

  for (const [url, valid] of [
    ['esdb://events:2113', true],
    ['esdb://events', true],
    ['esdb://a:1,b:2,c:3/?tls=false', true],
    ['esdb+discover://u:p@events?tls=true', true],
    ['esdb:events', false],
    ['esdb://', false],
    ['esdb://?tls=false', false],
    ['esdb://a b', false],
    ['kurrentdb://events', true],
    ['kurrentdb+discover://u:p@events?tls=true', true],
    ['kdb+discover://events', true],
    ['kurrent://events', true],
    ['kurrentdbs://events', false],
    ['kurrentdb:events', false],
  ] as const) {
    it(`${valid ? 'takes' : 'refuses'} ${url} for EventStoreDB`, () => {
      const env = { ...minimal, EVENTSTORE_URL: url };
      if (valid) expect(loadConfig(env).eventStoreUrl).to.equal(url);
      else expect(variablesOf(refusalOf(env))).to.deep.equal(['EVENTSTORE_URL']);
    });
  }

  it('takes an empty variable for an unset one', () => {
    expect(
      loadConfig({ ...minimal, DATABASE_URL: '', PORT: ' ', EVENTSTORE_URL: '', SEED_CATALOG: '' }),
    ).to.deep.equal(loadConfig(minimal));
  });

  for (const [rate, valid] of [
    ['0', true],
    ['1', true],
    ['1.000', true],
    ['0.1', true],
    ['.1', false],
    ['1e-1', false],
    ['-0.1', false],
    ['10', false],
    ['0,1', false],
  ] as const) {
    it(`${valid ? 'takes' : 'refuses'} the tax rate ${rate}`, () => {
      const load = () => loadConfig({ ...minimal, TAX_RATE: rate }).taxRate;
      if (valid) expect(load()).to.equal(rate);
      else expect(load).to.throw(ConfigError, 'TAX_RATE');
    });
  }

  it('refuses an unknown currency, and one whose unit has no hundredths', () => {
    expect(variablesOf(refusalOf({ ...minimal, BILLING_CURRENCY: 'QQQ' }))).to.deep.equal([
      'BILLING_CURRENCY',
    ]);
    expect(variablesOf(refusalOf({ ...minimal, BILLING_CURRENCY: 'JPY' }))).to.deep.equal([
      'BILLING_CURRENCY',
    ]);
  });

  it('requires only the variables that a program uses', () => {
    const bad = {
      JWT_SECRET: '',
      PORT: 'none',
      CORS_ORIGINS: 'none',
      TAX_RATE: 'none',
      REDIS_URL: 'none',
      DIGITALOCEAN_URL: 'none',
    };
    const variablesFor = (...parts: ConfigSection[]): string[] => {
      try {
        loadConfig(bad, parts);
        return [];
      } catch (error) {
        return error instanceof ConfigError ? error.problems.map(({ variable }) => variable).sort() : ['?'];
      }
    };
    expect(variablesFor('log')).to.deep.equal([]);
    expect(variablesFor('log', 'invoicing')).to.deep.equal(['TAX_RATE']);
    expect(variablesFor('upstreams')).to.deep.equal(['DIGITALOCEAN_URL']);
    expect(variablesFor('tokens')).to.deep.equal(['JWT_SECRET']);
    expect(variablesFor('queues')).to.deep.equal(['REDIS_URL']);
    expect(variablesFor(...wholeConfig)).to.deep.equal(Object.keys(bad).sort());
    const { jwt, finance } = loadConfig(
      { SKYAI_FINANCE_URL: 'https://finance.example.com', ...minimal, TAX_RATE: 'none' },
      ['upstreams'],
    );
    expect([jwt.secret, finance?.jwtSecret]).to.deep.equal([minimal.JWT_SECRET, minimal.JWT_SECRET]);
  });
});
