// The stand-in's answers against DigitalOcean's own API description, where that file is to be had: it is not
// part of this repository. Its place is ARCADIA_DO_OPENAPI, else ../shared/digitalocean/openapi.json beside
// the repository.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
  type ApiJson,
  type ApiObject,
} from '../../simulators/digitalocean/index.ts';
import { builtAccount, endpoints, invoicePath, undocumented, type Endpoint } from './contract-cases.ts';
import { get, itemsUnder, post } from '../support/simulators/simulator.ts';
import { readDescription, type Description, type Finding } from './openapi.ts';

const file =
  process.env['ARCADIA_DO_OPENAPI'] ??
  fileURLToPath(new URL('../../../shared/digitalocean/openapi.json', import.meta.url));

interface Deviation {
  /** Documented path or schema, and the place and rule that fail there. */
  of: string;
  at: RegExp;
  rule: string;
  /** Why the stand-in is right to differ. */
  why: string;
}

/** Where the stand-in differs on purpose. One that no answer needs any more fails the suite. */
const deviations: Deviation[] = [
  {
    of: 'droplet_snapshot',
    at: /^\/(distribution|slug|public|status)$/,
    rule: 'additional',
    why:
      "A backup is an image: the description's own example of one has these members, its schema leaves " +
      'them out.',
  },
  ...['resource', '/v2/projects/{project_id}/resources'].map((of) => ({
    of,
    at: /\/urn$/,
    rule: 'pattern',
    why:
      'Projects hold more types of URN than the pattern names: app, floatingipv6, reservedip, and here ' +
      'image and volumesnapshot.',
  })),
  {
    of: 'invoice_item',
    at: /^\/category$/,
    rule: 'additional',
    why: 'The ninth column of the CSV; the official Go client reads it in the JSON form too.',
  },
];

