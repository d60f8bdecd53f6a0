import express from 'express';
import { expect } from 'chai';
import type { ConsoleSession } from '../../src/database/console-sessions.ts';
import { openPage } from '../../src/console/open-page.ts';
import type { ConsoleOptions, Patience } from '../../src/console/options.ts';
import { definePage } from '../../src/console/page.ts';
import type { Person } from '../../src/console/person.ts';
import { createShows } from '../../src/console/show.tsx';
import { Refused, refuse } from '../../src/ledger/refusal.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { serve } from '../support/http/serve.ts';

const session = {
  subject: 'olga',
  tenant_id: null,
  roles: ['platform_admin'],
  read_only: false,
  form_token: 'token',
  flash: null,
  position: null,
} as unknown as ConsoleSession;
const caller = { sub: 'olga', tenantId: null, admin: true, service: false, roles: ['platform_admin'] };

/** Patience that is at its end, and one that never ends. */
const none: Patience = () => Promise.resolve();
const endless: Patience = () => new Promise(() => undefined);

describe('a page whose figures take long', () => {
  /** Serves a page of which `load` is all that takes time; answers with its pieces as they arrive. */
  const opened = async (
    load: () => Promise<string>,
    patience: Patience,
    early: string | null = 'Slow of April 2026',
  ) => {
    const page = definePage({
      path: '/console/slow',
      access: 'admin',
      early: () => early,
      load,
      title: () => 'Slow of April 2026',
      view: (data) => data,
    });
    const ledger = { now: () => '2026-05-02T00:00:00.000Z', newId: () => 'key' };
    const options = {
      deps: { ledger, projections: [], currency: 'AUD', sql: null },
      sessions: {},
      logger: silentLogger,
      pages: [page],
      patience,
    } as unknown as ConsoleOptions;
    const shows = createShows(options, (name) => `/console/assets/${name}`);
    const person = { session, caller } as unknown as Person;
    const app = express();
    const opening = { page, params: {}, url: '/console/slow' };
    app.get('/console/slow', async (request, response) => {
      try {
        await openPage(options, shows, person, { request, response }, opening);
      } catch (error) {
        await shows.problem(request, response, { page, url: opening.url, session }, error);
      }
    });
    const server = await serve(app);
    const response = await fetch(`${server.url}/console/slow`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    return {
      status: response.status,
      piece: async (): Promise<string> => (await reader?.read())?.value ?? '',
      async rest(): Promise<string> {
        let text = '';
        for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read())
          text += read.value;
        await server.close();
        return text;
      },
    };
  };
  const gate = () => {
    let open = (_text: string): void => undefined;
    const work = new Promise<string>((resolve) => {
      open = resolve;
    });
    return { work, open: (text: string) => open(text) };
  };

  it('shows its frame first, under its own title, and its content when that is there', async () => {
    const { work, open } = gate();
    const answer = await opened(() => work, none);
    expect(answer.status).to.equal(200);
    const frame = await answer.piece();
    expect(frame).to.contain('<title>Slow of April 2026 · arcadia-cloud</title>');
    expect(frame).to.contain('aria-label="Pages"').and.contain('<p class="waiting" role="status">');
    expect(frame).not.to.contain('<main');
    open('all figures');
    const rest = await answer.rest();
    expect(rest).to.match(/^<main id="main"[^>]*>all figures/);
    expect(rest.endsWith('</html>')).to.equal(true);
    expect(frame + rest).to.match(/^<!doctype html>/);
    expect((frame + rest).match(/<main/g)).to.have.length(1);
  });

  it('comes in one piece where it is there in time', async () => {
    const answer = await opened(async () => 'all figures', endless);
    const html = await answer.rest();
    expect(html).to.contain('all figures').and.not.contain('class="waiting"');
  });

  it('says in place of the content what went wrong, with the status where that is not sent yet', async () => {
    const refused = new Refused(refuse('not-found', 'there is no such month'));
    const { work, open } = gate();
    const late = await opened(async () => Promise.reject(await work.then(() => refused)), none);
    expect(late.status).to.equal(200);
    expect(await late.piece()).to.contain('class="waiting"');
    open('');
    expect(await late.rest())
      .to.match(/^<main/)
      .and.contain('There is no such month');
    const soon = await opened(() => Promise.reject(refused), endless);
    expect(soon.status).to.equal(404);
    expect(await soon.rest())
      .to.contain('There is no such month')
      .and.not.contain('class="waiting"');
  });
});
