import { expect } from 'chai';
import { isTransientError } from '../../src/database/connection.ts';

const withCode = (code: string) => Object.assign(new Error(code), { code });

describe('a transient error', () => {
  it('is an absent database, one without room, and a conflict of locks or snapshots', () => {
    for (const code of [
      'ECONNREFUSED',
      'CONNECTION_CLOSED',
      '57P01',
      '53100',
      '53200',
      '40001',
      '40P01',
      '55P03',
      '58030',
    ])
      expect(isTransientError(withCode(code)), code).to.equal(true);
  });

  it('is not an error of the request', () => {
    for (const code of ['23505', '22P02', '42P01', '23502', ''])
      expect(isTransientError(withCode(code)), code).to.equal(false);
    expect(isTransientError('text')).to.equal(false);
  });
});
