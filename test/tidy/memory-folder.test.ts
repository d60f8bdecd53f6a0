import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface MemoryFolder {
  path: string;
  remove(): void;
}
const { memoryFolder } = (await import(new URL('../../scripts/memory-folder.mjs', import.meta.url).href)) as {
  memoryFolder: (memory: string, leastBytes: number) => MemoryFolder | null;
};

describe('the temporary folder of a run of all tests', () => {
  const given = process.env['TMPDIR'];
  let memory: string;
  beforeEach(() => {
    memory = mkdtempSync(join(tmpdir(), 'arcadia-memory-'));
    delete process.env['TMPDIR'];
  });
  afterEach(() => {
    if (given === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = given;
    rmSync(memory, { recursive: true, force: true });
  });

  it('is in memory, open to the server, which is another user, and removed at the end', () => {
    const folder = memoryFolder(memory, 0);
    const path = join(memory, `arcadia-tests-${process.pid}`);
    expect([folder?.path, statSync(path).mode & 0o777]).to.deep.equal([path, 0o755]);
    folder?.remove();
    expect(existsSync(path)).to.equal(false);
  });

  it('is where TMPDIR says', () => {
    process.env['TMPDIR'] = memory;
    expect(memoryFolder(memory, 0)).to.equal(null);
  });

  it('is on the disk where there is none in memory, or where memory is short', () => {
    expect(memoryFolder(join(memory, 'none'), 0)).to.equal(null);
    expect(memoryFolder(memory, 2 ** 60)).to.equal(null);
  });

  it('takes the place of those of killed runs, and of no other', () => {
    const folder = (pid: number): string => join(memory, `arcadia-tests-${pid}`);
    const [ended, running] = [folder(spawnSync('true').pid), folder(process.ppid)];
    for (const path of [ended, running]) mkdirSync(path);
    memoryFolder(memory, 0);
    expect([existsSync(ended), existsSync(running)]).to.deep.equal([false, true]);
  });
});
