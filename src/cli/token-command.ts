import { Option, type Command } from 'commander';
import jwt from 'jsonwebtoken';
import { loadConfig, type Config } from '../config.ts';
import { UsageError } from './usage-error.ts';

interface TokenOptions {
  role?: 'platform_admin' | 'service';
  tenant?: string;
  sub?: string;
  hours: string;
}

/** Adds `token`: for development only, since in production another app issues the tokens. */
export function addTokenCommand(program: Command): void {
  program.command('token')
    .description('mint a token for development, signed with JWT_SECRET; in production another app issues them')
    .addOption(new Option('--role <role>', 'a role of this service').choices(['platform_admin', 'service']))
    .option('--tenant <id>', 'the tenant that the token is scoped to')
    .option('--sub <subject>', 'who the token is for', 'developer')
    .option('--hours <n>', 'how long it is valid', '12')
    .action((options: TokenOptions) => {
      process.stdout.write(`${mintDevelopmentToken(loadConfig(process.env), options)}\n`);
    });
}

/** @throws {UsageError} neither role nor tenant, no secret to sign with, or hours that are none */
export function mintDevelopmentToken({ jwt: settings }: Pick<Config, 'jwt'>, { role, tenant, sub = 'developer', hours }: TokenOptions): string {
  if (role === undefined && tenant === undefined) throw new UsageError('Say whose token it is: --role platform_admin, --role service or --tenant <id>.');
  if (!/^\d{1,4}$/.test(hours) || Number(hours) < 1) throw new UsageError('--hours: expected a whole number from 1 to 9999');
  const [algorithm] = settings.algorithms;
  if (settings.secret === null || algorithm === undefined) throw new UsageError('JWT_SECRET is not set: only the issuer behind JWT_JWKS_URL can mint tokens.');
  const claims = {
    sub,
    ...(tenant === undefined ? (role === 'platform_admin' ? { tenant_id: 'platform-admin' } : {}) : { tenant_id: tenant }),
    ...(role === undefined ? {} : { roles: [role] }),
  };
  return jwt.sign(claims, settings.secret, {
    algorithm,
    expiresIn: Number(hours) * 3600,
    ...(settings.issuer === null ? {} : { issuer: settings.issuer }),
    ...(settings.audience === null ? {} : { audience: settings.audience }),
  });
}
