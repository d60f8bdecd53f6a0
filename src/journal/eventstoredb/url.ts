import { EventStoreDBClient } from '@eventstore/db-client';

/**
 * The client's options, as it compares them. For an unknown one it prints the whole string with its
 * credentials.
 */
const knownOptions = new Set([
  'tls',
  'tlscafile',
  'usercertfile',
  'userkeyfile',
  'connectionname',
  'nodepreference',
  'maxdiscoverattempts',
  'discoveryinterval',
  'gossiptimeout',
  'defaultdeadline',
  'keepaliveinterval',
  'keepalivetimeout',
  'throwonappendfailure',
]);

/**
 * EventStoreDB's schemes, and those of its successor KurrentDB, which mean the same; the client knows only
 * the first.
 */
const SCHEME = /^(?:esdb|kurrentdb|kurrent|kdb)(\+discover)?(?=:\/\/)/;

const CONNECTION_STRING = /^(?<scheme>esdb|esdb\+discover):\/\/(?<authority>[^/?]+)\/?(?:\?(?<options>.*))?$/;

/** An unusable connection string. The message never quotes it. */
export class InvalidConnectionString extends Error {
  override readonly name = 'InvalidConnectionString';

  constructor(reason: string) {
    super(`the EventStoreDB connection string cannot be used: ${reason}`);
  }
}

/**
 * Makes the client of a connection string, unconnected. It refuses what the client would misread: unknown
 * options, and a password with an unescaped `:` or `@`, whose rest would become a host.
 * @returns the client, and whether the string names a cluster
 * @throws {InvalidConnectionString}
 */
export function clientOf(url: string): { client: EventStoreDBClient; clustered: boolean } {
  const known = url.trim().replace(SCHEME, 'esdb$1');
  const match = CONNECTION_STRING.exec(known);
  if (match?.groups === undefined) {
    const like = 'esdb://user:password@host:2113?tls=true, esdb+discover://…, or the same with kurrentdb';
    throw new InvalidConnectionString(`it must be like ${like}`);
  }
  const { scheme, authority = '', options } = match.groups;
  const [credentials, hosts, ...more] = authority.includes('@') ? authority.split('@') : ['', authority];
  if (more.length > 0)
    throw new InvalidConnectionString('an @ in the name or password must be written as %40');
  if (credentials !== '' && credentials?.split(':').length !== 2)
    throw new InvalidConnectionString('credentials are name:password, a : within them is written as %3A');
  for (const option of options?.split('&') ?? []) {
    const key = (option.split('=')[0] as string).toLowerCase().replace(/[_-]/g, '');
    if (key === 'tlsverifycert')
      throw new InvalidConnectionString(
        'tlsVerifyCert is not supported, name the certificate authority with tlsCAFile',
      );
    if (!knownOptions.has(key))
      throw new InvalidConnectionString(`it has an option that is none of ${[...knownOptions].join(', ')}`);
  }
  return { client: connect(known), clustered: scheme === 'esdb+discover' || (hosts ?? '').includes(',') };
}

function connect(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch (error) {
    if (error instanceof Error && 'expected' in error)
      throw new InvalidConnectionString(`expected ${String(error.expected)}`);
    throw new InvalidConnectionString(
      error instanceof URIError ? 'its percent-encoding is broken' : String((error as Error).message),
    );
  }
}
