import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A page for people. `path` is relative to the project's folder. */
export interface Page {
  path: string;
  text: string;
}

/** A page by its path. */
export function pageOf(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** Every page: the README, the changelog and what is in `docs/`. */
export function allPages(): Page[] {
  const docs = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort();
  return ['README.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)].map(pageOf);
}

/** Text without its blocks of code. */
export function prose(text: string): string {
  return text.replaceAll(/^( *)```[^\n]*\n[\s\S]*?^\1```$/gm, '');
}

/** The texts in `backticks`, outside blocks of code. */
export function codeIn(text: string): string[] {
  return [...prose(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

/** Lines within blocks of shell. */
export function shellIn(text: string): string[] {
  return [...text.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)]
    .flatMap((match) => (match[2] ?? '').split('\n'))
    .map((line) => line.trim());
}

/**
 * The part under a heading, up to the next heading of the same depth or above. @throws for a heading that is
 * not there
 */
export function section({ path, text }: Page, heading: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`${path} has no heading "${heading}"`);
  const depth = heading.indexOf(' ');
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= depth);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}

/** The rows of the tables in a text, each as its cells; headings and rules aside. */
export function rowsIn(text: string): string[][] {
  const lines = text.split('\n');
  const isRule = (line: string | undefined): boolean => line !== undefined && /^\|[-|: ]+\|$/.test(line);
  return lines
    .filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/**
 * The lists of a text as definitions: what stands before the first colon of an entry outside of backticks,
 * and what stands after it, each in one line. Entries below an entry belong to its definition.
 * An entry without a colon has an empty definition.
 */
export function definitionsIn(text: string): [term: string, definition: string][] {
  return [...prose(text).matchAll(/^- (.*(?:\n {2,}.*|\n(?=\n {2,}))*)/gm)].map(([, entry = '']) => {
    const line = entry.replaceAll(/\s+/g, ' ');
    const [, term = line, definition = ''] = /^((?:`[^`]*`|[^`])*?): (.*)$/.exec(line) ?? [];
    return [term, definition];
  });
}

const unlisted = new Set(['node_modules', '.git', '.arcadia', 'dist', 'coverage']);

/** Every file and folder of the project, relative to its folder; folders end in a slash. */
export function everyPath(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !unlisted.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? [`${relative(root, path)}/`, ...everyPath(path)] : [relative(root, path)];
    });
}

/** Where a link of a page points to: a file of the project, and a heading in it. */
export interface Link {
  /** Relative to the project's folder. */
  path: string;
  /** As GitHub names a heading in a URL; null: the whole file. */
  anchor: string | null;
}

/** Where the links of a page point to within the project. */
export function linksOf({ path, text }: Page): Link[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^https?:/.test(target))
    .map((target) => {
      const [file = '', anchor = null] = target.split('#');
      return { path: file === '' ? path : join(dirname(path), file), anchor };
    });
}

/** The headings of a page as GitHub names them in URLs. */
export function anchorsOf({ text }: Page): string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
