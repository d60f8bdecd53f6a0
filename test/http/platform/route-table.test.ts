import { expect } from 'chai';
import { createRouteTable } from '../../../src/http/route-table.ts';
import type { Route } from '../../../src/http/route.ts';
import { routes } from '../../../src/http/routes.ts';
import { pathNames } from '../../../src/http/route.ts';
import { adminToken } from '../../support/http/tokens.ts';
import { fakeDeps } from '../../support/http/fake-deps.ts';
import { expectProblem, send } from '../../support/http/request.ts';
import { sampleRoutes } from '../../support/http/sample-routes.ts';
import { serve, testApp, type Served } from '../../support/http/serve.ts';

const table = (...listed: string[]) =>
  createRouteTable(
    listed.map((line) => {
      const [method, path] = line.split(' ');
      return { method, path } as Route;
    }),
  );

/** The path of the table that a request leads to, its method where the path takes it, and the values. */
function found(among: ReturnType<typeof table>, method: string, path: string) {
  const match = among.find(method, path);
  if (match === null) return null;
  return [match.route?.method ?? 'none', match.at.path, ...Object.values(match.params)];
}

describe('the table of routes', () => {
  it('leads each route to itself, in any case, with or without a slash at its end', () => {
    const all = createRouteTable(routes);
    for (const route of routes) {
      const sample = pathNames(route.path).reduce(
        (path, name) => path.replace(`:${name}`, 'Ab-1'),
        route.path,
      );
      for (const path of [sample, `${sample}/`, sample.toUpperCase().replaceAll('AB-1', 'Ab-1')]) {
        const match = all.find(route.method, path);
        expect(match?.route, `${route.method} ${path}`).to.equal(route);
        expect(Object.keys(match?.params ?? {})).to.have.members(pathNames(route.path));
        expect(Object.values(match?.params ?? {}).every((value) => value === 'Ab-1')).to.equal(true);
      }
    }
  });

  it('knows no other path', () => {
    const things = table('GET /a/things', 'GET /a/things/:id', 'GET /a/things/:id/parts');
    for (const path of ['/', '/a', '/a/thing', '/a/things//', '/a//things', '/a/things/x//', '/a/things/x/y'])
      expect(found(things, 'GET', path), path).to.equal(null);
    expect(found(things, 'GET', '/a/things//parts')).to.equal(null);
  });

  it('prefers a path that takes the method, then one that is spelt out', () => {
    const things = table('DELETE /things/:id', 'GET /things/export', 'GET /things/:id', 'PUT /:kind/x');
    expect(found(things, 'GET', '/things/export')).to.deep.equal(['GET', '/things/export']);
    expect(found(things, 'DELETE', '/things/export')).to.deep.equal(['DELETE', '/things/:id', 'export']);
    expect(found(things, 'PUT', '/things/x')).to.deep.equal(['PUT', '/:kind/x', 'things']);
    expect(found(things, 'POST', '/things/export')).to.deep.equal(['none', '/things/export']);
  });

  it('answers HEAD where it answers GET, and says what a path takes', () => {
    const things = table('GET /things', 'POST /things', 'POST /orders');
    expect(found(things, 'HEAD', '/things')).to.deep.equal(['GET', '/things']);
    expect(found(things, 'HEAD', '/orders')).to.deep.equal(['none', '/orders']);
    expect(things.paths.map(({ path, allow }) => [path, allow])).to.deep.equal([
      ['/things', 'GET, POST, HEAD'],
      ['/orders', 'POST'],
    ]);
  });

  it('takes the longest ending of a file, and no name that is only an ending', () => {
    const files = table('GET /i/:id', 'GET /i/:id.pdf', 'GET /i/:id.ubl.pdf');
    expect(found(files, 'GET', '/i/a.ubl.pdf')).to.deep.equal(['GET', '/i/:id.ubl.pdf', 'a']);
    expect(found(files, 'GET', '/i/a.b.PDF')).to.deep.equal(['GET', '/i/:id.pdf', 'a.b']);
    expect(found(files, 'GET', '/i/.pdf')).to.deep.equal(['GET', '/i/:id', '.pdf']);
  });

  it('decodes values once, after the path was split', () => {
    const things = table('GET /things/:id', 'GET /things/:id/parts');
    expect(found(things, 'GET', '/things/a%2Fparts')).to.deep.equal(['GET', '/things/:id', 'a/parts']);
    expect(found(things, 'GET', '/things/%2525')).to.deep.equal(['GET', '/things/:id', '%25']);
    expect(() => things.find('GET', '/things/%E0%A4%A')).to.throw(URIError);
  });
});

describe('a request with an odd path', () => {
  let served: Served;
  before(async () => {
    served = await serve(testApp(fakeDeps(), { routes: sampleRoutes, corsOrigins: ['https://app.example'] }));
  });
  after(() => served.close());
  const get = (path: string, headers: Record<string, string> = {}) =>
    send(`${served.url}${path}`, { token: adminToken(), headers });

  it('is answered as the plain one where it names the same', async () => {
    for (const path of ['/api/v1/things', '/api/v1/things/', '/API/v1/Things'])
      expect((await get(path)).status, path).to.equal(200);
  });

  it('is 404 where it names nothing, 400 where it can not be read', async () => {
    for (const path of ['/api/v1/things//', '/api/v1//things', '//api/v1/things', '/api/v1', '/api/v1x'])
      expectProblem(await get(path), 404, 'unknown-path');
    expectProblem(await get('/api/v1/things/%zz'), 400, 'malformed-request');
  });

  it('has the headers of security and of no cache on every answer, with and without an origin', async () => {
    const names = ['content-security-policy', 'strict-transport-security', 'x-content-type-options', 'vary'];
    const answers = [
      await get('/api/v1/things'),
      await get('/api/v1/things', { origin: 'https://app.example' }),
      await get('/api/v1/nothing', { origin: 'https://evil.example' }),
      await send(`${served.url}/api/v1/things`),
    ];
    for (const { headers } of answers) {
      for (const name of names) expect(headers.get(name), name).to.equal(answers[0]?.headers.get(name));
      expect(headers.get('cache-control')).to.equal('no-store');
    }
    expect(answers.map(({ headers }) => headers.get('access-control-allow-origin'))).to.deep.equal([
      null,
      'https://app.example',
      null,
      null,
    ]);
    expect(answers[0]?.headers.get('vary')).to.equal('Origin');
  });
});
