import { expect } from 'chai';
import { createProgress } from '../../src/cli/progress.ts';

/** A stream and the texts written to it. */
function recorder(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return {
    written,
    stream: {
      isTTY,
      columns,
      write: (text: string) => {
        written.push(text);
      },
    },
  };
}

describe('progress', () => {
  it('is a line at each tenth of the way in a pipe', () => {
    const { written, stream } = recorder(false);
    const progress = createProgress(stream, 'billing.history');
    for (let done = 1; done <= 137; done += 1) progress.update(done, 137, '2026-04');
    progress.end();
    expect(written).to.have.length(10);
    expect(written[0]).to.equal('billing.history  14/137  2026-04\n');
    expect(written.at(-1)).to.equal('billing.history 137/137  2026-04\n');
  });

  it('writes nothing to a pipe for a few steps or none', () => {
    const { written, stream } = recorder(false);
    const progress = createProgress(stream, 'x');
    progress.update(1, 2);
    progress.update(0, 0);
    progress.end();
    expect(written).to.deep.equal([]);
  });

  it('is a bar in a terminal, redrawn now and then, never wider than the screen, and gone at the end', () => {
    const { written, stream } = recorder(true, 50);
    let now = 0;
    const progress = createProgress(stream, 'metering', () => now);
    for (let done = 1; done <= 1000; done += 1) {
      now += 1;
      progress.update(done, 1000, 'a long note that does not fit on the screen');
    }
    progress.end();
    const shown = written.slice(0, -1).map((text) => text.replace('\r\x1b[2K', ''));
    expect(shown.length).to.be.within(10, 20);
    for (const text of shown) expect(text.length).to.be.at.most(49);
    expect(shown.at(-1)).to.match(/^metering █{28} 1000\/1000/);
    expect(written.at(-1)).to.equal('\r\x1b[2K');
  });
});
