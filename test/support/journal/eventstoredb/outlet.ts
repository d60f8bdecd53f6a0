// The answering side of a read: writes in order, at the pace of the reader, and ends once.
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { StreamMessages } from './messages.ts';
import type { Refusal } from './refusals.ts';

type ReadCall = ServerWritableStream<StreamMessages.ReadReq, StreamMessages.ReadResp>;

export class Outlet {
  readonly #call: ReadCall;
  readonly #over: Promise<void>;
  #isOver = false;
  #end: () => void = () => undefined;
  /** Resumes a writer that waits for the reader. */
  #resume: () => void = () => undefined;
  #written: Promise<void> = Promise.resolve();

  /** `ended` is called once, when client or server ends the call. */
  constructor(call: ReadCall, ended: () => void) {
    this.#call = call;
    this.#over = new Promise((resolve) => {
      this.#end = () => {
        if (!this.#isOver) ended();
        this.#isOver = true;
        resolve();
        this.#resume();
      };
    });
    call.on('cancelled', this.#end);
    call.on('close', this.#end);
    call.on('drain', () => {
      this.#resume();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when the call is over. */
  get over(): Promise<void> {
    return this.#over;
  }

  /** Sends one answer; resolves to false once the call is over. */
  async send(answer: StreamMessages.ReadResp): Promise<boolean> {
    if (this.#isOver) return false;
    let goesOn = true;
    this.#written = new Promise((resolve) => {
      goesOn = this.#call.write(answer, () => {
        resolve();
      });
    });
    if (!goesOn)
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    return !this.#isOver;
  }

  end(): void {
    if (!this.#isOver) this.#call.end();
    this.#end();
  }

  /** Ends the call with the error, once everything sent before is written. */
  async fail(refusal: Refusal): Promise<void> {
    await Promise.race([this.#written, this.#over]);
    if (!this.#isOver) this.#call.emit('error', refusal);
    this.#end();
  }
}
