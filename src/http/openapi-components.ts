import type { JsonSchema } from './json-schema.ts';
import type { Route } from './route.ts';

const problem: JsonSchema = {
  type: 'object',
  description:
    'RFC 9457 problem document. Some problems carry further members, such as `allowed` or `invoice_id`.',
  properties: {
    type: { type: 'string', description: 'urn:arcadia-cloud:problem:<code>: what a program branches on' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      description: 'The fields at fault, for input that fails validation',
      items: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'as in items.0.included_qty' },
          message: { type: 'string' },
        },
        required: ['path', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail'],
};

const problems: Record<string, { name: string; description: string }> = {
  400: { name: 'BadRequest', description: 'Broken JSON, or a malformed URL' },
  401: { name: 'Unauthorized', description: 'No token, or one that does not verify' },
  403: { name: 'Forbidden', description: 'The token is good and its role or tenant is not' },
  404: { name: 'NotFound', description: "No such object, or another tenant's" },
  409: { name: 'Conflict', description: 'In conflict with what is, or an Idempotency-Key that is taken' },
  408: { name: 'TooSlow', description: 'The request did not arrive within 30 seconds' },
  413: {
    name: 'TooLarge',
    description: 'A body over 64 KB, or where the route takes many records at once over 1 MB',
  },
  415: {
    name: 'UnsupportedMediaType',
    description: 'Something else than application/json in UTF-8, or a compressed body',
  },
  422: { name: 'Invalid', description: 'Fails validation (see `errors`), or breaks a rule' },
  429: {
    name: 'TooManyRequests',
    description: 'More than RATE_LIMIT_PER_MINUTE requests of one subject in a minute; see Retry-After',
  },
  503: {
    name: 'Unavailable',
    description:
      'A database can not be reached, the read models have not caught up with Ledger-Position, or too ' +
      'many heavy requests are under way; see Retry-After',
  },
};

/** The problems that a route may answer. */
export function problemResponses(route: Route): Record<string, unknown> {
  const command = route.method !== 'GET';
  const statuses = [
    ...(command ? [400] : []),
    ...(route.access === 'public' ? [] : [401, 403]),
    ...(route.path.includes(':') ? [404] : []),
    ...(command ? [409] : []),
    ...(route.body ? [408, 413, 415] : []),
    ...(route.access === 'public' ? [] : [422, 429, 503]),
  ];
  const entries = statuses.map((status) => [
    String(status),
    { $ref: `#/components/responses/${problems[status]?.name ?? 'Problem'}` },
  ]);
  return {
    ...(Object.fromEntries(entries) as Record<string, unknown>),
    default: { $ref: '#/components/responses/Problem' },
  };
}

function problemResponse(description: string): unknown {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** What all operations share. */
export function components(definitions: Record<string, JsonSchema>): Record<string, unknown> {
  return {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    parameters: {
      IdempotencyKey: {
        name: 'Idempotency-Key',
        in: 'header',
        required: false,
        description:
          'Makes the request safe to send again: the same key with the same body answers the first ' +
          'result. Scoped to tenant, subject, admin or not, method and path; kept for at least 24 ' +
          'hours. Where a request changes nothing, nothing is kept.',
        schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' },
      },
      LedgerPosition: {
        name: 'Ledger-Position',
        in: 'header',
        required: false,
        description:
          'The Ledger-Position of an earlier answer: this request sees at least what that one did.',
        schema: { type: 'string' },
      },
    },
    headers: {
      LedgerPosition: {
        description: 'Where the ledger was after the command; opaque. Send it back to read your own writes.',
        schema: { type: 'string' },
      },
      CorrelationId: {
        description: 'Names this request in logs and in the events that it caused',
        schema: { type: 'string' },
      },
    },
    responses: {
      ...Object.fromEntries(
        Object.values(problems).map(({ name, description }) => [name, problemResponse(description)]),
      ),
      Problem: problemResponse('Any other problem'),
    },
    schemas: { ...definitions, Problem: problem },
  };
}
