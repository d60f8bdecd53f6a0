import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoExport, openExportFile } from '../../../src/journal/find/export-file.ts';

describe('a file that an export continues', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arcadia-export-file-'));
    file = join(folder, 'events.ndjson');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const line = (position: number, text = ''): string =>
    `${JSON.stringify({ position, stream: 's', text })}\n`;
  const closing = (position: number): string =>
    `${JSON.stringify({ complete: true, events: 1, position })}\n`;

  /** Opens a file with this content, appends to it, and returns from where and what it then holds. */
  async function continued(content: string): Promise<[after: number | null, text: string]> {
    await writeFile(file, content);
    const opened = await openExportFile(file);
    await opened.append('+😀');
    await opened.append('+');
    await opened.close();
    return [opened.after, await readFile(file, 'utf8')];
  }

  it('begins a file that does not exist or is empty', async () => {
    const opened = await openExportFile(file);
    await opened.append('x');
    await opened.close();
    expect([opened.after, await readFile(file, 'utf8')]).to.deep.equal([null, 'x']);
    expect(await continued('')).to.deep.equal([null, '+😀+']);
  });

  it('continues after its last whole line, without a cut line', async () => {
    expect(await continued(line(1) + line(7))).to.deep.equal([7, `${line(1)}${line(7)}+😀+`]);
    expect(await continued(line(1) + line(7) + line(8).slice(0, -1))).to.deep.equal([
      7,
      `${line(1)}${line(7)}+😀+`,
    ]);
    expect(await continued(line(1).slice(0, 9))).to.deep.equal([null, '+😀+']);
    expect(await continued(`${line(3)}{`)).to.deep.equal([3, `${line(3)}+😀+`]);
  });

  it('continues a complete export where its scan ended, replacing its closing line', async () => {
    expect(await continued(line(1) + closing(90))).to.deep.equal([90, `${line(1)}+😀+`]);
    expect(await continued(closing(90))).to.deep.equal([90, '+😀+']);
    expect(await continued(line(1) + closing(90).slice(0, 12))).to.deep.equal([1, `${line(1)}+😀+`]);
  });

  it('counts only the events that it holds', async () => {
    const counted = async (content: string): Promise<number> => {
      await writeFile(file, content);
      const opened = await openExportFile(file);
      await opened.close();
      expect(await readFile(file, 'utf8'), 'nothing was appended').to.equal(content);
      return opened.events;
    };
    const long = line(2, 'x'.repeat(1_048_570));
    expect(await counted('')).to.equal(0);
    expect(await counted(line(1) + line(7) + line(8).slice(0, -1))).to.equal(2);
    expect(await counted(line(1) + closing(3) + line(7) + closing(90))).to.equal(2);
    for (let pad = 0; pad < 60; pad++) {
      const across = line(1, 'x'.repeat(1_048_530 + pad)) + line(2);
      const [rest, events] = pad % 10 === 0 ? [long + line(3), 4] : [line(3), 3];
      expect(await counted(across + rest), `${pad}`).to.equal(events);
    }
  });

  it('finds the last line, however long it is', async () => {
    const long = line(2, 'ü'.repeat(300_000));
    expect((await continued(line(1) + long))[0]).to.equal(2);
    expect((await continued(long))[0]).to.equal(2);
    expect((await continued(line(1) + long.slice(0, -5)))[0]).to.equal(1);
  });

  it('is not touched when it holds something else', async () => {
    for (const text of [
      'dear diary',
      'a line\n',
      '{"position":"x"}\n',
      '[1]\n{"a":1}\n',
      '\n',
      `${line(1)}{"other":1}\n`,
      '{"position":3\n',
    ]) {
      await writeFile(file, text);
      const refused = await openExportFile(file).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refused, text).to.be.instanceOf(NoExport);
      expect(await readFile(file, 'utf8')).to.equal(text);
    }
  });
});
