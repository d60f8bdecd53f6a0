import { expect } from 'chai';
import { createPhases } from '../../src/cli/phases.ts';

describe('progress in phases', () => {
  const phases = (isTTY: boolean) => {
    const written: string[] = [];
    const clock = { ms: 0 };
    return {
      written,
      clock,
      phases: createPhases(
        { isTTY, columns: 100, write: (text) => written.push(text) },
        'events',
        () => clock.ms,
      ),
    };
  };

  it('shows rate and time left as soon as it can compute them', () => {
    const { written, clock, phases: shown } = phases(true);
    shown.update('rebuilding', 0, 1_000);
    clock.ms = 2_000;
    shown.update('rebuilding', 500, 1_000);
    clock.ms = 400_000;
    shown.update('rebuilding', 501, 100_000);
    expect(written[0]).to.contain('   0/1000').and.not.contain('/s');
    expect(written[1]).to.contain(' 500/1000  events, 250/s, 2 s left');
    expect(written[2]).to.match(/1\/s, \d+ min left/);
  });

  it('begins a bar for each phase, and clears the last one at the end', () => {
    const { written, phases: shown } = phases(true);
    shown.update('hash chain', 1, 10);
    shown.update('read models', 1, 10);
    shown.end();
    expect(written.filter((text) => text === '\r\x1b[2K')).to.have.length(2);
    expect(written.join('')).to.contain('hash chain').and.contain('read models');
  });

  it('writes lines where there is no terminal', () => {
    const { written, phases: shown } = phases(false);
    for (let done = 0; done <= 100; done += 5) shown.update('copying', done, 100);
    expect(written).to.have.length(10);
    expect(written.at(-1)).to.equal('copying 100/100  events\n');
  });
});
