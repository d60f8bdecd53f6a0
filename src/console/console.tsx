import express from 'express';
import type { ErrorRequestHandler, Request, RequestHandler, Response, Router } from 'express';
import helmet from 'helmet';
import { nameRoute } from '../metrics/measure-http.ts';
import { HttpProblem } from '../http/problem.ts';
import { createShows } from './show.tsx';
import { assetAddress, assetPath, loadAssets, type Asset } from './assets.ts';
import { sendDownload } from './send-download.ts';
import { openPage } from './open-page.ts';
import type { ConsoleOptions } from './options.ts';
import { homeOf } from './parts/layout.tsx';
import { frameOf, personOfRequest, type ConsoleParts } from './of-request.ts';
import { mayOpen, paramsOf, type Person } from './person.ts';
import { createActionRunner } from './run-action.ts';
import { sessionSecretOf } from './session/cookies.ts';
import { fieldsOf, readForm } from './session/form-fields.ts';
import { isFromElsewhere } from './session/same-site.ts';
import { LeadOnPage } from './session/sign-in.tsx';
import { signInRoutes, showSignIn } from './session/sign-in-routes.tsx';
import { Refused, refuse } from '../ledger/refusal.ts';

/** Pages load from this service alone: no inline script or style, and no other site shows them in a frame. */
const security = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'"],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'form-action': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  xFrameOptions: { action: 'deny' },
  referrerPolicy: { policy: 'same-origin' },
});

/** The pages of the console under `/console`: sign-in, pages, actions, downloads, assets. */
export function createConsole(options: ConsoleOptions): Router {
  const assets = loadAssets();
  const shows = createShows(options, assetAddress(assets));
  const parts: ConsoleParts = { options, shows, actions: createActionRunner(options, shows) };
  const router = express.Router();
  router.use(assetFiles(assets));
  router.get('/icon.svg', (_request, response) => {
    nameRoute(response, '/console/icon.svg');
    response.set('Cache-Control', 'public, max-age=86400').redirect(302, assetAddress(assets)('icon.svg'));
  });
  router.use(security, neverKept, refuseForeignForms);
  router.use(signInRoutes(parts));
  router.get('/', startPage(parts));
  for (const download of options.downloads)
    router.get(
      download.path.slice('/console'.length),
      withPerson(parts, async (person, request, response) => {
        nameRoute(response, download.path);
        if (!mayOpen(person.caller, download.access))
          throw new Refused(refuse('forbidden', 'this file is not for this role'));
        await sendDownload(options, person, download, request, response);
      }),
    );
  // Pages with fewer names first: `/invoices/preview` before `/invoices/:id`.
  const names = (path: string): number => path.split(':').length;
  for (const page of [...options.pages].sort((a, b) => names(a.path) - names(b.path)))
    router.get(
      page.path.slice('/console'.length),
      withPerson(parts, (person, request, response) => {
        nameRoute(response, page.path);
        const opening = { page, params: paramsOf(request), url: request.originalUrl };
        return openPage(options, shows, person, { request, response }, opening);
      }),
    );
  router.post('/do/:name', readForm, carryOut(parts));
  router.use(() => {
    throw new HttpProblem('unknown-path', 'there is no such page');
  });
  router.use(showProblems(parts));
  return router;
}

const neverKept: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

/** Files named by their content: browsers keep them for ever. */
function assetFiles(assets: ReadonlyMap<string, Asset>): RequestHandler {
  const byHref = new Map([...assets.values()].map((asset) => [asset.href, asset]));
  return (request, response, next) => {
    const path = request.originalUrl.split('?', 1)[0] ?? '';
    if (!path.startsWith(assetPath)) return next();
    nameRoute(response, `${assetPath}:name`);
    const asset = byHref.get(path);
    if (asset === undefined) return next();
    response
      .set({
        'Content-Type': asset.type,
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
      })
      .send(asset.bytes);
  };
}

const refuseForeignForms: RequestHandler = (request, _response, next) => {
  if (request.method !== 'GET' && request.method !== 'HEAD' && isFromElsewhere(request))
    throw new Refused(refuse('forbidden', 'this form was sent by another site'));
  next();
};

function startPage(parts: ConsoleParts): RequestHandler {
  return async (request, response) => {
    nameRoute(response, '/console');
    const person = await personOfRequest(parts, request, response);
    if (person === null) return showSignIn(parts, request, response, { to: '/console' });
    response.redirect(
      303,
      homeOf({
        admin: person.caller.admin,
        subject: person.caller.sub,
        tenantId: person.caller.tenantId,
        readOnly: person.session.read_only,
        formToken: '',
      }),
    );
  };
}

/** A handler for those who are signed in; others are asked to, and come back. */
function withPerson(
  parts: ConsoleParts,
  handle: (person: Person, request: Request, response: Response) => Promise<void>,
): RequestHandler {
  return async (request, response) => {
    const person = await personOfRequest(parts, request, response);
    if (person !== null) return handle(person, request, response);
    // A link on another site: the browser leaves the session out, and sends it from a page of ours.
    if (request.get('Sec-Fetch-Site') === 'cross-site' && sessionSecretOf(request) === null)
      return parts.shows.page(request, response, frameOf(request, null), {
        title: 'One moment',
        body: <LeadOnPage to={request.originalUrl} />,
      });
    return showSignIn(parts, request, response, { to: request.originalUrl });
  };
}

/** Runs the action of a form: of those who are signed in, and from a page of their session. */
function carryOut(parts: ConsoleParts): RequestHandler {
  return async (request, response) => {
    nameRoute(response, '/console/do/:name');
    const action = parts.options.actions.find(({ name }) => name === request.params['name']);
    if (action === undefined) throw new HttpProblem('unknown-path', 'there is no such action');
    const fields = fieldsOf(request);
    const person = await personOfRequest(parts, request, response);
    if (person === null) {
      const { form_token: _token, ...kept } = fields;
      return showSignIn(parts, request, response, {
        to: fields['from'] ?? '/console',
        kept: { action: action.name, fields: kept },
      });
    }
    if (person.session.read_only)
      throw new Refused(refuse('forbidden', 'this session may look, and change nothing'));
    if (fields['form_token'] !== person.session.form_token) {
      const draft = parts.actions.unsent(action, fields);
      return parts.actions.showAgain(person, { request, response }, fields, draft, 403);
    }
    return parts.actions.run(person, { request, response }, action, fields);
  };
}

/** Answers every error as a page. */
function showProblems(parts: ConsoleParts): ErrorRequestHandler {
  return async (error: unknown, request, response, _next) => {
    // Without a database there is no session to be found, and the page says why.
    const person = await personOfRequest(parts, request, response).catch(() => null);
    await parts.shows.problem(request, response, frameOf(request, person?.session ?? null), formError(error));
  };
}

/** The errors of Express' form reader have a status of their own. */
function formError(error: unknown): unknown {
  const { type } = (error ?? {}) as { type?: unknown };
  if (type === 'entity.too.large') return new HttpProblem('body-too-large', 'a form holds at most 1 MB');
  if (typeof type === 'string' && /^(entity|encoding|charset|parameters|request)\./.test(type))
    return new HttpProblem('malformed-request', 'the form could not be read');
  return error;
}
