import { expect } from 'chai';
import { createLogger } from '../../src/cli/create-logger.ts';

describe('the log', () => {
  const logged = (fields: object): string => {
    const lines: string[] = [];
    createLogger('info', {
      write: (line) => {
        lines.push(line);
      },
    }).info(fields, 'said');
    return lines.join('');
  };

  it('is a JSON object a line, with the time and the service', () => {
    const line = JSON.parse(logged({ position: 7 }));
    expect(line).to.include({ service: 'arcadia-cloud', position: 7, msg: 'said' });
    expect(line.time).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('contains no secret, at any depth', () => {
    const names = [
      'authorization',
      'token',
      'access_token',
      'secret',
      'password',
      'jwtSecret',
      'cookie',
      'idempotency-key',
    ];
    for (const name of names) {
      for (const fields of [
        { [name]: 'hidden' },
        { headers: { [name]: 'hidden' } },
        { request: { headers: { [name]: 'hidden' } } },
      ]) {
        expect(logged(fields), JSON.stringify(fields)).to.contain('[redacted]').and.to.not.contain('hidden');
      }
    }
    expect(logged({ err: Object.assign(new Error('no'), { authorization: 'hidden' }) })).to.not.contain(
      'hidden',
    );
  });

  it('omits lines below its level', () => {
    const lines: string[] = [];
    const logger = createLogger('warn', {
      write: (line) => {
        lines.push(line);
      },
    });
    logger.info('quiet');
    logger.warn('loud');
    expect(lines).to.have.length(1);
  });
});
