// The configuration: the environment, parsed once, at the start.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { defaultReportLimits, type ReportLimits } from './ledger/command.ts';

/**
 * What the environment says, checked; what it leaves out has its default, or null where the thing is then
 * absent.
 */
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
    url: string;
  };
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
  /** What keeps a report in a wrong unit or with a wrong date from an invoice. */
  reportLimits: ReportLimits;
};

export type JwtConfig = {
  /** For HS256, HS384 and HS512; null when only JWKS keys are trusted. */
  secret: string | null;
  /** Those of JWT_ALGORITHMS; only ever with the secret. Empty without one. */
  algorithms: HmacAlgorithm[];
  /** Where the keys for RS256 and ES256 are; only ever with these two. */
  jwksUrl: string | null;
  issuer: string | null;
  audience: string | null;
};

export type FinanceConfig = { url: string; jwtSecret: string; tenantId: string; roles: string[] };
export type HmacAlgorithm = (typeof hmacAlgorithms)[number];
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

const hmacAlgorithms = ['HS256', 'HS384', 'HS512'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Reasons never quote what was given: a secret pasted into the wrong variable would end up in a log. */
const because = (reason: string) => ({ error: reason });

function url(protocols: readonly string[], example: string) {
  const allowed = protocols.map((protocol) => `${protocol}:`);
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && allowed.includes(new URL(text).protocol),
      because(`must be a URL such as ${example}`),
    )
    .refine(isDecodable, because(brokenPercent));
}

const brokenPercent = 'has a broken percent-encoding: a % itself is written %25';

/** What uses a URL decodes its parts, some long after the start. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** An address, or a name that resolves to one: no port, no scheme. */
const isHost = (text: string): boolean =>
  isIP(text) !== 0 || /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text);

const webUrl = (example: string) =>
  url(['http', 'https'], example).transform((text) => text.replace(/\/+$/, ''));

const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;

/** RFC 7518 asks for a key as long as the hash; 32 bytes is that of the shortest. */
const shortestSecretBytes = 32;

/** Tokens signed with a short secret can be forged by guessing it. */
const isLongEnough = (secret: string): boolean => Buffer.byteLength(secret) >= shortestSecretBytes;
const secretText = z
  .string()
  .refine(
    isLongEnough,
    because(`must be at least ${shortestSecretBytes} bytes long, such as openssl rand -base64 48 makes`),
  );

/** By either name of the server, one or a cluster. */
const eventStoreUrl = /^(?:esdb|kurrentdb|kurrent|kdb)(\+discover)?:\/\/[^\s/?#]+([/?]\S*)?$/;

const environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, because('must be a port number, 0 to 65535'))
    .transform(Number)
    .refine((port) => port <= 65535, because('must be a port number, 0 to 65535'))
    .default(4005),
  HOST: z
    .string()
    .refine(isHost, because('must be an address to listen on such as 127.0.0.1, or 0.0.0.0 for all'))
    .default('127.0.0.1'),
  RATE_LIMIT_PER_MINUTE: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, because('must be a number of requests, 1 or more'))
    .transform(Number)
    .default(1_200),
  DATABASE_URL: url(['postgres', 'postgresql'], 'postgres://user:password@host:5432/database').optional(),
  // Several hosts may be named, so this is no URL in the web's sense; the client reads the rest when it is
  // opened.
  EVENTSTORE_URL: z
    .string()
    .regex(
      eventStoreUrl,
      because('must be a connection string such as esdb://user:password@host:2113?tls=true'),
    )
    .refine(isDecodable, because(brokenPercent))
    .optional(),
  REDIS_URL: url(['redis', 'rediss'], 'redis://localhost:6379').optional(),
  JWT_SECRET: secretText.optional(),
  JWT_ALGORITHMS: z
    .string()
    .transform(list)
    .pipe(
      z
        .array(z.enum(hmacAlgorithms, because('must be a comma list of HS256, HS384 and HS512')))
        .min(1, because('must name at least one algorithm')),
    )
    .default(['HS512']),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_JWKS_URL: webUrl('https://id.example.com/.well-known/jwks.json').optional(),
  CORS_ORIGINS: z
    .string()
    .transform(list)
    .refine(
      (origins) => origins.every(isOrigin) || (origins.length === 1 && origins[0] === '*'),
      because(
        'must be a comma list of origins such as https://console.example.com (no path, no trailing slash), or *',
      ),
    )
    .default([]),
  DIGITALOCEAN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, because('must be a token without spaces'))
    .optional(),
  DIGITALOCEAN_URL: webUrl('https://api.digitalocean.com').default('https://api.digitalocean.com'),
  SKYAI_FINANCE_URL: webUrl('https://finance.example.com').optional(),
  SKYAI_FINANCE_JWT_SECRET: secretText.optional(),
  SKYAI_FINANCE_TENANT_ID: z
    .string()
    .max(200, because('must be at most 200 characters long'))
    .default('platform-admin'),
  SKYAI_FINANCE_ROLES: z
    .string()
    .transform(list)
    .refine((roles) => roles.length > 0, because('must name at least one role'))
    .default(['admin']),
  BILLING_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, because('must be an ISO 4217 code such as AUD'))
    .refine(isCurrency, because('must be an ISO 4217 code with two decimals such as AUD'))
    .default('AUD'),
  TAX_RATE: z
    .string()
    .regex(/^(0(\.\d{1,12})?|1(\.0{1,12})?)$/, because('must be a decimal from 0 to 1 such as 0.10'))
    .default('0.10'),
  TAX_NAME: z.string().max(50, because('must be at most 50 characters long')).default('GST'),
  LOG_LEVEL: z.enum(logLevels, because(`must be one of ${logLevels.join(', ')}`)).default('info'),
  ARCADIA_DATA: z.string().default('.arcadia'),
  LLM_MAX_CHARGE_CENTS: z
    .string()
    .regex(/^\d{1,15}$/, because('must be whole cents such as 1000000'))
    .default(defaultReportLimits.maxChargeCents),
  USAGE_MAX_AGE_DAYS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, because('must be a number of days, 1 to 99999'))
    .transform(Number)
    .default(defaultReportLimits.maxAgeDays),
  SEED_CATALOG: z
    .enum(['true', 'false'], because('must be true or false'))
    .transform((text) => text === 'true')
    .default(true),
});

