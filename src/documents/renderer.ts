import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DocumentView, InvoiceView } from './document-view.ts';
import { sourceThread } from './source-thread.ts';

/** What is to be rendered. The other kinds have no UBL form. */
export type RenderJob = { form: 'pdf'; view: DocumentView } | { form: 'ubl'; view: InvoiceView };

/** A job on its way to the thread. */
export type RenderRequest = RenderJob & { no: number };

/** The thread's answer to a request. */
export type RenderAnswer = { no: number; bytes: Uint8Array } | { no: number; failed: string };

/** Too many documents wait to be rendered. */
export class RendererBusy extends Error {
  constructor() {
    super('too many documents wait to be rendered');
    this.name = 'RendererBusy';
  }
}

/** Limits of a {@link Renderer}. */
export interface RendererLimits {
  /** How many documents may wait. */
  waiting: number;
  /** Milliseconds after which a render counts as stuck: its thread is ended. */
  renderMs: number;
  /** Milliseconds without work after which the thread and the fonts that it holds are let go. */
  idleMs: number;
}

const usualLimits: RendererLimits = { waiting: 200, renderMs: 120_000, idleMs: 60_000 };

interface Waiting {
  job: RenderJob;
  resolve: (bytes: Buffer) => void;
  reject: (error: Error) => void;
}

/** Where `scripts/compile.mjs` puts what it compiles. A source and the image know nothing of it. */
declare const COMPILED_FOLDER: string | undefined;

/** Starts the thread's file, compiled or as it is: a loader would take longer than the first document. */
function startThread(): Worker {
  if (typeof COMPILED_FOLDER === 'string') {
    const file = join(COMPILED_FOLDER, 'src/documents/render-worker.mjs');
    // A process may outlive the folder that it was started from.
    if (existsSync(file)) return new Worker(file, { execArgv: ['--enable-source-maps'] });
  }
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./render-worker.js', import.meta.url));
  return sourceThread(new URL('./render-worker.ts', import.meta.url));
}

/**
 * Renders documents in a thread of its own, one at a time: a document of hundreds of pages takes seconds, in
 * which the service goes on. The thread starts with the first document, and does not keep the process alive
 * without work. A crash fails the document that was being rendered; the next one has a new thread.
 */
export class Renderer {
  readonly #limits: RendererLimits;
  readonly #start: () => Worker;
  readonly #line: Waiting[] = [];
  #thread: Worker | null = null;
  #current: (Waiting & { no: number; timer: NodeJS.Timeout }) | null = null;
  #idle: NodeJS.Timeout | null = null;
  #no = 0;

  constructor(limits: Partial<RendererLimits> = {}, start: () => Worker = startThread) {
    this.#limits = { ...usualLimits, ...limits };
    this.#start = start;
  }

  /**
   * The bytes of a document.
   * @throws {RendererBusy} when too many wait already
   * @throws {Error} when it can't be rendered, or its thread ended
   */
  render(job: RenderJob): Promise<Buffer> {
    if (this.#line.length >= this.#limits.waiting) return Promise.reject(new RendererBusy());
    return new Promise((resolve, reject) => {
      this.#line.push({ job, resolve, reject });
      this.#next();
    });
  }

  /** Starts the thread ahead of the first document, which then does not wait for it. */
  warm(): void {
    this.#running();
    if (this.#current === null) this.#rest();
  }

  /** Ends the thread; what waits or is being rendered fails. A later render starts a new thread. */
  async close(): Promise<void> {
    for (const waiting of this.#line.splice(0)) waiting.reject(new Error('the renderer was closed'));
    const thread = this.#thread;
    this.#lose(new Error('the renderer was closed'));
    await thread?.terminate();
  }

  #next(): void {
    if (this.#current !== null) return;
    const waiting = this.#line.shift();
    if (waiting === undefined) return this.#rest();
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    this.#no += 1;
    const timer = setTimeout(() => {
      const stuck = this.#thread;
      this.#lose(new Error(`a document took more than ${this.#limits.renderMs} ms to render`));
      void stuck?.terminate();
      this.#next();
    }, this.#limits.renderMs);
    this.#current = { ...waiting, no: this.#no, timer };
    const thread = this.#running();
    thread.ref();
    thread.postMessage({ ...waiting.job, no: this.#no } satisfies RenderRequest);
  }

  /** Without work the thread keeps no process alive, and is let go after a while. */
  #rest(): void {
    const thread = this.#thread;
    if (thread === null || this.#idle !== null) return;
    thread.unref();
    this.#idle = setTimeout(() => {
      this.#idle = null;
      this.#lose(new Error('the thread was idle'));
      void thread.terminate();
    }, this.#limits.idleMs).unref();
  }

  #running(): Worker {
    if (this.#thread !== null) return this.#thread;
    const thread = this.#start();
    this.#thread = thread;
    thread.on('message', (answer: RenderAnswer) => {
      if (thread === this.#thread) this.#settle(answer);
    });
    const ended = (error: Error): void => {
      if (thread !== this.#thread) return;
      this.#lose(error);
      this.#next();
    };
    thread.on('error', (error) => {
      ended(new Error('the thread that renders failed', { cause: error }));
    });
    thread.on('exit', (code) => {
      ended(new Error(`the thread that renders ended with code ${code}`));
    });
    return thread;
  }

  #settle(answer: RenderAnswer): void {
    const current = this.#current;
    if (current === null || current.no !== answer.no) return;
    clearTimeout(current.timer);
    this.#current = null;
    if ('failed' in answer) current.reject(new Error(`a document can't be rendered: ${answer.failed}`));
    else current.resolve(Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.byteLength));
    this.#next();
  }

  /** Forgets the thread; what it was rendering fails. */
  #lose(error: Error): void {
    this.#thread = null;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    const current = this.#current;
    this.#current = null;
    if (current === null) return;
    clearTimeout(current.timer);
    current.reject(error);
  }
}

/** The renderer of this process. It starts no thread before the first document, unless it is asked to. */
export const renderer = new Renderer();
