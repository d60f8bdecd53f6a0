import { z } from 'zod';

/** The service, over HTTP, as one caller. Paths are relative to `/api/v1/`; answers are parsed. */
export interface Api {
  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>>;
  post<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema): Promise<z.output<Schema>>;
  /** The status alone. */
  statusOf(path: string): Promise<number>;
}

/** The service answered with a problem; the message says which. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

const problem = z.object({ title: z.string(), detail: z.string() });

/** Sends the last `Ledger-Position` with every request, so that each step sees what the last one wrote. */
export function createApi(url: string, token: string): Api {
  let position: string | null = null;
  const send = async (
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> => {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(position === null ? {} : { 'ledger-position': position }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    position = response.headers.get('ledger-position') ?? position;
    const json: unknown = await response.json();
    return { status: response.status, json };
  };
  const ask = async <Schema extends z.ZodType>(
    method: 'GET' | 'POST',
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.output<Schema>> => {
    const { status, json } = await send(method, path, body);
    if (status >= 400) {
      const { title, detail } = problem
        .catch({ title: 'no problem document', detail: JSON.stringify(json) })
        .parse(json);
      throw new ApiError(`${method} /api/v1/${path} answered ${status}: ${title}: ${detail}`);
    }
    return schema.parse(json);
  };
  return {
    get: (path, schema) => ask('GET', path, schema),
    post: (path, body, schema) => ask('POST', path, schema, body),
    statusOf: async (path) => (await send('GET', path)).status,
  };
}
