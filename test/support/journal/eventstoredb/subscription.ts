// A catch-up subscription: what is stored first, at the subscriber's pace, then what is new. New events wait
// in a small buffer; a subscriber that lets it run over is dropped, as the real server does.
import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';
import type { EventFilter } from './event-filter.ts';
import type { StreamMessages } from './messages.ts';
import type { Outlet } from './outlet.ts';
import { caughtUpAnswer, checkpointAnswer, confirmationAnswer, eventAnswer } from './read-answers.ts';
import { refusals, type Refusal } from './refusals.ts';
import type { LogRecord, ServerLog } from './server-log.ts';
import type { Feed } from './subscription-feeds.ts';

const PAGE = 32;
/** How often the server checks whether the stream exists. */
const WAIT_MS = 50;

export class Subscription {
  readonly #feed: Feed;
  readonly #outlet: Outlet;
  readonly #liveBuffer: number;
  readonly #filter: EventFilter | null;
  /** Messages about new events that the subscriber has not read yet. */
  #waiting: StreamMessages.ReadResp[] = [];
  #dropped: Refusal | null = null;
  /** How many events the filter has looked at since the last checkpoint. */
  #looked = 0;
  readonly #news = new EventTarget();

  constructor(feed: Feed, outlet: Outlet, liveBuffer: number, filter: EventFilter | null) {
    this.#feed = feed;
    this.#outlet = outlet;
    this.#liveBuffer = liveBuffer;
    this.#filter = filter;
    void outlet.over.then(() => {
      this.#wake();
    });
  }

  /** Ends the subscription with the error. */
  drop(refusal: Refusal): void {
    this.#dropped ??= refusal;
    this.#wake();
  }

  /** Serves the subscriber until it leaves or is dropped. */
  async run(log: ServerLog): Promise<void> {
    if (this.#feed.fromEnd) await this.#outlet.send(confirmationAnswer());
    else await this.#catchUp();
    // Between the last look at what is stored and this line nothing else runs: no event falls between the
    // two.
    const stop = log.listen((record) => {
      this.#appeared(record);
    });
    if (this.#dropped === null) this.#waiting.push(caughtUpAnswer());
    await this.#live();
    stop();
    if (this.#dropped !== null) await this.#outlet.fail(this.#dropped);
  }

  async #catchUp(): Promise<void> {
    let confirmed = false;
    while (this.#dropped === null && !this.#outlet.isOver) {
      const page = this.#feed.next(Math.min(this.#filter?.searchWindow ?? PAGE, PAGE));
      if ('code' in page) {
        this.drop(page);
        return;
      }
      if (page.kind === 'events' && page.records.length === 0 && confirmed) return;
      if (!confirmed) await this.#outlet.send(confirmationAnswer());
      confirmed = true;
      if (page.kind === 'no-stream') await sleep(WAIT_MS);
      else await this.#sendPage(page.records);
    }
  }

  async #sendPage(records: readonly LogRecord[]): Promise<void> {
    const passed = records.filter((record) => this.#filter?.matches(record) ?? true);
    for (const record of passed) {
      if (!(await this.#outlet.send(eventAnswer(record))) || this.#dropped !== null) return;
    }
    this.#looked += records.length;
    if (this.#filter === null || this.#looked < this.#filter.checkpointEvery) return;
    this.#looked %= this.#filter.checkpointEvery;
    // When no event matched, the real server names the start of the page.
    const place = passed.at(-1) ?? records[0];
    if (place !== undefined) await this.#outlet.send(checkpointAnswer(place.position));
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
    if (this.#dropped !== null || !this.#feed.concerns(record)) return;
    if (this.#filter?.matches(record) ?? true) this.#waiting.push(eventAnswer(record));
    this.#looked += 1;
    if (this.#filter !== null && this.#looked % this.#filter.checkpointEvery === 0)
      this.#waiting.push(checkpointAnswer(record.position));
    // What is on its way to the subscriber still reaches it; what waits behind that is lost to this
    // subscription.
    if (this.#waiting.length > 2 * this.#liveBuffer) {
      this.#waiting = this.#waiting.slice(0, this.#liveBuffer);
      this.drop(refusals.consumerTooSlow());
    }
    const end = this.#feed.endedBy(record);
    if (end !== null) this.drop(end);
    this.#wake();
  }

  #wake(): void {
    this.#news.dispatchEvent(new Event('news'));
  }
}
