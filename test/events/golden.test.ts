import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { eventSchemas, schemaOfEvent, schemaVersion, type EventType } from '../../src/events/index.ts';

interface GoldenEvent {
  schema_version: number;
  data: unknown;
}
type Golden = Record<string, GoldenEvent>;

const file = fileURLToPath(new URL('../golden/events.json', import.meta.url));
const types = Object.keys(eventSchemas).sort() as EventType[];

/** The shape of every event as this build writes it. */
function current(): Golden {
  return Object.fromEntries(
    types.map((type) => {
      const { $schema: _, ...data } = z.toJSONSchema(schemaOfEvent(type)) as Record<string, unknown>;
      return [type, { schema_version: schemaVersion(type), data }];
    }),
  );
}

const forEver =
  'Events are for ever. A field may be added as optional; ' +
  'anything else needs a new schema version and an upcaster. ' +
  'If this change is one of these, write the golden file anew with UPDATE_GOLDEN=1.';

describe('the schemas of all events', () => {
  let golden: Golden;
  before(async () => {
    if (process.env['UPDATE_GOLDEN'] === '1')
      await writeFile(file, `${JSON.stringify(current(), null, 2)}\n`);
    golden = JSON.parse(await readFile(file, 'utf8')) as Golden;
  });

  it('are those of the golden file, none more and none less', () => {
    expect(types, forEver).to.deep.equal(Object.keys(golden));
  });

  for (const type of types) {
    it(`${type} is as it was recorded`, () => {
      expect(current()[type], `${type} has changed. ${forEver}`).to.deep.equal(golden[type]);
    });
  }

  it('name each type once, in the past tense of a sentence, in one map', () => {
    for (const type of types) expect(type).to.match(/^[A-Z][a-z]+([A-Z][a-z]+)+$/);
  });

  it('are objects of snake_case fields that JSON can carry', () => {
    for (const [type, { data }] of Object.entries(current())) {
      const { type: kind, properties } = data as { type: string; properties: Record<string, unknown> };
      expect(kind, type).to.equal('object');
      for (const field of Object.keys(properties))
        expect(field, type).to.match(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    }
  });

  it('carry money as whole cents and quantities as exact text, never as a fraction', () => {
    const look = (node: unknown, path: string): void => {
      if (node === null || typeof node !== 'object') return;
      expect((node as { type?: unknown }).type, path).to.not.equal('number');
      // What `$defs` holds is "any JSON", for the provider's own objects.
      for (const [key, inner] of Object.entries(node)) if (key !== '$defs') look(inner, `${path}.${key}`);
    };
    for (const [type, { data }] of Object.entries(current())) look(data, type);
  });
});
