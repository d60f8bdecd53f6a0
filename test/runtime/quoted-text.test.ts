import { expect } from 'chai';
import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { quotedText } from '../../src/runtime/quoted-text.ts';

const token = jwt.sign({ sub: 'arcadia-cloud', roles: ['admin'] }, 'a-shared-secret-of-sufficient-length', {
  algorithm: 'HS512',
});
const own = 'dop_v1_0123456789abcdef';

describe('quoted text of an upstream', () => {
  it('is short, on one line, and without control characters', () => {
    expect(quotedText('one\r\ntwo\u0000\u001b[31mthree\u202efour\u2028five')).to.equal(
      'one two [31mthree four five',
    );
    expect(quotedText('x'.repeat(1_000_000)))
      .to.have.length(300)
      .and.match(/x…$/);
    expect(quotedText('x'.repeat(500), [], 100)).to.have.length(100);
    expect(quotedText(`${'x'.repeat(298)}😀😀`).isWellFormed()).to.equal(true);
    expect(quotedText('the period is closed')).to.equal('the period is closed');
  });

  it('has no token in it, wherever that stands', () => {
    for (const text of [
      `token ${token}`,
      `Bearer ${token}`,
      `{"authorization":"Bearer ${token}"}`,
      `https://x/?t%3D${token}&y=1`,
      `https://me:${own}@host/`,
      `my ${own}!`,
    ]) {
      const shown = quotedText(text, [own, token]);
      expect(shown, text).to.not.contain(own).and.to.not.contain('eyJ');
      expect(shown).to.not.contain(token.split('.')[2]);
    }
    expect(quotedText(`another's dop_v1_${'f'.repeat(64)} here`)).to.equal("another's [redacted] here");
  });

  it('property: no part of a token is left where the text is cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        fc.constantFrom(token, own, 'a plain secret of words'),
        fc.integer({ min: 10, max: 400 }),
        (before, secret, most) => {
          const shown = quotedText(`${'-'.repeat(before)} ${secret} and so on`, [secret], most);
          expect(shown.length).to.be.at.most(most);
          expect(shown).to.not.contain(secret.slice(0, 7));
        },
      ),
    );
  });
});
