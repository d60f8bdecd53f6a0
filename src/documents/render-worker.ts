/** The thread that renders: one document after the other, each answered by its number. */
import { parentPort } from 'node:worker_threads';
import { renderPdf } from './pdf/render-pdf.ts';
import type { RenderAnswer, RenderRequest } from './renderer.ts';
import { renderUbl } from './ubl/render-ubl.ts';

const port = parentPort;
if (port === null) throw new Error('render-worker runs in a worker thread');

async function render(request: RenderRequest): Promise<Uint8Array> {
  return request.form === 'pdf' ? renderPdf(request.view) : Buffer.from(renderUbl(request.view), 'utf8');
}

port.on('message', (request: RenderRequest) => {
  void render(request)
    .then((bytes): RenderAnswer => ({ no: request.no, bytes }))
    .catch((error: unknown): RenderAnswer => ({
      no: request.no,
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then((answer) => {
      port.postMessage(answer);
    });
});