/** Registers the suite; called only where the description is there. */
const contractSuite = (): void => {
  let description: Description;
  const sims: { built?: DigitalOceanSimulator; sample?: DigitalOceanSimulator } = {};
  const used = new Set<Deviation>();

  before(async () => {
    description = readDescription(file);
    sims.built = await startDigitalOceanSimulator({ account: builtAccount(), limits: { perMinute: 5000 } });
    sims.sample = await startDigitalOceanSimulator({ limits: { perMinute: 5000 } });
  });
  after(async () => {
    await sims.built?.close();
    await sims.sample?.close();
  });

  const sim = (which: 'built' | 'sample'): DigitalOceanSimulator => {
    const found = sims[which];
    if (found === undefined) throw new Error('not started');
    return found;
  };
  /** Fails on every finding that is no listed deviation. */
  const expectNone = (of: string, findings: Finding[], body: ApiJson): void => {
    const left = findings.filter((finding) => {
      const deviation = deviations.find(
        (known) => known.of === of && known.rule === finding.rule && known.at.test(finding.at),
      );
      if (deviation !== undefined) used.add(deviation);
      return deviation === undefined;
    });
    expect(left, `${of}\n${JSON.stringify(body).slice(0, 1500)}`).to.deep.equal([]);
  };
  const expectContract = async (
    which: 'built' | 'sample',
    endpoint: Endpoint,
    url: string,
  ): Promise<void> => {
    const { status, json } = await get(sim(which), url);
    expect(status).to.equal(200);
    expectNone(endpoint.path, description.judgeAnswer(endpoint.path, 'get', status, json), json);
    const [key, schema] = endpoint.list ?? endpoint.single ?? ['', ''];
    const resources =
      endpoint.list === undefined
        ? endpoint.single === undefined
          ? []
          : [json[key] as ApiObject]
        : itemsUnder(json, key);
    resources.forEach((resource) =>
      expectNone(schema, description.judgeResource(schema, resource), resource),
    );
  };

  for (const endpoint of endpoints) {
    it(`${endpoint.built}, unpaged and paged, built and sample account`, async () => {
      const ask = (url: string, query: string): string => `${url}${url.includes('?') ? '&' : '?'}${query}`;
      for (const which of ['built', 'sample'] as const) {
        const url = (which === 'sample' ? endpoint.sample : undefined) ?? endpoint.built;
        await expectContract(which, endpoint, url);
        if (endpoint.list === undefined) continue;
        for (const query of [
          'per_page=1',
          'per_page=1&page=2',
          'per_page=1&page=3',
          'per_page=200',
          'page=99',
        ])
          await expectContract(which, endpoint, ask(url, query));
      }
    });

    it(`errors of ${endpoint.built}`, async () => {
      const subject = sim('built');
      for (const status of [403, 404, 422, 429, 500, 503]) {
        subject.faults.inject({ times: 1, effect: { kind: 'status', status } });
        const { status: seen, json, headers } = await get(subject, endpoint.built);
        expect(seen).to.equal(status);
        expectNone(endpoint.path, description.judgeAnswer(endpoint.path, 'get', status, json), json);
        for (const name of ['limit', 'remaining', 'reset'])
          expect(headers.get(`ratelimit-${name}`)).to.match(/^\d+$/);
      }
      const { status, json } = await get(subject, endpoint.built, 'wrong');
      expectNone(endpoint.path, description.judgeAnswer(endpoint.path, 'get', status, json), json);
    });
  }

  for (const [url, key, schema] of undocumented) {
    it(`${url} by the schema of its list`, async () => {
      const { status, json } = await get(sim('built'), url);
      expect([status, Object.keys(json)]).to.deep.equal([200, [key]]);
      expectNone(schema, description.judgeResource(schema, json[key] as ApiObject), json);
    });
  }

  it('/v2/sizes by the schemas of a size and of pages, paged and with prices that changed', async () => {
    const subject = sim('built');
    subject.changeSize('s-1vcpu-1gb', { price_monthly: 7, price_hourly: Math.fround(0.01042) });
    for (const query of ['', '?per_page=2', '?per_page=2&page=2', '?page=99']) {
      const { status, json } = await get(subject, `/v2/sizes${query}`);
      expect([status, Object.keys(json).sort()]).to.deep.equal([200, ['links', 'meta', 'sizes']]);
      const { links, meta } = json;
      for (const [schema, part] of [
        ['pagination', { links }],
        ['meta', { meta }],
      ] as const)
        expectNone(schema, description.judgeResource(schema, part), json);
      itemsUnder(json, 'sizes').forEach((size) =>
        expectNone('size', description.judgeResource('size', size), size),
      );
    }
    const { json } = await get(subject, '/v2/sizes', 'wrong');
    expectNone('error', description.judgeResource('error', json), json);
  });

  it('the CSV, by its type, its name and its 404', async () => {
    const { status, headers } = await get(sim('sample'), `${invoicePath}/csv`);
    expect([status, headers.get('content-type')]).to.deep.equal([200, 'text/csv']);
    expect(headers.get('content-disposition')).to.match(/^attachment; filename="/);
    const missing = await get(sim('sample'), '/v2/customers/my/invoices/none/csv');
    expect(missing.status).to.equal(404);
    expectNone(
      'csv',
      description.judgeAnswer('/v2/customers/my/invoices/{invoice_uuid}/csv', 'get', 404, missing.json),
      missing.json,
    );
  });

  it('an action started, pending and done', async () => {
    const subject = sim('built');
    const started = await post(subject, '/v2/droplets/500900001/actions', { type: 'power_off' });
    expect(started.status).to.equal(201);
    expectNone(
      'action',
      description.judgeAnswer('/v2/droplets/{droplet_id}/actions', 'post', 201, started.json),
      started.json,
    );
    const { id } = started.json['action'] as { id: number };
    for (const wait of [0, subject.options.actionMs]) {
      subject.clock.advance(wait);
      const polled = await get(subject, `/v2/droplets/500900001/actions/${id}`);
      expectNone(
        'action',
        description.judgeAnswer('/v2/droplets/{droplet_id}/actions/{action_id}', 'get', 200, polled.json),
        polled.json,
      );
      const direct = await get(subject, `/v2/actions/${id}`);
      expectNone(
        'action',
        description.judgeAnswer('/v2/actions/{action_id}', 'get', 200, direct.json),
        direct.json,
      );
      expectNone(
        'action',
        description.judgeResource('action', direct.json['action'] as ApiObject),
        direct.json,
      );
    }
    const refused = await post(subject, '/v2/droplets/500900001/actions', { type: 'teleport' });
    expect(refused.status).to.equal(422);
    expectNone(
      'action',
      description.judgeAnswer('/v2/droplets/{droplet_id}/actions', 'post', 422, refused.json),
      refused.json,
    );
  });

  it('sees what is wrong with an answer', async () => {
    const { json } = await get(sim('built'), '/v2/droplets/500900001');
    const { name: _name, ...nameless } = json['droplet'] as ApiObject;
    const wrong = { ...nameless, id: '500900001', status: 'hibernating', quantum: true };
    const found = description.judgeResource('droplet', wrong).map(({ at, rule }) => `${at} ${rule}`);
    expect(found).to.include.members([' required', '/id type', '/status enum', '/quantum additional']);
    expect(description.judgeAnswer('/v2/droplets', 'get', 200, { droplets: {} })).not.to.deep.equal([]);
    expect(description.judgeAnswer('/v2/droplets', 'get', 401, { message: 'no id' })).not.to.deep.equal([]);
  });

  it('needs every deviation that it lists', () => {
    expect(
      deviations.filter((deviation) => !used.has(deviation)).map(({ of, at }) => `${of} ${at}`),
    ).to.deep.equal([]);
  });
};

// A file that was named has to be there.
if (process.env['ARCADIA_DO_OPENAPI'] !== undefined || existsSync(file))
  describe('the DigitalOcean stand-in against the API description', contractSuite);
