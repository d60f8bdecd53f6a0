import { expect } from 'chai';
import { closeInTime, expectClosed, StopError } from '../../src/cli/close-in-time.ts';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import { silentLogger, type Logger } from '../../src/runtime/logger.ts';

describe('closing a service in time', () => {
  it('passes on how long runs may take, and ends with the service', async () => {
    const asked: (number | undefined)[] = [];
    const closed = await closeInTime(
      {
        close: async (drainMs) => {
          asked.push(drainMs);
        },
      },
      7,
      silentLogger,
    );
    expect([closed, asked]).to.deep.equal([true, [7]]);
    expectClosed(closed);
  });

  it('gives up on one that does not end, says so, and makes the process fail with one sentence', async () => {
    const errors: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (_members: object | string, message?: string) => {
        errors.push(message ?? '');
      },
    };
    const closed = await closeInTime({ close: () => new Promise(() => undefined) }, 1, logger, 5);
    expect(closed).to.equal(false);
    expect(errors).to.have.length(1);
    expect(() => {
      expectClosed(closed);
    }).to.throw(StopError);
    expect(explainFailure(new StopError('Not in time.'))).to.equal('Not in time.');
  });

  it('passes on any other error', async () => {
    const error = await closeInTime(
      { close: () => Promise.reject(new Error('broken')) },
      1,
      silentLogger,
    ).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.have.property('message', 'broken');
  });
});
