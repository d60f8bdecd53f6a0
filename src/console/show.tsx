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
import { pieces, renderPage, waiting } from './render.tsx';
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
  /** Sends the frame of a page whose content is not there yet; `page` or `problem` sends the rest. */
  begin(request: Request, response: Response, frame: Frame, content: { status: number; title: string }): void;
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
  const viewOf = (request: Request, frame: Frame, ledger: LedgerState | null): View => ({
    page: frame.page,
    url: frame.url,
    session: frame.session === null ? null : viewedSession(frame.session),
    pages,
    draft: frame.draft ?? null,
    flash: frame.flash === undefined ? (frame.session?.flash ?? null) : frame.flash,
    newKey: () => deps.ledger.newId(),
    now: deps.ledger.now(),
    currency: deps.currency,
    ledger,
    theme: themeOf(request),
    asset,
  });
  const begun = new WeakSet<Response>();
  const page: Shows['page'] = async (request, response, frame, { status = 200, title, body }) => {
    const { session } = frame;
    const view = viewOf(request, frame, session === null ? null : await freshness());
    const html = renderPage(view, title, body);
    // Before the answer: the next request must not find the message again. A part of a page shows none.
    if (session?.flash && request.get('HX-Request') === undefined) await options.sessions.said(session);
    if (begun.has(response)) response.end(pieces(html).rest);
    else response.status(status).type('text/html').send(html);
  };
  return {
    page,
    begin(request, response, frame, { status, title }) {
      begun.add(response);
      response.status(status).type('text/html');
      response.write(pieces(renderPage(viewOf(request, frame, null), title, null)).frame + waiting);
    },
    async problem(request, response, frame, error) {
      const { problem, headers, unexpected } = problemFor(error, isOutage);
      const correlationId = correlationIdOf(response);
      if (unexpected) logger.error({ err: error, correlation_id: correlationId }, problem.title);
      if (response.headersSent && !begun.has(response)) return void response.destroy();
      // Of a page that has begun the status is sent: its content says what went wrong.
      if (!response.headersSent) response.set(headers);
      await page(request, response, frame, {
        status: problem.status,
        title: problem.title,
        body: <ProblemPage problem={problem} correlationId={correlationId} />,
      });
    },
  };
}
