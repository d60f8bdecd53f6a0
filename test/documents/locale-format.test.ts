import { expect } from 'chai';
import { formatFor } from '../../src/documents/locale-format.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('the format of a locale', () => {
  it('writes amounts exactly, of any size', () => {
    const format = formatFor(null);
    expect(format.amount(0)).to.equal('0.00');
    expect(format.amount(-5)).to.equal('-0.05');
    expect(format.amount(100_000_000_000_001)).to.equal('1,000,000,000,000.01');
    expect(format.price('0.5')).to.equal('0.005');
    expect(format.price('5000')).to.equal('50.00');
    expect(format.quantity('007.10')).to.equal('7.1');
    expect(format.quantity('1234567.000000000001')).to.equal('1,234,567.000000000001');
    expect(format.percent('0.10')).to.equal('10%');
    expect(format.percent('0.125')).to.equal('12.5%');
  });

  it('shows the currency, with its country where the reader could mistake it', () => {
    expect(plain(formatFor(null).money(7064, 'AUD'))).to.equal('$70.64');
    expect(plain(formatFor('en-AU').money(-7064, 'AUD'))).to.equal('-$70.64');
    expect(plain(formatFor('en-US').money(7064, 'AUD'))).to.equal('A$70.64');
    expect(plain(formatFor('en-US').money(7064, 'USD'))).to.equal('$70.64');
    expect(plain(formatFor('de-DE').money(123_456, 'EUR'))).to.equal('1.234,56 €');
    expect(plain(formatFor('en-AU').money(7064, 'CHF'))).to.equal('CHF 70.64');
  });

  it('writes days in the order of the language', () => {
    const day = (locale: string | null): string => plain(formatFor(locale).day('2026-04-03'));
    expect(day(null)).to.equal('3 April 2026');
    expect(day('en-US')).to.equal('April 3, 2026');
    expect(day('de-AT')).to.equal('03.04.2026');
    expect(day('fr')).to.equal('03/04/2026');
    expect(day('sv-SE')).to.equal('2026-04-03');
    expect(day('zh-Hant-TW')).to.equal('2026/04/03');
    expect(day('xx-constructor')).to.equal('3 April 2026');
  });
});
