import express from 'express';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { SessionSubject } from '../../database/console-sessions.ts';
import { HttpProblem } from '../../http/problem.ts';
import { Refused, refuse } from '../../ledger/refusal.ts';
import { nameRoute } from '../../metrics/measure-http.ts';
import { frameOf, personOfRequest, type ConsoleParts } from '../of-request.ts';
import { personOf } from '../person.ts';
import { clearSessionCookie, sessionSecretOf, setSessionCookie, setTheme } from './cookies.ts';
import { fieldsOf, readForm } from './form-fields.ts';
import { isAhead, pathWithin } from './same-site.ts';
import { DeadLinkPage, LeadOnPage, SignInPage, type KeptForm } from './sign-in.tsx';

/** The longest that a session lasts, in milliseconds: a working day. */
const longestMs = 12 * 60 * 60 * 1_000;

const keptSchema = z.object({ action: z.string(), fields: z.record(z.string(), z.string()) });

/** Asks a person to sign in, and keeps where they were going and what they had filled in. */
export async function showSignIn(
  { shows }: ConsoleParts,
  request: Request,
  response: Response,
  {
    to,
    kept = null,
    error = null,
    isOut = false,
    status = 401,
  }: {
    to: string;
    kept?: KeptForm | null;
    error?: string | null;
    /** The person has just signed out. */
    isOut?: boolean;
    status?: number;
  },
): Promise<void> {
  await shows.page(request, response, frameOf(request, null), {
    status,
    title: 'Sign in',
    body: <SignInPage to={pathWithin(to)} kept={kept} error={error} isOut={isOut} />,
  });
}

function keptForm(text: string | undefined): KeptForm | null {
  if (text === undefined) return null;
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Begins a session, which ends with the token or link that began it, or after a working day. The browser's
 * former session ends: no copy of its cookie outlives it.
 */
async function begin(
  { options }: ConsoleParts,
  request: Request,
  response: Response,
  subject: SessionSubject,
  ends: Date,
): Promise<string> {
  const former = sessionSecretOf(request);
  const old = former === null ? null : await options.sessions.find(former);
  if (old !== null) await options.sessions.end(old);
  const expires = new Date(Math.min(ends.getTime(), Date.now() + longestMs));
  const secret = await options.sessions.begin(subject, expires);
  setSessionCookie(request, response, secret, expires);
  return secret;
}

/** What signs in and out: with a token, with a link; and the choice of colours. */
export function signInRoutes(parts: ConsoleParts): Router {
  const router = express.Router();
  router.get('/sign-in', async (request, response) => {
    nameRoute(response, '/console/sign-in');
    const isOut = request.originalUrl.endsWith('?out');
    await showSignIn(parts, request, response, { to: '/console', isOut, status: 200 });
  });
  router.post('/sign-in', readForm, (request, response) => signInWithToken(parts, request, response));
  router.get('/link/:secret', (request, response) => signInWithLink(parts, request, response));
  router.post('/sign-out', readForm, async (request, response) => {
    nameRoute(response, '/console/sign-out');
    const person = await personOfRequest(parts, request, response);
    if (person !== null) {
      if (fieldsOf(request)['form_token'] !== person.session.form_token)
        throw new Refused(refuse('forbidden', 'this form is not from a page of this session'));
      await parts.options.sessions.end(person.session);
    }
    clearSessionCookie(request, response);
    // What the browser has kept of the pages, also those that its Back button would show as they were.
    response.set('Clear-Site-Data', '"cache"').redirect(303, '/console/sign-in?out');
  });
  router.post('/theme', readForm, (request, response) => {
    nameRoute(response, '/console/theme');
    const { theme = 'auto', from } = fieldsOf(request);
    setTheme(request, response, theme);
    response.redirect(303, pathWithin(from));
  });
  return router;
}

async function signInWithToken(parts: ConsoleParts, request: Request, response: Response): Promise<void> {
  nameRoute(response, '/console/sign-in');
  const { token = '', to = '/console', kept: keptText } = fieldsOf(request);
  const kept = keptForm(keptText);
  const again = (error: string) => showSignIn(parts, request, response, { to, kept, error });
  // A newcomer copies the whole header, or with the line's end.
  const bare = token.trim().replace(/^Bearer\s+/i, '');
  if (bare === '') return again('Paste a token.');
  const holder = await parts.options.verifyToken(bare).catch((error: unknown) => {
    if (error instanceof Refused) return error.refusal.detail;
    if (error instanceof HttpProblem && error.code === 'unauthorized') return error.message;
    throw error;
  });
  if (typeof holder === 'string') return again(`${holder}.`);
  const { caller, expiresAt } = holder;
  if (caller.service) return again('A token of role service is for programs, and opens no pages.');
  const subject = {
    subject: caller.sub,
    tenant_id: caller.tenantId,
    roles: [...caller.roles],
    read_only: false,
  };
  const secret = await begin(parts, request, response, subject, expiresAt);
  if (kept === null) return void response.redirect(303, pathWithin(to));
  await showKept(parts, request, response, secret, kept);
}

/** Shows the page of a form that was kept through the sign-in, filled in as it was. */
async function showKept(
  parts: ConsoleParts,
  request: Request,
  response: Response,
  secret: string,
  { action: name, fields }: KeptForm,
): Promise<void> {
  const session = await parts.options.sessions.find(secret);
  const action = parts.options.actions.find((one) => one.name === name);
  if (session === null || action === undefined)
    return void response.redirect(303, pathWithin(fields['from']));
  const person = personOf(parts.options, session, response);
  const draft = parts.actions.unsent(action, fields);
  await parts.actions.showAgain(person, { request, response }, fields, draft, 200);
}

async function signInWithLink(parts: ConsoleParts, request: Request, response: Response): Promise<void> {
  nameRoute(response, '/console/link/:secret');
  const { options, shows } = parts;
  const frame = frameOf(request, null);
  // The address is a secret: no request that a page of it makes names it.
  response.set('Referrer-Policy', 'no-referrer');
  // Programs that look at links in mails and chats ask for the head alone: that signs no one in.
  if (request.method === 'HEAD') return void response.status(200).type('text/html').end();
  // Nor does a browser that guesses what will be opened. It asks again when it is.
  if (isAhead(request)) return void response.status(503).end();
  const link = await options.sessions.useLink(String(request.params['secret']));
  // The page is opened a second time, as browsers do that restore their tabs: the session is there already.
  if (link === null && sessionSecretOf(request) !== null && (await personOfRequest(parts, request, response)))
    return void response.redirect(303, '/console');
  if (link === null)
    return shows.page(request, response, frame, {
      status: 410,
      title: 'This link has ended',
      body: <DeadLinkPage />,
    });
  const { subject, tenant_id, roles, read_only, expires_at } = link;
  // A link that signs in once begins a session of a day: only the link itself had to be short-lived.
  const ends = link.once ? new Date(Date.now() + longestMs) : new Date(expires_at);
  await begin(parts, request, response, { subject, tenant_id, roles, read_only }, ends);
  // Not a redirect: after a click in a mail the browser would leave the new session out.
  return shows.page(request, response, frame, { title: 'Signed in', body: <LeadOnPage to="/console" /> });
}
