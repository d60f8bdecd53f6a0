import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
  type ApiJson,
  type ApiObject,
  type SimulatorSettings,
} from '../../../simulators/digitalocean/index.ts';

/** An answer, read for a test. */
export interface Seen {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; an empty object where it was no JSON object. */
  json: ApiObject;
}

const parsed = (text: string): ApiObject => {
  try {
    return JSON.parse(text) as ApiObject;
  } catch {
    return {};
  }
};

const seen = async (response: Response): Promise<Seen> => {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
};

/** GETs a path (or a full URL that the simulator gave) with the simulator's token, or another. */
export const get = async (
  sim: DigitalOceanSimulator,
  path: string,
  token: string | null = sim.token,
  signal?: AbortSignal,
): Promise<Seen> => {
  const url = path.startsWith('http') ? path : sim.url + path;
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return seen(await fetch(url, { headers, ...(signal === undefined ? {} : { signal }) }));
};

export const post = async (sim: DigitalOceanSimulator, path: string, body: ApiJson): Promise<Seen> =>
  seen(
    await fetch(sim.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${sim.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );

/** The items of a list under a key. */
export const itemsUnder = (json: ApiObject, key: string): ApiObject[] => json[key] as ApiObject[];

/** The link of a list to another page, if it has one. */
export const pageLink = (json: ApiObject, name: 'first' | 'prev' | 'next' | 'last'): string | undefined => {
  const links = json['links'] as { pages?: Record<string, string> | null } | undefined;
  return links?.pages?.[name];
};

export const totalOf = (json: ApiObject): number | undefined => (json['meta'] as { total?: number }).total;

/** Walks every page of a list by its `next` links. */
export const walk = async (sim: DigitalOceanSimulator, path: string, key: string): Promise<ApiObject[]> => {
  const items: ApiObject[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page: Seen = await get(sim, next);
    items.push(...itemsUnder(page.json, key));
    next = pageLink(page.json, 'next') || undefined;
  }
  return items;
};

/** A simulator per test: started before, closed after, in `current()`. */
export const eachTestHasSimulator = (settings: () => SimulatorSettings): (() => DigitalOceanSimulator) => {
  let sim: DigitalOceanSimulator | null = null;
  beforeEach(async () => {
    sim = await startDigitalOceanSimulator(settings());
  });
  afterEach(async () => {
    await sim?.close();
    sim = null;
  });
  return () => {
    if (sim === null) throw new Error('no simulator outside a test');
    return sim;
  };
};
