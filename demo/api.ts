import { z } from 'zod';

/** The service, over HTTP, as one caller. Paths are relative to `/api/v1/`; answers are parsed. */
export interface Api {
  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>>;
  post<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema): Promise<z.output<Schema>>;
  put<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema): Promise<z.output<Schema>>;
  /** A file. */
  bytes(path: string): Promise<Buffer>;
  /** The status alone. */
  statusOf(path: string): Promise<number>;
}

/** The service answered with a problem; the message says which. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

type Method = 'GET' | 'POST' | 'PUT';

const problem = z.object({ title: z.string(), detail: z.string() });

/** Sends the last `Ledger-Position` with every request, so that each step sees what the last one wrote. */
export function createApi(url: string, token: string): Api {
  let position: string | null = null;
  const send = async (method: Method, path: string, body?: unknown): Promise<Response> => {
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
    return response;
  };
  /** @throws {ApiError} the service answered with a problem */
  const succeed = async (method: Method, path: string, body?: unknown): Promise<Response> => {
    const response = await send(method, path, body);
    if (response.status < 400) return response;
    const text = await response.text();
    const { title, detail } = problem
      .catch({ title: 'no problem document', detail: text })
      .parse(parsed(text));
    throw new ApiError(`${method} /api/v1/${path} answered ${response.status}: ${title}: ${detail}`);
  };
  const ask = async <Schema extends z.ZodType>(
    method: Method,
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.output<Schema>> => schema.parse(await (await succeed(method, path, body)).json());
  return {
    get: (path, schema) => ask('GET', path, schema),
    post: (path, body, schema) => ask('POST', path, schema, body),
    put: (path, body, schema) => ask('PUT', path, schema, body),
    bytes: async (path) => Buffer.from(await (await succeed('GET', path)).arrayBuffer()),
    async statusOf(path) {
      const { status, body } = await send('GET', path);
      await body?.cancel();
      return status;
    },
  };
}

/** What a text holds as JSON; the text itself where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
