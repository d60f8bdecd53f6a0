// The configuration: the environment, parsed once, at the start.
import { resolve } from 'node:path';
import type { z } from 'zod';
import { environment, type Environment, type hmacAlgorithms, type logLevels } from './config-variables.ts';
import type { CommandLimits } from './ledger/command.ts';

/** The checked environment. An unset variable has its default, or is null where its part is then absent. */
export type Config = {
  port: number;
  /** The address to listen on: one of this machine's, or 0.0.0.0 or :: for all of them. */
  host: string;
  /** Requests of one subject that are answered in a minute. */
  rateLimitPerMinute: number;
  /** Null: an embedded PostgreSQL below `arcadiaData`. */
  databaseUrl: string | null;
  /** EventStoreDB's connection string; null: the journal in PostgreSQL is the event log. */
  eventStoreUrl: string | null;
  redisUrl: string | null;
  jwt: JwtConfig;
  /** Origins such as https://console.example.com, or `*` alone; empty: no cross-origin callers. */
  corsOrigins: string[];
  digitalocean: {
    /** Null: no account is synchronised. */
    token: string | null;
    /** The only one that may change droplets; null: nothing is changed. */
    writeToken: string | null;
    url: string;
  };
  /** Null: the sizes of buckets are not known. */
  spaces: SpacesConfig | null;
  /** Null: invoices are not pushed. */
  finance: FinanceConfig | null;
  /** ISO 4217. */
  billingCurrency: string;
  /** Exact decimal string between 0 and 1: '0.10' is ten percent. */
  taxRate: string;
  taxName: string;
  logLevel: LogLevel;
  /** Absolute. */
  arcadiaData: string;
  seedCatalog: boolean;
  /** The master key of personal data, 32 bytes; null: a key file below `arcadiaData`. */
  piiKey: Buffer | null;
  /** How many years issued documents are kept. */
  retentionYears: number;
  /** Null: no mail is sent. */
  mail: MailConfig | null;
  /** Whether `invoices.send` and `invoices.correct` run by their schedule. */
  autoSend: boolean;
  autoCorrect: boolean;
  /** Whether invoices, notes and payments of tenants are pushed to the finance service. */
  financeAr: boolean;
  /** What keeps a report in a wrong unit or with a wrong date from an invoice, and a trial from lasting. */
  limits: CommandLimits;
  /** When dunning moves deployments. */
  lifecycle: { dunningDays: number; suspendDays: number };
};

type JwtConfig = {
  /** For HS256, HS384 and HS512; null when only JWKS keys are trusted. */
  secret: string | null;
  /** Those of JWT_ALGORITHMS; only ever with the secret. Empty without one. */
  algorithms: HmacAlgorithm[];
  /** Where the keys for RS256 and ES256 are; only ever with these two. */
  jwksUrl: string | null;
  issuer: string | null;
  audience: string | null;
};

type MailConfig = { url: string; from: string };
/** The key may list the buckets; the endpoint is an origin. */
type SpacesConfig = { endpoint: string; key: string; secret: string };
type FinanceConfig = { url: string; jwtSecret: string; tenantId: string; roles: string[] };
type HmacAlgorithm = (typeof hmacAlgorithms)[number];
export type LogLevel = (typeof logLevels)[number];

/** Stops the start: its message names every bad variable with the reason, and never a variable's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, reason }) => `  ${variable}: ${reason}`);
    super(`The configuration is not valid:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

export type ConfigProblem = { variable: string; reason: string };

/**
 * The parts of the environment: `log`, where the events and the read models are; `invoicing`, the terms that
 * invoices are computed by; `upstreams`, the services that jobs call; `queues`, where jobs are queued;
 * `tokens`, how tokens are signed and verified; `api`, all the rest.
 */
export const wholeConfig = ['log', 'invoicing', 'upstreams', 'queues', 'tokens', 'api'] as const;
export type ConfigSection = (typeof wholeConfig)[number];

