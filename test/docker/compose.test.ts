import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createProgram } from '../../src/cli/program.ts';
import { loadConfig } from '../../src/config.ts';
import { root } from '../support/docs/pages.ts';
import { readCompose } from '../support/docker/compose-file.ts';

const run = promisify(execFile);
const JWT_SECRET = 'a-secret-that-is-long-enough-for-any-algorithm';
const { services, volumes } = readCompose({ JWT_SECRET });
const ours = ['service', 'worker'] as const;

describe('docker-compose.yml', () => {
  it('has the service, a worker, EventStoreDB, PostgreSQL and Redis', () => {
    expect(Object.keys(services)).to.have.members(['service', 'worker', 'kurrentdb', 'postgres', 'redis']);
    expect(services['postgres']?.image).to.equal('postgres:18');
  });

  it('cannot be started without a secret', () => {
    expect(() => readCompose({})).to.throw('required variable JWT_SECRET is missing');
  });

  it('gives every variable of the configuration but the place for embedded servers, and no other', () => {
    const known = [
      ...readFileSync(join(root, 'src/config-variables.ts'), 'utf8').matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm),
    ].map((match) => match[1] ?? '');
    for (const name of ours)
      expect(Object.keys(services[name]?.environment ?? {})).to.have.members(
        known.filter((variable) => variable !== 'ARCADIA_DATA'),
      );
  });

  it('makes a configuration that a start accepts, on the servers beside it', () => {
    for (const name of ours) {
      const config = loadConfig(services[name]?.environment ?? {});
      expect(config).to.include({
        port: 4005,
        host: '0.0.0.0',
        databaseUrl: 'postgres://arcadia:arcadia@postgres:5432/arcadia',
        eventStoreUrl: 'esdb://kurrentdb:2113?tls=false',
        redisUrl: 'redis://redis:6379',
      });
      // All other settings have their defaults.
      const { host, databaseUrl, eventStoreUrl, redisUrl } = loadConfig({ JWT_SECRET });
      expect({ ...config, host, databaseUrl, eventStoreUrl, redisUrl }).to.deep.equal(
        loadConfig({ JWT_SECRET }),
      );
    }
  });

  it('passes on every setting of the operator', () => {
    const given = {
      JWT_SECRET,
      POSTGRES_PASSWORD: 'another',
      DIGITALOCEAN_TOKEN: 'dop_v1_0',
      TAX_RATE: '0.2',
      LOG_LEVEL: 'debug',
      SEED_CATALOG: 'false',
      CORS_ORIGINS: '*',
      SKYAI_FINANCE_URL: 'https://finance.example.com',
    };
    const made = readCompose(given).services;
    const config = loadConfig(made['worker']?.environment ?? {});
    expect(config).to.include({
      databaseUrl: 'postgres://arcadia:another@postgres:5432/arcadia',
      taxRate: '0.2',
      logLevel: 'debug',
      seedCatalog: false,
    });
    expect([config.digitalocean.token, config.finance?.url]).to.deep.equal([
      'dop_v1_0',
      'https://finance.example.com',
    ]);
    expect(made['postgres']?.environment?.['POSTGRES_PASSWORD']).to.equal('another');
  });

  it('names servers and ports that are there', () => {
    const at = (url: string | undefined): string => new URL(url ?? '').host;
    const environment = services['service']?.environment ?? {};
    expect([
      at(environment['DATABASE_URL']),
      at(environment['EVENTSTORE_URL']),
      at(environment['REDIS_URL']),
    ]).to.deep.equal(['postgres:5432', 'kurrentdb:2113', 'redis:6379']);
    expect(services['kurrentdb']?.healthcheck?.test.join(' ')).to.contain(':2113/health/live');
    expect(services['postgres']?.environment).to.include({
      POSTGRES_USER: 'arcadia',
      POSTGRES_DB: 'arcadia',
    });
  });

  it('runs commands that the command line has', () => {
    for (const [name, line] of [
      ['service', 'serve --no-worker'],
      ['worker', 'worker --port 4005'],
    ] as const) {
      expect(services[name]?.command?.join(' ')).to.equal(line);
      const command = createProgram().commands.find((known) => known.name() === line.split(' ')[0]);
      const flags = line.split(' ').filter((word) => word.startsWith('--'));
      expect(
        command?.options.map(({ long }) => long),
        line,
      ).to.include.members(flags);
    }
  });

  it('starts the two once all they need is healthy', () => {
    for (const name of ours) {
      const needed = services[name]?.depends_on ?? {};
      expect(Object.keys(needed)).to.have.members(['postgres', 'kurrentdb', 'redis']);
      for (const [server, { condition }] of Object.entries(needed)) {
        expect(condition).to.equal('service_healthy');
        expect(services[server]?.healthcheck, server).to.not.equal(undefined);
      }
    }
  });

  it('keeps all data in volumes that are declared', () => {
    const used = Object.values(services)
      .flatMap((service) => service.volumes ?? [])
      .map((mount) => mount.split(':')[0]);
    expect(used).to.have.members(Object.keys(volumes)).and.have.length(Object.keys(volumes).length);
    expect(services['postgres']?.volumes).to.deep.equal(['postgres:/var/lib/postgresql']);
  });

  it('publishes on loopback only: the service on 4005, PostgreSQL on 5433', () => {
    const published = Object.fromEntries(
      Object.entries(services).flatMap(([name, { ports }]) => (ports === undefined ? [] : [[name, ports]])),
    );
    expect(published).to.deep.equal({ service: ['127.0.0.1:4005:4005'], postgres: ['127.0.0.1:5433:5432'] });
  });

  it('restarts everything after a fault, and gives our own services only the rights that they need', () => {
    for (const [name, { restart, stop_grace_period: grace }] of Object.entries(services))
      expect({ name, restart, grace }).to.deep.include({ restart: 'unless-stopped' });
    for (const name of ours) {
      expect(services[name]).to.deep.include({
        init: true,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        stop_grace_period: '40s',
      });
    }
  });

  it('is what docker compose takes, where that is installed', async () => {
    const compose = (...args: string[]) =>
      run('docker', ['compose', ...args], { cwd: root, env: { ...process.env, JWT_SECRET } });
    if (
      await compose('version').then(
        () => true,
        () => false,
      )
    )
      await compose('config', '-q');
  });
});
