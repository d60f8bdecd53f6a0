import type { Request, Response } from 'express';
import type { ConsoleOptions } from './options.ts';
import { personOf, type Person } from './person.ts';
import type { ActionRunner } from './run-action.ts';
import { sessionSecretOf } from './session/cookies.ts';
import type { Frame, Shows } from './show.tsx';

/** What the console's handlers share. */
export interface ConsoleParts {
  options: ConsoleOptions;
  shows: Shows;
  actions: ActionRunner;
}

/** The frame of what is no page of the table. */
export const frameOf = (request: Request, session: Frame['session']): Frame => ({
  page: { path: request.path, within: request.path },
  url: request.originalUrl,
  session,
});

/** The person of a request; null without a session. */
export async function personOfRequest(
  { options }: Pick<ConsoleParts, 'options'>,
  request: Request,
  response: Response,
): Promise<Person | null> {
  const secret = sessionSecretOf(request);
  const session = secret === null ? null : await options.sessions.find(secret);
  return session === null ? null : personOf(options, session, response);
}