/** All of them, or none. */
const spacesVariables = ['SPACES_KEY', 'SPACES_SECRET', 'SPACES_ENDPOINT'] as const;

const variables: Readonly<Record<Exclude<ConfigSection, 'api'>, readonly string[]>> = {
  log: ['DATABASE_URL', 'EVENTSTORE_URL', 'ARCADIA_DATA', 'LOG_LEVEL'],
  invoicing: ['BILLING_CURRENCY', 'TAX_RATE', 'TAX_NAME', 'INVOICE_RETENTION_YEARS'],
  // The tokens for finance are signed with JWT_SECRET where it has no secret of its own.
  upstreams: [
    'DIGITALOCEAN_TOKEN',
    'DIGITALOCEAN_WRITE_TOKEN',
    'DIGITALOCEAN_URL',
    ...spacesVariables,
    'SKYAI_FINANCE_URL',
    'SKYAI_FINANCE_JWT_SECRET',
    'SKYAI_FINANCE_TENANT_ID',
    'SKYAI_FINANCE_ROLES',
    'SKYAI_FINANCE_AR',
    'JWT_SECRET',
    'SMTP_URL',
    'MAIL_FROM',
    'AUTO_SEND',
    'AUTO_CORRECT',
    'DUNNING_DAYS',
    'SUSPEND_DAYS',
    'PII_KEY',
  ],
  queues: ['REDIS_URL'],
  tokens: ['JWT_SECRET', 'JWT_ALGORITHMS', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS_URL'],
};
const ofOtherSections: ReadonlySet<string> = new Set(Object.values(variables).flat());

/** Whether a variable is in one of the sections; one that no other section has is the API's. */
function isTaken(name: string, sections: readonly ConfigSection[]): boolean {
  return sections.some((section) =>
    section === 'api' ? !ofOtherSections.has(name) : variables[section].includes(name),
  );
}

/**
 * Reads the configuration from the environment. A variable that is empty or only spaces counts as unset, as
 * compose files write it; an unknown one belongs to another program.
 *
 * @param sections what the program needs: a variable of another section counts as unset, and stops nothing
 * @throws ConfigError once, for all bad variables.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  sections: readonly ConfigSection[] = wholeConfig,
): Config {
  const known: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(env)) {
    if (!isTaken(name, sections)) continue;
    // A secret counts byte for byte; the issuer on the other side doesn't trim either.
    if (value.trim() !== '') known[name] = name.endsWith('_SECRET') ? value : value.trim();
  }
  const parsed = environment.safeParse(known);
  const problems = [...(parsed.success ? [] : problemsOf(parsed.error)), ...crossChecks(known, sections)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data);
}

function problemsOf(error: z.ZodError): ConfigProblem[] {
  const reasons = new Map<string, string>();
  for (const issue of error.issues) {
    const variable = String(issue.path[0]);
    if (!reasons.has(variable)) reasons.set(variable, issue.message);
  }
  return [...reasons].map(([variable, reason]) => ({ variable, reason }));
}

/** Errors of two variables together, found in the given text, so that one message lists all errors. */
function crossChecks(
  known: Readonly<Record<string, string>>,
  sections: readonly ConfigSection[],
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (sections.includes('tokens') && !known['JWT_SECRET'] && !known['JWT_JWKS_URL']) {
    problems.push({
      variable: 'JWT_SECRET',
      reason: 'is required (or JWT_JWKS_URL, for tokens signed with RS256 or ES256)',
    });
  }
  if (known['SKYAI_FINANCE_URL'] && !known['SKYAI_FINANCE_JWT_SECRET'] && !known['JWT_SECRET']) {
    problems.push({
      variable: 'SKYAI_FINANCE_JWT_SECRET',
      reason: 'is required with SKYAI_FINANCE_URL when there is no JWT_SECRET',
    });
  }
  const [given] = spacesVariables.filter((variable) => known[variable]);
  const lacking = given === undefined ? [] : spacesVariables.filter((variable) => !known[variable]);
  problems.push(...lacking.map((variable) => ({ variable, reason: `is required with ${given}` })));
  if (known['SMTP_URL'] && !known['MAIL_FROM'])
    problems.push({ variable: 'MAIL_FROM', reason: 'is required with SMTP_URL' });
  if (known['SKYAI_FINANCE_AR'] === 'true' && !known['SKYAI_FINANCE_URL'])
    problems.push({ variable: 'SKYAI_FINANCE_URL', reason: 'is required with SKYAI_FINANCE_AR' });
  const { DUNNING_DAYS, SUSPEND_DAYS } =
    environment.pick({ DUNNING_DAYS: true, SUSPEND_DAYS: true }).safeParse(known).data ?? {};
  if (DUNNING_DAYS !== undefined && SUSPEND_DAYS !== undefined && SUSPEND_DAYS < DUNNING_DAYS)
    problems.push({ variable: 'SUSPEND_DAYS', reason: 'must be at least DUNNING_DAYS' });
  return problems;
}

function toConfig(env: Environment): Config {
  return {
    port: env.PORT,
    host: env.HOST,
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    databaseUrl: env.DATABASE_URL ?? null,
    eventStoreUrl: env.EVENTSTORE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    jwt: {
      secret: env.JWT_SECRET ?? null,
      algorithms: env.JWT_SECRET === undefined ? [] : [...new Set(env.JWT_ALGORITHMS)],
      jwksUrl: env.JWT_JWKS_URL ?? null,
      issuer: env.JWT_ISSUER ?? null,
      audience: env.JWT_AUDIENCE ?? null,
    },
    corsOrigins: env.CORS_ORIGINS,
    digitalocean: {
      token: env.DIGITALOCEAN_TOKEN ?? null,
      writeToken: env.DIGITALOCEAN_WRITE_TOKEN ?? null,
      url: env.DIGITALOCEAN_URL,
    },
    spaces: spacesConfig(env),
    finance: financeConfig(env),
    billingCurrency: env.BILLING_CURRENCY,
    taxRate: env.TAX_RATE,
    taxName: env.TAX_NAME,
    logLevel: env.LOG_LEVEL,
    arcadiaData: resolve(env.ARCADIA_DATA),
    seedCatalog: env.SEED_CATALOG,
    piiKey: env.PII_KEY === undefined ? null : Buffer.from(env.PII_KEY, 'base64'),
    retentionYears: env.INVOICE_RETENTION_YEARS,
    mail:
      env.SMTP_URL === undefined || env.MAIL_FROM === undefined
        ? null
        : { url: env.SMTP_URL, from: env.MAIL_FROM },
    autoSend: env.AUTO_SEND,
    autoCorrect: env.AUTO_CORRECT,
    financeAr: env.SKYAI_FINANCE_AR,
    limits: {
      maxAgeDays: env.USAGE_MAX_AGE_DAYS,
      maxChargeCents: env.LLM_MAX_CHARGE_CENTS,
      trialDays: env.TRIAL_DAYS,
    },
    lifecycle: { dunningDays: env.DUNNING_DAYS, suspendDays: env.SUSPEND_DAYS },
  };
}

function spacesConfig(env: Environment): SpacesConfig | null {
  const { SPACES_KEY: key, SPACES_SECRET: secret, SPACES_ENDPOINT: endpoint } = env;
  if (key === undefined || secret === undefined || endpoint === undefined) return null;
  return { endpoint, key, secret };
}

function financeConfig(env: Environment): FinanceConfig | null {
  const jwtSecret = env.SKYAI_FINANCE_JWT_SECRET ?? env.JWT_SECRET;
  if (env.SKYAI_FINANCE_URL === undefined || jwtSecret === undefined) return null;
  return {
    url: env.SKYAI_FINANCE_URL,
    jwtSecret,
    tenantId: env.SKYAI_FINANCE_TENANT_ID,
    roles: env.SKYAI_FINANCE_ROLES,
  };
}
