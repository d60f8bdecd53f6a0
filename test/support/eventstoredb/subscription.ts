// A catch-up subscription: what is stored first, at the subscriber's pace, then what is new. New events wait in a small
// buffer; a subscriber that lets it run over is dropped, as the real server does.
import { once } from 'node:events';
import type { EventFilter } from './event-filter.ts';
import type { StreamMessages } from './messages.ts';
import type { Outlet } from './outlet.ts';
import { caughtUpAnswer, checkpointAnswer, confirmationAnswer, eventAnswer } from './read-answers.ts';
import { refusals, type Refusal } from './refusals.ts';
import type { LogRecord, ServerLog } from './server-log.ts';
import type { Feed } from './subscription-feeds.ts';

const PAGE = 32;
/** How often the server looks whether the stream exists by now. */
const WAIT_MS = 50;

export class Subscription {
  readonly #feed: Feed;
  readonly #outlet: Outlet;
  readonly #liveBuffer: number;
  readonly #filter: EventFilter | null;
  /** Answers about new events that the subscriber has not taken yet. */
  #waiting: StreamMessages.ReadResp[] = [];
  #dropped: Refusal | null = null;
  #looked = 0;
  readonly #news = new EventTarget();

  constructor(feed: Feed, outlet: Outlet, liveBuffer: number, filter: EventFilter | null) {
    this.#feed = feed;
    this.#outlet = outlet;
    this.#liveBuffer = liveBuffer;
    this.#filter = filter;
    void outlet.over.then(() => { this.#wake(); });
  }

  /** Ends the subscription with the error. */
  drop(refusal: Refusal): void {
    this.#dropped ??= refusal;
    this.#wake();
  }

  /** Serves the subscriber until it goes or is dropped. */
  async run(log: ServerLog): Promise<void> {
    await this.#outlet.send(confirmationAnswer());
    if (!this.#feed.fromEnd) await this.#catchUp();
    // Between the last look at what is stored and this line nothing else runs: no event falls between the two.
    const stop = log.listen((record) => { this.#appeared(record); });
    this.#waiting.unshift(caughtUpAnswer());
    await this.#live();
    stop();
    if (this.#dropped !== null) await this.#outlet.fail(this.#dropped);
  }

  get #isOver(): boolean { return this.#dropped !== null || this.#outlet.isOver; }

  async #catchUp(): Promise<void> {
    while (!this.#isOver) {
      const page = this.#feed.next(PAGE);
      if (page === 'wait') {
        await new Promise((resolve) => { setTimeout(resolve, WAIT_MS); });
      } else if ('code' in page) {
        this.drop(page);
      } else if (page.length === 0) {
        return;
      } else {
        for (const answer of page.flatMap((record) => this.#answers(record))) {
          if (!await this.#outlet.send(answer) || this.#dropped !== null) return;
        }
      }
    }
  }

  async #live(): Promise<void> {
    while (!this.#outlet.isOver) {
      const answer = this.#waiting.shift();
      if (answer !== undefined) await this.#outlet.send(answer);
      else if (this.#dropped !== null) return;
      else await once(this.#news, 'news');
    }
  }

  #appeared(record: LogRecord): void {
    if (this.#dropped !== null) return;
    const meaning = this.#feed.appeared(record);
    if (meaning === 'not-mine') return;
    if (meaning !== 'mine') { this.drop(meaning); return; }
    this.#waiting.push(...this.#answers(record));
    // What is on its way to the subscriber still reaches it; what waits behind that is lost to this subscription.
    if (this.#waiting.length > 2 * this.#liveBuffer) {
      this.#waiting = this.#waiting.slice(0, this.#liveBuffer);
      this.drop(refusals.consumerTooSlow());
    }
    this.#wake();
  }

  /** The event, if the filter lets it pass, and a checkpoint, when one is due. */
  #answers(record: LogRecord): StreamMessages.ReadResp[] {
    if (this.#filter === null) return [eventAnswer(record)];
    const answers = this.#filter.matches(record) ? [eventAnswer(record)] : [];
    this.#looked += 1;
    if (this.#looked % this.#filter.checkpointEvery === 0) answers.push(checkpointAnswer(record.position));
    return answers;
  }

  #wake(): void { this.#news.dispatchEvent(new Event('news')); }
}
