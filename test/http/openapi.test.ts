import { readFile, writeFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { z } from 'zod';
import { openApiDocument } from '../../src/http/openapi.ts';
import { defineRoute } from '../../src/http/route.ts';
import { routes } from '../../src/http/routes.ts';
import { list, one, pageQuery, periodSchema, quantitySchema } from '../../src/http/schemas.ts';

const golden = new URL('../golden/openapi.json', import.meta.url);

describe('the API description', () => {
  it('is the one in test/golden/openapi.json (UPDATE_GOLDEN=1 rewrites it)', async () => {
    const text = `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, text);
    expect(
      text === (await readFile(golden, 'utf8')),
      'the API has changed: if that is meant, run this test with UPDATE_GOLDEN=1 and commit the golden file',
    ).to.equal(true);
  });

  it('holds schemas that a validator takes, with every reference resolved', () => {
    const document = openApiDocument(routes);
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'api', ...document });
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of Object.keys(operations)) {
        const pointer = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');
        const at = `api#/paths/${pointer(path)}/${method}`;
        const { requestBody, responses, parameters } = operations[method] ?? {};
        if (requestBody) ajv.compile({ $ref: `${at}/requestBody/content/application~1json/schema` });
        for (const status of Object.keys(responses ?? {}).filter((name) => name.startsWith('2'))) {
          const [type = 'application/json'] = Object.keys(
            (responses?.[status] as { content?: object }).content ?? {},
          );
          ajv.compile({ $ref: `${at}/responses/${status}/content/${pointer(type)}/schema` });
        }
        for (const index of (parameters ?? []).keys()) {
          const parameter = parameters?.[index];
          if (typeof parameter === 'object' && parameter !== null && 'schema' in parameter)
            ajv.compile({ $ref: `${at}/parameters/${index}/schema` });
        }
      }
    }
  });

  it('gives every operation an id of its own', () => {
    const ids = Object.values(openApiDocument(routes).paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('describes what a client sends by the input side and what it gets by the output side', () => {
    const thing = z.strictObject({ id: z.string(), attrs: z.json() }).meta({ id: 'Thing' });
    const document = openApiDocument([
      defineRoute({
        method: 'GET',
        path: '/api/v1/things',
        tag: 'things',
        summary: 'List things',
        access: 'tenant',
        query: z.strictObject({ ...pageQuery, period: periodSchema.optional() }),
        response: list(thing),
        handle: async () => ({ body: { data: [], next_cursor: null } }),
      }),
      defineRoute({
        method: 'POST',
        path: '/api/v1/things/:id',
        tag: 'things',
        summary: 'Change a thing',
        access: 'admin',
        status: 201,
        body: z.strictObject({ qty: quantitySchema, note: z.string().default('') }),
        response: one(thing),
        handle: async ({ params }) => ({ body: { data: { id: params.id, attrs: {} } } }),
      }),
    ]);
    const get = document.paths['/api/v1/things']?.['get'];
    expect(get?.parameters).to.deep.include({
      name: 'limit',
      in: 'query',
      required: false,
      description: 'at most so many rows; 50 by default',
      schema: { type: 'integer', minimum: 1, maximum: 500 },
    });
    expect(get?.responses['200']).to.have.nested.property(
      'content.application/json.schema.properties.data.items.$ref',
      '#/components/schemas/Thing',
    );
    const post = document.paths['/api/v1/things/{id}']?.['post'];
    expect(post?.parameters).to.deep.include({
      name: 'id',
      in: 'path',
      required: true,
      schema: { type: 'string', minLength: 1, maxLength: 200 },
    });
    expect(post?.parameters).to.deep.include({ $ref: '#/components/parameters/IdempotencyKey' });
    expect(post?.requestBody).to.have.property('required', true);
    expect(post?.requestBody?.content['application/json']?.schema).to.deep.include({
      required: ['qty'],
      additionalProperties: false,
    });
    expect(post?.requestBody?.content['application/json']?.schema)
      .to.have.nested.property('properties.qty.type')
      .that.deep.equals(['string', 'number']);
    expect(post?.responses).to.include.keys(
      '201',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
      '422',
      '503',
      'default',
    );
    expect(document.components['schemas']).to.have.keys('Thing', 'Json', 'Problem');
    expect(document.tags).to.deep.equal([{ name: 'things' }]);
  });
});
