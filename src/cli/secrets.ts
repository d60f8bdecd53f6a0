/** Variables that are a secret, and those with one inside their URL. */
const secretVariables = [
  'JWT_SECRET',
  'SKYAI_FINANCE_JWT_SECRET',
  'DIGITALOCEAN_TOKEN',
  'DIGITALOCEAN_WRITE_TOKEN',
  'SPACES_KEY',
  'SPACES_SECRET',
  'PII_KEY',
] as const;
const urlVariables = [
  'DATABASE_URL',
  'EVENTSTORE_URL',
  'REDIS_URL',
  'DIGITALOCEAN_URL',
  'SPACES_ENDPOINT',
  'SKYAI_FINANCE_URL',
  'JWT_JWKS_URL',
  'SMTP_URL',
] as const;

/** The secrets of an environment, each as given, decoded and encoded. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const whole = secretVariables.flatMap((name) => waysOf(env[name]));
  const inUrls = urlVariables.flatMap((name) =>
    waysOf(passwordIn(env[name])).filter((password) => !isWord(password)),
  );
  return [...new Set([...whole, ...inUrls])].sort((a, b) => b.length - a.length);
}

/** Taken from the text, since a URL that can't be parsed has a password all the same. */
function passwordIn(url: string | undefined): string | undefined {
  return /^[^/]*:\/\/[^:/?#]*:(.+)@/.exec(url ?? '')?.[1];
}

function waysOf(secret: string | undefined): string[] {
  const given = secret?.trim();
  if (given === undefined || given.length < 4) return [];
  return [given, decoded(given), encodeURIComponent(given), JSON.stringify(given).slice(1, -1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A password such as `arcadia` may also name a service, a database or a user. Hidden everywhere, it would
 * make lines unreadable, and the gaps would give it away. Within a URL it is hidden like any other.
 */
function isWord(password: string): boolean {
  return password.length < 8 || /^[a-z]+$/.test(password);
}
