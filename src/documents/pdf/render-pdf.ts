import type { DocumentView } from '../document-view.ts';
import { deflateStreams } from './deflate-streams.ts';
import { renderInvoice } from './render-invoice.ts';
import { renderReceipt } from './render-receipt.ts';
import { renderStatement } from './render-statement.ts';

function draw(view: DocumentView): Promise<Buffer> {
  switch (view.kind) {
    case 'receipt':
      return renderReceipt(view);
    case 'statement':
      return renderStatement(view);
    case 'invoice':
    case 'credit_note':
    case 'debit_note':
      return renderInvoice(view);
  }
}

/**
 * A document as a PDF (A4). The same view gives the same bytes, in every process and on every machine. It
 * takes seconds for hundreds of pages: the service renders in a thread of its own (`Renderer`).
 */
export async function renderPdf(view: DocumentView): Promise<Buffer> {
  return deflateStreams(await draw(view));
}
