import { Option, type Command } from 'commander';
import type { TokenOptions } from './mint-token.ts';

/** Adds `token`: for development only, since in production another app issues the tokens. */
export function addTokenCommand(program: Command): void {
  program
    .command('token')
    .description(
      'mint a token for development, signed with JWT_SECRET; in production another app issues them',
    )
    .addOption(new Option('--role <role>', 'a role of this service').choices(['platform_admin', 'service']))
    .option('--tenant <id>', 'the tenant that the token is scoped to')
    .option('--sub <subject>', 'who the token is for', 'developer')
    .option('--hours <n>', 'how long it is valid', '12')
    .action(async (options: TokenOptions) => {
      const [{ loadConfig }, { mintDevelopmentToken }] = await Promise.all([
        import('../config.ts'),
        import('./mint-token.ts'),
      ]);
      process.stdout.write(`${mintDevelopmentToken(loadConfig(process.env, ['tokens']), options)}\n`);
    });
}
