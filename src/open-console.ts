import type { RequestHandler } from 'express';
import { actions } from './console/actions.ts';
import { createConsole } from './console/console.tsx';
import { downloads } from './console/downloads.ts';
import type { ConsoleOptions } from './console/options.ts';
import { pages } from './console/pages.ts';
import { createTokenCheck, type AuthOptions } from './http/auth.ts';
import type { RouteRuntime } from './http/call-route.ts';

/** The console of a service: all pages, actions and downloads, signed in to with the tokens of the API. */
export function createConsoleFor({
  auth,
  ...parts
}: Pick<ConsoleOptions, 'deps' | 'sessions' | 'logger'> & { auth: AuthOptions }): (
  runtime: RouteRuntime,
) => RequestHandler {
  const verifyToken = createTokenCheck(auth);
  return (runtime) => createConsole({ ...parts, runtime, verifyToken, pages, actions, downloads });
}
