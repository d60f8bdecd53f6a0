// The variables of the environment, each with its form and its default.
import { isIP } from 'node:net';
import { z } from 'zod';
import { defaultLimits } from './ledger/command.ts';

export const hmacAlgorithms = ['HS256', 'HS384', 'HS512'] as const;
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Reasons never quote the given text: a secret in the wrong variable would end up in a log. */
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

/** The parts of a URL are decoded where they are used, some long after the start. */
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

/** Nothing but scheme, host and port, in any letter case. */
function isBareOrigin(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password, pathname, search, hash } = new URL(text);
  return `${username}${password}${search}${hash}` === '' && pathname === '/' && !/[?#]$/.test(text);
}

/** DigitalOcean shows an address of each bucket; its endpoint is that of the region. */
function isNoBucket(text: string): boolean {
  const hostname = URL.canParse(text) ? new URL(text).hostname : '';
  return !/(^|\.)digitaloceanspaces\.com$/.test(hostname) || /^[a-z]{3}\d+\.digital/.test(hostname);
}

/** RFC 7518 asks for a key as long as the hash: 32 bytes for the shortest one. */
const shortestSecretBytes = 32;

/** Tokens signed with a short secret can be forged by guessing it. */
const isLongEnough = (secret: string): boolean => Buffer.byteLength(secret) >= shortestSecretBytes;
const secretText = z
  .string()
  .refine(
    isLongEnough,
    because(`must be at least ${shortestSecretBytes} bytes long, such as openssl rand -base64 48 makes`),
  );

/** By either name of the product, for one server or a cluster. */
const eventStoreUrl = /^(?:esdb|kurrentdb|kurrent|kdb)(\+discover)?:\/\/[^\s/?#]+([/?]\S*)?$/;

const flag = z.enum(['true', 'false'], because('must be true or false')).transform((text) => text === 'true');

/** A key of AES-256. */
const isKey = (text: string): boolean =>
  /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === 32;

/** An address, or a name with an address in angle brackets. */
const mailbox = /^(?:[^<>@\r\n]+ )?<?[^\s<>@]+@[^\s<>@]+>?$/;

const days = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, because('must be a number of days, 1 to 999'))
  .transform(Number);

/** Every variable. An unset one has its default, or is undefined. */
export const environment = z.object({
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
  // It may name several hosts, which no URL does; the client checks the rest when it is opened.
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
        'must be a comma list of origins such as https://console.example.com (no path, no ' +
          'trailing slash), or *',
      ),
    )
    .default([]),
  DIGITALOCEAN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, because('must be a token without spaces'))
    .optional(),
  DIGITALOCEAN_WRITE_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, because('must be a token without spaces'))
    .optional(),
  DIGITALOCEAN_URL: webUrl('https://api.digitalocean.com').default('https://api.digitalocean.com'),
  SPACES_KEY: z
    .string()
    .regex(
      /^[\x21-\x2b\x2d-\x2e\x30-\x7e]+$/,
      because('must be an access key without spaces, commas and slashes'),
    )
    .optional(),
  SPACES_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]+$/, because('must be a secret key without spaces'))
    .optional(),
  SPACES_ENDPOINT: webUrl('https://fra1.digitaloceanspaces.com')
    .refine(isBareOrigin, because('must be a URL without user, path and query'))
    .refine(isNoBucket, because('must name a region alone, such as https://fra1.digitaloceanspaces.com'))
    .optional(),
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
    .default(defaultLimits.maxChargeCents),
  USAGE_MAX_AGE_DAYS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, because('must be a number of days, 1 to 99999'))
    .transform(Number)
    .default(defaultLimits.maxAgeDays),
  TRIAL_DAYS: days.default(defaultLimits.trialDays),
  DUNNING_DAYS: days.default(14),
  SUSPEND_DAYS: days.default(30),
  SEED_CATALOG: flag.default(true),
  PII_KEY: z
    .string()
    .refine(isKey, because('must be 32 random bytes in base64, such as openssl rand -base64 32 makes'))
    .optional(),
  INVOICE_RETENTION_YEARS: z
    .string()
    .regex(/^[1-9]\d?$/, because('must be a number of years, 1 to 99'))
    .transform(Number)
    .default(5),
  SMTP_URL: url(['smtp', 'smtps'], 'smtp://user:password@mail.example.com:587').optional(),
  MAIL_FROM: z
    .string()
    .max(320, because('must be at most 320 characters long'))
    .regex(mailbox, because('must be an address such as Billing <billing@example.com>'))
    .optional(),
  AUTO_SEND: flag.default(false),
  AUTO_CORRECT: flag.default(false),
  SKYAI_FINANCE_AR: flag.default(false),
});

/** Money is integer cents: a currency of other than two decimals would be off by a power of ten. */
function isCurrency(code: string): boolean {
  if (!Intl.supportedValuesOf('currency').includes(code)) return false;
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions()
      .maximumFractionDigits === 2
  );
}

export type Environment = z.infer<typeof environment>;
