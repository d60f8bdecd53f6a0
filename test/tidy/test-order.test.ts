import { expect } from 'chai';
import { everyPath } from '../support/docs/pages.ts';

const { longest, testFiles } = (await import(
  new URL('../../scripts/test-order.mjs', import.meta.url).href
)) as { longest: readonly string[]; testFiles: () => string[] };

describe('the order of all test files', () => {
  it('has each of them once, those first that take longest', () => {
    const files = testFiles();
    expect([...files].sort()).to.deep.equal(
      everyPath()
        .filter((path) => path.endsWith('.test.ts'))
        .sort(),
    );
    const isLong = (file: string): boolean => longest.some((start) => file.startsWith(start));
    expect(files.slice(0, files.filter(isLong).length).every(isLong)).to.equal(true);
  });

  it('names no folder and no file that is gone', () => {
    const files = testFiles();
    expect(longest.filter((start) => !files.some((file) => file.startsWith(start)))).to.deep.equal([]);
  });
});
