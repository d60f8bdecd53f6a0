// What the sandbox runs on: a kept ledger, the stand-ins for the outside world, and the service.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StartError } from '../src/cli/start-error.ts';
import { systemClock } from '../src/ledger/clock.ts';
import { expectFreePort, type Env } from './free-port.ts';
import { freshLedger, keptLedger, type DemoLedger } from './ledger.ts';
import { Closers, startService, startStandIns, tokenFor, type StandIns } from './service-with-stand-ins.ts';

/** The tenant that the sandbox has a token of. */
export const sandboxTenant = 'acme';

const mark = 'arcadia-cloud sandbox';
const tickMs = 1_000;

/** The sandbox, while it runs. */
export interface Sandbox {
  url: string;
  adminToken: string;
  tenantToken: string;
  serviceToken: string;
  /** A link that signs in to the console, once, as the admin. */
  link: string;
  /** Whether jobs run by their schedule: where there is a Redis. */
  schedules: boolean;
  standIns: StandIns;
  /** The file of variables that name all of it, to be read into a shell; as `ARCADIA_DATA` was named. */
  envFile: string;
  /** Stops everything, the last part first. */
  close(): Promise<void>;
}

/**
 * Starts the sandbox below `ARCADIA_DATA`, `.arcadia/sandbox` by default.
 * @param fresh makes its ledger anew
 * @throws {StartError} where the ledger is not a sandbox's, or is in use and can't be made anew
 */
export async function startSandbox(env: Env, fresh: boolean): Promise<Sandbox> {
  const closers = new Closers();
  try {
    return { ...(await start(env, fresh, closers)), close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(env: Env, fresh: boolean, closers: Closers): Promise<Omit<Sandbox, 'close'>> {
  await expectFreePort(env);
  const named = env['ARCADIA_DATA'] ?? '.arcadia/sandbox';
  const dataDir = resolve(named);
  await mkdir(dataDir, { recursive: true });
  const secret = env['JWT_SECRET'] ?? (await keptSecret(join(dataDir, 'jwt-secret')));
  const standIns = await startStandIns({ secret, clock: systemClock, dataDir }, closers);
  // The stand-in's clock has to be advanced, for its actions to end and its hours of requests to pass.
  const ticking = setInterval(() => {
    standIns.digitalOcean.clock.advance(tickMs);
  }, tickMs);
  closers.add(async () => {
    clearInterval(ticking);
  });
  const ledger = await openLedger(dataDir, named, fresh);
  closers.add(() => ledger.leave());
  const { url, schedules, signInLink } = await startService(
    { env, secret, clock: systemClock, ledger, dataDir, standIns, worker: true },
    closers,
  );
  const admin = { sub: 'sandbox-admin', tenant: 'platform-admin', role: 'platform_admin' };
  const adminToken = tokenFor(secret, admin);
  const tenantToken = tokenFor(secret, { sub: `sandbox@${sandboxTenant}`, tenant: sandboxTenant });
  const serviceToken = tokenFor(secret, { sub: 'sandbox-gateway', role: 'service' });
  await writeEnvFile(join(dataDir, 'env'), {
    URL: url,
    ADMIN: adminToken,
    TENANT: tenantToken,
    SERVICE: serviceToken,
    ARCADIA_DATA: dataDir,
    JWT_SECRET: secret,
    DIGITALOCEAN_URL: standIns.digitalOcean.url,
    DIGITALOCEAN_TOKEN: standIns.digitalOcean.token,
    SKYAI_FINANCE_URL: standIns.finance.url,
  });
  const link = await signInLink(admin);
  return {
    url,
    adminToken,
    tenantToken,
    serviceToken,
    link,
    schedules,
    standIns,
    envFile: join(named, 'env'),
  };
}

async function openLedger(dataDir: string, named: string, fresh: boolean): Promise<DemoLedger> {
  const ledger = fresh ? await freshLedger(dataDir, mark) : await keptLedger(dataDir, mark);
  if (ledger === null)
    throw new StartError(
      `The ledger below ${named} is no sandbox's: name another directory with ARCADIA_DATA.`,
    );
  if (ledger.temporaryBecause === null) return ledger;
  await ledger.leave();
  throw new StartError(`The sandbox can't be made anew: ${ledger.temporaryBecause} (${named}).`);
}

/** The secret that tokens are signed with, the same in each run. */
async function keptSecret(path: string): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (kept !== '') return kept;
  const secret = randomBytes(48).toString('base64url');
  await writeFile(path, secret, { mode: 0o600 });
  return secret;
}

/** For `. file` in a shell. It holds secrets of the sandbox, so it is its owner's alone. */
async function writeEnvFile(path: string, values: Readonly<Record<string, string>>): Promise<void> {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = Object.entries(values).map(([name, value]) => `export ${name}=${quoted(value)}`);
  await writeFile(
    `${path}.draft`,
    `# What the sandbox runs with, written at each start.\n${lines.join('\n')}\n`,
    { mode: 0o600 },
  );
  await rename(`${path}.draft`, path);
}
