import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { renderPdf } from '../../src/documents/pdf/render-pdf.ts';
import { Renderer, RendererBusy } from '../../src/documents/renderer.ts';
import { goldenInvoice, longInvoice, receipt } from '../support/documents/views.ts';

const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error('it was fulfilled'),
    (error: unknown) => error,
  );

/** A thread that does what the text says with each request, or fails. */
const thread = (onMessage: string) => () =>
  new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', (request) => { ${onMessage} });`,
    { eval: true, execArgv: [] },
  );

const answers =
  'parentPort.postMessage({ no: request.no, bytes: Buffer.from("%PDF " + request.view.number) });';

describe('the thread that renders', () => {
  let renderer: Renderer;
  afterEach(async () => {
    await renderer.close();
  });

  it('gives the bytes that rendering here gives', async () => {
    renderer = new Renderer();
    const [golden, paid, ubl] = await Promise.all([
      renderer.render({ form: 'pdf', view: goldenInvoice }),
      renderer.render({ form: 'pdf', view: receipt }),
      renderer.render({ form: 'ubl', view: goldenInvoice }),
    ]);
    expect(golden.equals(await renderPdf(goldenInvoice))).to.equal(true);
    expect(paid.equals(await renderPdf(receipt))).to.equal(true);
    expect(ubl.toString()).to.contain('<cbc:PayableAmount currencyID="AUD">70.64');
  });

  it('may be warmed ahead of the first document, with one thread for both', async () => {
    let started = 0;
    renderer = new Renderer({}, () => {
      started += 1;
      return thread(answers)();
    });
    renderer.warm();
    renderer.warm();
    expect(started).to.equal(1);
    expect((await renderer.render({ form: 'pdf', view: receipt })).toString()).to.equal(
      `%PDF ${receipt.number}`,
    );
    expect(started).to.equal(1);
  });

  it('lets the service go on while it renders 200 pages', async () => {
    renderer = new Renderer();
    await renderer.render({ form: 'pdf', view: receipt });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const pdf = await renderer.render({ form: 'pdf', view: longInvoice(5800) });
    delay.disable();
    expect(Number(/\/Count (\d+)/.exec(pdf.toString('latin1'))?.[1])).to.be.at.least(200);
    expect(delay.max / 1e6).to.be.lessThan(500);
  });

  it('fails a document that crashes it, and no other', async () => {
    renderer = new Renderer({}, thread(`if (request.view.number === 'bad') process.exit(3); ${answers}`));
    const good = renderer.render({ form: 'pdf', view: goldenInvoice });
    const bad = rejected(renderer.render({ form: 'pdf', view: { ...goldenInvoice, number: 'bad' } }));
    const later = renderer.render({ form: 'pdf', view: receipt });
    expect((await good).toString()).to.equal(`%PDF ${goldenInvoice.number}`);
    expect(await bad).to.have.property('message', 'the thread that renders ended with code 3');
    expect((await later).toString()).to.equal(`%PDF ${receipt.number}`);
  });

  it('fails a document that it throws at, or that never ends', async () => {
    renderer = new Renderer({}, thread("throw new Error('no');"));
    expect(await rejected(renderer.render({ form: 'pdf', view: receipt }))).to.have.nested.property(
      'cause.message',
      'no',
    );
    await renderer.close();
    renderer = new Renderer({ renderMs: 50 }, thread('for (;;);'));
    expect(await rejected(renderer.render({ form: 'pdf', view: receipt })))
      .to.have.property('message')
      .that.contains('more than 50 ms');
  });

  it('takes no more than it can hold', async () => {
    renderer = new Renderer({ waiting: 2 }, thread(''));
    const first = [1, 2, 3].map(() => rejected(renderer.render({ form: 'pdf', view: receipt })));
    expect(await rejected(renderer.render({ form: 'pdf', view: receipt }))).to.be.instanceOf(RendererBusy);
    await renderer.close();
    for (const one of first) expect(await one).to.have.property('message', 'the renderer was closed');
  });

  it('starts anew after it was idle', async () => {
    let started = 0;
    renderer = new Renderer({ idleMs: 20 }, () => {
      started += 1;
      return thread(answers)();
    });
    await renderer.render({ form: 'pdf', view: receipt });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await renderer.render({ form: 'pdf', view: receipt });
    expect(started).to.equal(2);
  });
});
