import fc from 'fast-check';
import { expect } from 'chai';
import { renderPdf } from '../../../src/documents/pdf/render-pdf.ts';
import { clustersOf, runsOf } from '../../../src/documents/pdf/text-runs.ts';
import { visibleText } from '../../../src/documents/visible-text.ts';
import { pdfText, placedText } from '../../support/documents/pdf-text.ts';
import { buyer, groupOf, invoiceOf, lineOf, seller } from '../../support/documents/views.ts';

const runs = (text: string): string[] =>
  runsOf(clustersOf(visibleText(text), 'regular')).map((run) => run.text);
const drawn = (text: string): string => runs(text).join('');

describe('names in a document', () => {
  const scripts = {
    cyrillic: 'Общество «Ромашка», Київ',
    chinese: '北京云计算有限公司 臺灣',
    japanese: '株式会社クラウド ひらがな',
    korean: '주식회사 클라우드',
    thai: 'บริษัท คลาวด์ จำกัด',
    hindi: 'हिन्दी कंपनी',
    greek: 'Εταιρεία',
    accents: 'Zoë Łukasz Şahin Việt',
  };
  for (const [script, name] of Object.entries(scripts)) {
    it(`are drawn: ${script}`, () => {
      expect(drawn(name)).to.equal(name.normalize('NFC'));
    });
  }

  it('are drawn: emoji, of several parts as well', () => {
    for (const emoji of ['🚀', '👩‍💻', '👍🏽', '🎉'])
      expect(drawn(emoji).startsWith([...emoji][0] ?? '')).to.equal(true);
  });

  it('of scripts from the right are ordered from the right', () => {
    expect(runs('abc שלום עולם 12')).to.deep.equal(['abc ', '12', ' ', 'עולם', ' ', 'שלום']);
    expect(runs('(مرحبا) 5')).to.deep.equal(['5', ' (', 'مرحبا', ')']);
  });

  it('keep marks on their letters', () => {
    expect(clustersOf(visibleText('q\u0303e\u0301'), 'regular').map((cluster) => cluster.text)).to.deep.equal(
      ['q\u0303', 'é'],
    );
  });

  it('show a box for what no font has, and for what would not print', () => {
    expect(drawn('Հայ')).to.equal('□□□');
    expect(drawn('a\u0000b\u202ec\ud800d\u001b')).to.equal('a□b□c□d□');
    expect(drawn('one\ttwo\r\nthree')).to.equal('one two  three');
  });

  it('of 300 characters stay within their column', async () => {
    const long = invoiceOf([groupOf([lineOf(1, { description: 'x'.repeat(300) })], 'Name '.repeat(60))], {
      buyer: { ...buyer, legal_name: 'W'.repeat(300), po_number: 'P'.repeat(300), contact: '名'.repeat(300) },
      seller: { ...seller, legal_name: 'Seller '.repeat(40), footer: 'foot '.repeat(100) },
    });
    for (const page of await placedText(await renderPdf(long)))
      for (const { text, x, right } of page) expect(right, text).to.be.at.most(549).and.at.least(x);
  });

  it('never fail, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme' })), {
          minLength: 8,
          maxLength: 8,
        }),
        async (names) => {
          // Several in one document: most of what it costs is its fonts.
          const groups = names.map(([a, b]) => groupOf([lineOf(1, { description: a })], b));
          const [[a, b] = ['', '']] = names;
          const view = invoiceOf(groups, {
            buyer: { ...buyer, legal_name: a, trading_name: b },
            reason: b,
          });
          expect((await renderPdf(view)).subarray(0, 5).toString()).to.equal('%PDF-');
        },
      ),
      { numRuns: 4 },
    );
  });

  it('can be read from the file again', async () => {
    const [page] = await pdfText(
      await renderPdf(invoiceOf([groupOf([lineOf(1, { description: 'Київ 北京' })])])),
    );
    expect(page).to.contain('Київ').and.contain('北京');
  });
});
