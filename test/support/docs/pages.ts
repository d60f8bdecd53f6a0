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
  return text.replaceAll(/^```[^\n]*\n[\s\S]*?^```$/gm, '');
}

/** What stands in `backticks`, blocks of code aside. */
export function codeIn(text: string): string[] {
  return [...prose(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

/** Lines within blocks of shell. */
export function shellIn(text: string): string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap((match) => (match[1] ?? '').split('\n'));
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

/**
 * Where the links of a page point to within the project, resolved; what is elsewhere on the web is left out.
 */
export function linksOf({ path, text }: Page): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^https?:/.test(target))
    .map((target) => join(dirname(path), target.replace(/#.*$/, '')));
}