/**
 * Money is integer cents throughout, so a currency of other than two decimals would be off by a power of ten.
 */
function isCurrency(code: string): boolean {
  if (!Intl.supportedValuesOf('currency').includes(code)) return false;
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions()
      .maximumFractionDigits === 2
  );
}

type Environment = z.infer<typeof environment>;

/**
 * What a program takes of the environment: `log`, where the events and the read models are; `billing`, the
 * terms that invoices are computed by; `upstreams`, the services that jobs call; `queues`, where jobs are
 * queued; `tokens`, how tokens are signed and verified; `api`, all the rest.
 */
export type ConfigSection = 'log' | 'invoicing' | 'upstreams' | 'queues' | 'tokens' | 'api';

const tokenVariables = ['JWT_SECRET', 'JWT_ALGORITHMS', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS_URL'];
const upstreamVariables = [
  'DIGITALOCEAN_TOKEN',
  'DIGITALOCEAN_URL',
  'SKYAI_FINANCE_URL',
  'SKYAI_FINANCE_JWT_SECRET',
  'SKYAI_FINANCE_TENANT_ID',
  'SKYAI_FINANCE_ROLES',
];
const variables: Readonly<Record<Exclude<ConfigSection, 'api'>, readonly string[]>> = {
  log: ['DATABASE_URL', 'EVENTSTORE_URL', 'ARCADIA_DATA', 'LOG_LEVEL'],
  invoicing: ['BILLING_CURRENCY', 'TAX_RATE', 'TAX_NAME'],
  // The tokens for finance are signed with JWT_SECRET where it has no secret of its own.
  upstreams: [...upstreamVariables, 'JWT_SECRET'],
  queues: ['REDIS_URL'],
  tokens: tokenVariables,
};
const ofOtherParts: ReadonlySet<string> = new Set(Object.values(variables).flat());

/** Whether one of the parts takes a variable; what no other part takes is the API's. */
function isTaken(name: string, parts: readonly ConfigSection[]): boolean {
  return parts.some((part) => (part === 'api' ? !ofOtherParts.has(name) : variables[part].includes(name)));
}

/** All that a running service takes. */
export const wholeConfig: readonly ConfigSection[] = [
  'log',
  'invoicing',
  'upstreams',
  'queues',
  'tokens',
  'api',
];

/**
 * Reads the configuration from the environment. A variable that is empty or only spaces counts as unset, as
 * compose files write it; unknown ones are other programs'.
 *
 * @param parts what the program needs: it is not stopped by what it does not need, be it missing or bad;
 * members of the other parts are as if nothing were set
 * @throws ConfigError once, for all bad variables.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  parts: readonly ConfigSection[] = wholeConfig,
): Config {
  const known: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(env)) {
    if (!isTaken(name, parts)) continue;
    // A secret counts byte for byte; the issuer on the other side doesn't trim either.
    if (value.trim() !== '') known[name] = name.endsWith('_SECRET') ? value : value.trim();
  }
  const parsed = environment.safeParse(known);
  const problems = [...(parsed.success ? [] : problemsOf(parsed.error)), ...crossChecks(known, parts)];
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

/**
 * What takes two variables to see; judged on the given text, so that it is told together with all else that
 * is wrong.
 */
function crossChecks(
  known: Readonly<Record<string, string>>,
  parts: readonly ConfigSection[],
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (parts.includes('tokens') && !known['JWT_SECRET'] && !known['JWT_JWKS_URL']) {
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
    digitalocean: { token: env.DIGITALOCEAN_TOKEN ?? null, url: env.DIGITALOCEAN_URL },
    finance: financeConfig(env),
    billingCurrency: env.BILLING_CURRENCY,
    taxRate: env.TAX_RATE,
    taxName: env.TAX_NAME,
    logLevel: env.LOG_LEVEL,
    arcadiaData: resolve(env.ARCADIA_DATA),
    seedCatalog: env.SEED_CATALOG,
    reportLimits: { maxAgeDays: env.USAGE_MAX_AGE_DAYS, maxChargeCents: env.LLM_MAX_CHARGE_CENTS },
  };
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
