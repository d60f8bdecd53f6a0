import type { Request, Response } from 'express';
import type { ComponentChildren } from 'preact';
import type { ConsoleSession, Flash } from '../database/console-sessions.ts';
import { correlationIdOf } from '../http/correlation.ts';
import { isOutage } from '../http/outage.ts';
import { problemFor } from '../http/problem.ts';
import { projectionStatus } from '../read-models/projection-status.ts';
import type { Draft } from './draft.ts';
import type { ConsoleOptions } from './options.ts';
import type { ConsolePage } from './page.ts';
import { ProblemPage } from './parts/problem-page.tsx';
import { callerOfSession } from './person.ts';
import { renderPage } from './render.tsx';
import { themeOf } from './session/cookies.ts';
import type { LedgerState, View } from './view-context.ts';

/** What a page is shown in. */
export interface Frame {
  page: Pick<ConsolePage, 'path' | 'within'>;
  /** Path and query of the page. */
  url: string;
  session: ConsoleSession | null;
  draft?: Draft | null;
  flash?: Flash | null;
}

/** Shows pages: everything that the console answers in HTML goes through here. */
export interface Shows {
  page(
    request: Request,
    response: Response,
    frame: Frame,
    content: { status?: number; title: string; body: ComponentChildren },
  ): Promise<void>;
  /** A page that says what went wrong. */
  problem(request: Request, response: Response, frame: Frame, error: unknown): Promise<void>;
}

const viewedSession = (session: ConsoleSession): View['session'] => ({
  subject: session.subject,
  tenantId: session.tenant_id,
  admin: callerOfSession(session).admin,
  readOnly: session.read_only,
  formToken: session.form_token,
});

/** @param asset the address of an asset by its name */
export function createShows(options: ConsoleOptions, asset: (name: string) => string): Shows {
  const { deps, logger, pages } = options;
  const freshness = async (): Promise<LedgerState | null> => {
    // A page of a database that is away says so itself.
    const states = await projectionStatus(deps.sql, deps.projections).catch(() => []);
    const [first] = states;
    if (first === undefined) return null;
    const position = Math.min(...states.map(({ checkpoint }) => checkpoint));
    return { position, head: first.head, lag: Math.max(0, first.head - position) };
  };
  const page: Shows['page'] = async (request, response, frame, { status = 200, title, body }) => {
    const { session, draft = null, flash = session?.flash ?? null } = frame;
    const view: View = {
      page: frame.page,
      url: frame.url,
      session: session === null ? null : viewedSession(session),
      pages,
      draft,
      flash,
      newKey: () => deps.ledger.newId(),
      now: deps.ledger.now(),
      currency: deps.currency,
      ledger: session === null ? null : await freshness(),
      theme: themeOf(request),
      asset,
    };
    const html = renderPage(view, title, body);
    // Before the answer: the next request must not find the message again.
    if (session?.flash) await options.sessions.said(session);
    response.status(status).type('text/html').send(html);
  };
  return {
    page,
    async problem(request, response, frame, error) {
      const { problem, headers, unexpected } = problemFor(error, isOutage);
      const correlationId = correlationIdOf(response);
      if (unexpected) logger.error({ err: error, correlation_id: correlationId }, problem.title);
      if (response.headersSent) return void response.destroy();
      response.set(headers);
      await page(request, response, frame, {
        status: problem.status,
        title: problem.title,
        body: <ProblemPage problem={problem} correlationId={correlationId} />,
      });
    },
  };
}
