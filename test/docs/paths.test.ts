import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  allPages,
  anchorsOf,
  codeIn,
  everyPath,
  linksOf,
  pageOf,
  root,
  shellIn,
} from '../support/docs/pages.ts';

const paths = everyPath();
const topFolders = new Set(paths.filter((path) => /^[^/]+\/$/.test(path)).map((path) => path.slice(0, -1)));

/** Whether a text in backticks means a file or folder of the project. */
function isPath(code: string): boolean {
  const [top = '', ...rest] = code.split('/');
  if (/\s/.test(code)) return false;
  return rest.length > 0 ? topFolders.has(top) : /^[A-Za-z][\w.-]*\.(md|ts|js|json|sql)$/.test(code);
}

/** A path with `<placeholders>` and `*`, as a pattern over existing paths. */
function patternOf(code: string): RegExp {
  const parts = code.split(/(<[^>]+>|\*\*\/|\*)/).map((part) => {
    if (part === '**/') return '(.*/)?';
    if (part === '*' || part.startsWith('<')) return '[^/]+';
    return part.replaceAll(/[.+()[\]{}?^$|\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

const namesSomething = (code: string): boolean => paths.some((path) => patternOf(code).test(path));

describe('paths in the documentation', () => {
  for (const page of allPages()) {
    it(`${page.path} names files that exist`, () => {
      expect(codeIn(page.text).filter((code) => isPath(code) && !namesSomething(code))).to.deep.equal([]);
      expect(linksOf(page).filter(({ path }) => !paths.includes(path))).to.deep.equal([]);
    });

    it(`${page.path} links to headings that exist`, () => {
      const gone = linksOf(page).filter(
        ({ path, anchor }) => anchor !== null && !anchorsOf(pageOf(path)).includes(anchor),
      );
      expect(gone).to.deep.equal([]);
    });

    it(`${page.path} runs test files that exist`, () => {
      const files = shellIn(page.text).flatMap((line) => line.match(/(?<![\w./])[\w./*-]+\.test\.ts/g) ?? []);
      expect(files.filter((file) => !namesSomething(file))).to.deep.equal([]);
    });
  }

  it('are found by this test', () => {
    expect(
      isPath('src/config.ts') &&
        isPath('docs/') &&
        isPath('commands/<context>/<command>.ts') &&
        isPath('LICENSE.md'),
    ).to.equal(true);
    expect(
      namesSomething('src/nothing.ts') || namesSomething('commands/<context>/<nothing>/<more>.ts'),
    ).to.equal(false);
    expect(allPages().flatMap(({ text }) => codeIn(text).filter(isPath)).length).to.be.greaterThan(100);
  });
});

describe('commands in the documentation', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  /** What npm runs by itself. */
  const own = ['ci', 'install'];

  for (const { path, text } of allPages()) {
    it(`${path} names npm scripts that exist`, () => {
      const named = [...text.matchAll(/\bnpm (?:run (?:-s )?([a-z-]+)|(ci|install|start|test)\b)/g)].map(
        (match) => match[1] ?? match[2] ?? '',
      );
      expect(named.filter((name) => !(name in scripts) && !own.includes(name))).to.deep.equal([]);
    });
  }

  it('has every npm script in the README or among the steps of a contributor', () => {
    const text = ['README.md', 'docs/contributing.md'].map((path) => pageOf(path).text).join('\n');
    for (const name of Object.keys(scripts))
      expect(text, name).to.match(new RegExp(`npm (run (-s )?)?${name}\\b`));
  });
});
