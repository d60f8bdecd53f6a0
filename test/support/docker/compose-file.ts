import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../docs/pages.ts';
import { composeFile } from './compose-schema.ts';
import type { ComposeFile } from './compose-schema.ts';

type Variables = Readonly<Record<string, string>>;

/** The compose file as compose sees it in an environment: merged, with variables filled in, checked. */
export function readCompose(variables: Variables): ComposeFile {
  const parsed: unknown = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
  if (typeof parsed !== 'object' || parsed === null) throw new Error('docker-compose.yml is no mapping.');
  // Members that begin with x- are for the file's own use.
  const own = Object.fromEntries(Object.entries(parsed).filter(([member]) => !member.startsWith('x-')));
  return composeFile.parse(filled(own, variables));
}

function filled(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolated(value, variables);
  if (Array.isArray(value)) return value.map((item) => filled(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, variables)]));
}

/**
 * `${NAME}`, `${NAME:-default}` and `${NAME:?why it is needed}`; `$$` is a dollar. @throws for any other use
 * of a dollar, and a needed variable that is unset
 */
function interpolated(text: string, variables: Variables): string {
  return text.replaceAll(
    /\$(\$|\{([A-Z][A-Z0-9_]*)(?::([-?])([^{}]*))?\}|)/g,
    (match, form: string, name: string | undefined, kind: string | undefined, rest = '') => {
      if (form === '$') return '$';
      if (name === undefined) throw new Error(`compose can not read ${match} in ${text}`);
      const value = variables[name];
      if (value !== undefined && value !== '') return value;
      if (kind === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
      return kind === '-' ? rest : '';
    },
  );
}
