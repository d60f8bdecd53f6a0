// DigitalOcean's API description as JSON Schema, so that ajv can judge the stand-in's answers.
import { readFileSync } from 'node:fs';
import { Ajv2019, type ErrorObject, type ValidateFunction } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { isJsonObject, type ApiJson, type ApiObject } from '../../simulators/digitalocean/index.ts';

/** One way in which an answer differs from the description. */
export interface Finding {
  /** Where in the answer, as a JSON pointer with `*` for array places. */
  at: string;
  /** The schema keyword that failed, `additional` for a member that the description does not declare. */
  rule: string;
  message: string;
}

export interface Description {
  /**
   * Judges a body against the schema of a documented answer; a status that is not declared is judged by
   * `default`.
   */
  judgeAnswer(path: string, method: 'get' | 'post', status: number, body: ApiJson): Finding[];
  /** Judges one resource against a named schema; members that it does not declare are findings too. */
  judgeResource(schema: string, resource: ApiJson): Finding[];
}

const withNull = (type: ApiJson | undefined): ApiJson => [
  ...(Array.isArray(type) ? type : [type ?? 'object']),
  'null',
];

/** OpenAPI 3.0 has `nullable` where JSON Schema has a null type, and its examples are no constraints. */
const toJsonSchema = (node: ApiJson | undefined): ApiJson | undefined => {
  if (Array.isArray(node)) return node.map((item) => toJsonSchema(item) ?? null);
  if (!isJsonObject(node)) return node;
  const { nullable, example: _example, examples: _examples, ...rest } = node;
  const converted: ApiObject = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, toJsonSchema(value)]),
  );
  if (nullable !== true) return converted;
  if (converted['type'] === undefined) return { anyOf: [converted, { type: 'null' }] };
  const values = converted['enum'];
  return {
    ...converted,
    type: withNull(converted['type']),
    ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
  };
};

const findingOf = (error: ErrorObject): Finding => {
  const member = (error.params as { unevaluatedProperty?: string }).unevaluatedProperty;
  const at = `${error.instancePath}${member === undefined ? '' : `/${member}`}`.replace(
    /\/\d+(?=\/|$)/g,
    '/*',
  );
  return { at, rule: member === undefined ? error.keyword : 'additional', message: error.message ?? '' };
};

const follow = (document: ApiObject, pointer: string): ApiJson | undefined =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<ApiJson | undefined>((node, part) => (isJsonObject(node) ? node[part] : undefined), document);

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** Reads the description from a file. */
export const readDescription = (file: string): Description => {
  const document = toJsonSchema(JSON.parse(readFileSync(file, 'utf8')) as ApiJson) as ApiObject;
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'do', ...document });

  const compiled = new Map<string, ValidateFunction>();
  const judge = (schema: { $ref: string; unevaluatedProperties?: false }, body: ApiJson): Finding[] => {
    const key = JSON.stringify(schema);
    const validate = compiled.get(key) ?? ajv.compile(schema);
    compiled.set(key, validate);
    validate(body);
    return (validate.errors ?? []).map(findingOf);
  };
  /** The pointer to an answer's JSON schema, through the reference to the shared response. */
  const pointerOf = (path: string, method: string, status: number): string => {
    const responses = `#/paths/${escaped(path)}/${method}/responses`;
    const declared = follow(document, `${responses}/${status}`) === undefined ? 'default' : String(status);
    const response = follow(document, `${responses}/${declared}`);
    const shared =
      isJsonObject(response) && typeof response['$ref'] === 'string'
        ? response['$ref']
        : `${responses}/${declared}`;
    return `${shared}/content/application~1json/schema`;
  };

  return {
    judgeAnswer: (path, method, status, body) => {
      const pointer = pointerOf(path, method, status);
      if (follow(document, pointer) === undefined)
        throw new Error(`no JSON schema for ${method} ${path} ${status}`);
      return judge({ $ref: `do${pointer}` }, body);
    },
    judgeResource: (schema, resource) =>
      judge({ $ref: `do#/components/schemas/${schema}`, unevaluatedProperties: false }, resource),
  };
};
