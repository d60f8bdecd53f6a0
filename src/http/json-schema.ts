import { z } from 'zod';

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = { [keyword: string]: unknown };

/** Turns zod schemas into JSON schemas whose shared definitions live in one place. */
export interface SchemaRegistry {
  /** @param io `input` for what a client sends, `output` for what it gets */
  schema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema;
  /** The definitions so far, by name: the document's `components.schemas`. */
  definitions(): Record<string, JsonSchema>;
}

const localRef = '#/$defs/';
const sharedRef = '#/components/schemas/';

/** Replaces every `$ref` to a local definition. */
function renameRefs(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => renameRefs(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const local =
        key === '$ref' && typeof member === 'string' && member.startsWith(localRef)
          ? member.slice(localRef.length)
          : null;
      return local === null
        ? [key, renameRefs(member, names)]
        : [key, `${sharedRef}${names.get(local) ?? local}`];
    }),
  );
}

/** A registry with no definitions yet. */
export function createSchemaRegistry(): SchemaRegistry {
  const shared = new Map<string, { content: string; schema: JsonSchema }>();

  /** The shared name of a local definition: its own, or a numbered one where that name is taken. */
  function nameFor(local: string, definition: unknown): string {
    // zod numbers recursive schemas without an id; the only one here is "any JSON value".
    const wanted = local.startsWith('__schema') ? 'Json' : local;
    const content = JSON.stringify(definition).replaceAll(`"${localRef}${local}"`, '"#self"');
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? wanted : `${wanted}${n}`;
      const known = shared.get(name);
      if (!known) shared.set(name, { content, schema: {} });
      if (!known || known.content === content) return name;
    }
  }

  return {
    schema(schema, io) {
      const {
        $schema: _dialect,
        $defs,
        ...root
      } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as JsonSchema;
      const local = Object.entries(($defs ?? {}) as Record<string, JsonSchema>);
      const names = new Map(local.map(([name, definition]) => [name, nameFor(name, definition)]));
      for (const [name, definition] of local) {
        const entry = shared.get(names.get(name) ?? name);
        const { id: _id, ...rest } = definition;
        if (entry) entry.schema = renameRefs(rest, names) as JsonSchema;
      }
      return renameRefs(root, names) as JsonSchema;
    },
    definitions: () =>
      Object.fromEntries(
        [...shared].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { schema }]) => [name, schema]),
      ),
  };
}
