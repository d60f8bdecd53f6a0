import { expect } from 'chai';
import { createLogger } from '../../src/cli/create-logger.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { showVerification } from '../../src/cli/show-verification.ts';
import { visible, visibleLine } from '../../src/cli/visible.ts';
import { styleFor, table } from '../../demo/text.ts';

/** Clears the screen, rings the bell, reverses the text, and contains invisible characters and line ends. */
const hostile = 'a\u001b[2Jb\u0007c\u009b31md\u202ee\u2066f\u200bg\u2028h\u007fi\r';
const raw = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u202e\u2066]/;

describe('text for a terminal', () => {
  it('shows control characters as escapes', () => {
    expect(visible(hostile)).to.equal(
      'a\\u001b[2Jb\\u0007c\\u009b31md\\u202ee\\u2066f\\u200bg\\u2028h\\u007fi\\u000d',
    );
    expect(visible('plain, naïve, 東京, 👩‍💻, שלום\n\ttext')).to.equal('plain, naïve, 東京, 👩‍💻, שלום\n\ttext');
    expect(visible('half \ud800')).to.equal('half \\ud800');
  });

  it('keeps a value on its line', () => {
    expect(visibleLine('a name\nTOTAL  0.00')).to.equal('a name\\nTOTAL  0.00');
  });

  it('leaves JSON valid, with the same values', () => {
    expect(JSON.parse(visible(JSON.stringify({ name: hostile })))).to.deep.equal({ name: hostile });
  });

  it('is used by the log, progress, reports and tables', () => {
    const lines: string[] = [];
    createLogger('info', {
      write: (line) => {
        lines.push(line);
      },
    }).warn({ name: hostile, err: new Error(hostile) }, hostile);
    expect(JSON.parse(lines.join('')).name).to.equal(hostile);
    const written: string[] = [];
    createProgress({ write: (text) => written.push(text) }, 'sync').update(20, 20, hostile);
    const proof = showVerification(
      {
        ok: false,
        chain: { events: 1, unchained: 0, fault: { detail: hostile } },
        checkpoint: null,
        projections: [],
        invoices: {
          issues: 1,
          corrections: 1,
          lines: 1,
          differences: [{ invoice_id: 'i', issue_no: 1, position: 1, detail: hostile }],
        },
        numbers: { series: 1, numbers: 1, faults: [{ series: 's', number: hostile, fault: 'a gap' }] },
        documents: {
          forms: 1,
          faults: [{ number: hostile, form: 'pdf', document_id: 'd', fault: 'missing' }],
        },
      } as unknown as Parameters<typeof showVerification>[0],
      1,
    );
    const cells = table([{ heading: 'name' }], [[hostile]], styleFor(false));
    for (const text of [...lines, ...written, proof, cells.join('\n')])
      expect(text).to.contain('\\u001b[2J').and.to.not.match(raw);
  });
});
