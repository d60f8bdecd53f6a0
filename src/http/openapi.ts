import { createSchemaRegistry, type JsonSchema, type SchemaRegistry } from './json-schema.ts';
import { components, problemResponses } from './openapi-components.ts';
import type { Route, Status } from './route.ts';

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  tags: { name: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: Record<string, unknown>;
}

/** One method of one path. */
interface OpenApiOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: unknown[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
}

/** `/a/:id` as OpenAPI writes it: `/a/{id}`. */
export function openApiPath(path: string): string {
  return path.replaceAll(/:([a-z_]+)/g, '{$1}');
}

/** `GET /api/v1/deployments/:id` → `get_deployments_id`. */
function operationId(route: Route): string {
  const path = route.path.replace(/^\/(api\/(v1\/)?)?/, '').replaceAll(/[^a-z0-9]+/gi, '_');
  return `${route.method.toLowerCase()}_${path}`;
}

/** The members of an object schema as parameters in the path or the query. */
function parametersIn(place: 'path' | 'query', schema: JsonSchema): unknown[] {
  const required = new Set((schema['required'] ?? []) as string[]);
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).map(
    ([name, { description, ...member }]) => ({
      name,
      in: place,
      required: place === 'path' || required.has(name),
      ...(description === undefined ? {} : { description }),
      schema: member,
    }),
  );
}

function headerParameters(route: Route): unknown[] {
  if (route.access === 'public') return [];
  const names = route.method === 'POST' ? ['IdempotencyKey', 'LedgerPosition'] : ['LedgerPosition'];
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

const statusText: Record<Status, string> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted: it goes on in the background',
  503: 'Not ready',
};

/** A content type without its parameters. */
const bareType = (contentType: string): string => contentType.replace(/;.*/, '');

function successResponses(route: Route, registry: SchemaRegistry): Record<string, unknown> {
  const schema = registry.schema(route.response, 'output');
  const headers = {
    'X-Correlation-Id': { $ref: '#/components/headers/CorrelationId' },
    ...(route.method === 'GET' ? {} : { 'Ledger-Position': { $ref: '#/components/headers/LedgerPosition' } }),
  };
  const streamed =
    route.streamed === undefined
      ? {}
      : {
          [bareType(route.streamed.contentType)]: {
            schema: {
              ...registry.schema(route.streamed.line, 'output'),
              description: route.streamed.description,
            },
          },
        };
  const type = bareType(route.file ?? route.text ?? 'application/json');
  const content = { [type]: { schema }, ...streamed };
  return Object.fromEntries(
    route.statuses.map((status) => [String(status), { description: statusText[status], headers, content }]),
  );
}

function requestBody(route: Route, registry: SchemaRegistry): Pick<OpenApiOperation, 'requestBody'> {
  if (!route.body) return {};
  // A missing body counts as {}: the body is required where the schema does not accept {}.
  const required = !route.body.safeParse({}).success;
  return {
    requestBody: {
      required,
      content: { 'application/json': { schema: registry.schema(route.body, 'input') } },
    },
  };
}

const accessText = {
  public: 'For everyone.',
  tenant: 'For tenants (their own) and admins.',
  admin: 'For admins.',
  integration: 'For services and admins.',
} as const;

function operation(route: Route, registry: SchemaRegistry): OpenApiOperation {
  const parameters = [
    ...parametersIn('path', registry.schema(route.params, 'input')),
    ...parametersIn('query', registry.schema(route.query, 'input')),
    ...headerParameters(route),
  ];
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, accessText[route.access]].filter(Boolean).join('\n\n'),
    ...(route.access === 'public' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route, registry),
    responses: { ...problemResponses(route), ...successResponses(route, registry) },
  };
}

/** Describes all routes, from the same schemas that validate their requests. */
export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  const registry = createSchemaRegistry();
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, registry) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'arcadia-cloud',
      version: 'v1',
      description:
        'Ledger of a small cloud reseller: provider cost in, tenant invoices and margin out. Money is ' +
        'in integer cents, quantities are exact decimal strings, times are ISO 8601 in UTC, names are ' +
        'snake_case.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    security: [{ bearer: [] }],
    paths,
    components: components(registry.definitions()),
  };
}
