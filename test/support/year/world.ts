/** The world around the ledger: people who act over HTTP by day, and what they have planned. */
import { addDays } from '../../../src/pricing/calendar.ts';
import { ok, type ApiAnswer, type ApiRequest, type Json } from '../http/api.ts';
import { serviceToken, tenantToken } from '../http/tokens.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import type { Person } from './people.ts';
import type { RandomBelow } from './random-below.ts';

/** A deployment of a person. */
export interface Site {
  id: string;
  person: Person;
}

/** An act that was sent. */
export interface Sent {
  day: string;
  what: string;
  status: number;
  detail: string;
}

type Act = () => Promise<unknown>;

/** A day's people: their sites, their plans for later days, and all that they have sent. */
export class World {
  readonly ledger: TestLedger;
  readonly random: RandomBelow;
  readonly sites: Site[] = [];
  /** Everything that was sent and might be refused. */
  readonly sent: Sent[] = [];
  /** The first day. */
  readonly begins: string;
  today: string;
  private readonly diary = new Map<string, Act[]>();
  private names = 0;

  constructor(ledger: TestLedger, random: RandomBelow, begins: string) {
    this.ledger = ledger;
    this.random = random;
    this.begins = begins;
    this.today = begins;
  }

  /** Plans an act for so many days later; 0: it is for later today. */
  later(days: number, act: Act): void {
    const day = addDays(this.today, days);
    this.diary.set(day, [...(this.diary.get(day) ?? []), act]);
  }

  /** Begins a day. */
  begin(day: string): void {
    this.today = day;
    this.ledger.clock.set(`${day}T12:00:00.000Z`);
  }

  /** Does what is planned for today, and what comes of it. */
  async act(): Promise<void> {
    for (let acts = this.diary.get(this.today); acts !== undefined; acts = this.diary.get(this.today)) {
      this.diary.delete(this.today);
      for (const act of acts) await act();
    }
  }

  /** A day so many days back, but not before the first one. */
  back(days: number): string {
    const day = addDays(this.today, -days);
    return day < this.begins ? this.begins : day;
  }

  /** A name that no other has. */
  name(of: string): string {
    this.names += 1;
    return `${of}-${this.names}`;
  }

  as(person: Person): ApiRequest {
    return { token: tenantToken(person.tenant) };
  }

  readonly gateway: ApiRequest = { token: serviceToken() };

  /**
   * Sends a command that may be refused for what is so by now; one in eight is sent again, as by a caller
   * that got no answer.
   */
  async attempt(
    method: 'post' | 'put' | 'patch' | 'delete',
    path: string,
    body: Json = {},
    request: ApiRequest = {},
  ): Promise<ApiAnswer> {
    const { api, clock } = this.ledger;
    clock.advance(60_000);
    const key = method === 'post' ? { 'Idempotency-Key': this.name('key') } : {};
    const sent = { ...request, headers: { ...request.headers, ...key } };
    const send = () => (method === 'delete' ? api.delete(path, sent) : api[method](path, body, sent));
    const answer = await send();
    if (this.random(8) === 0) {
      clock.advance(1_000);
      await send();
    }
    const { status } = answer;
    const detail = status < 300 ? '' : JSON.stringify(answer.body);
    if (!accepted(method, request).includes(status))
      throw new Error(`${this.today} ${method} ${path} ${JSON.stringify(body)}: ${status} ${detail}`);
    this.sent.push({ day: this.today, what: `${method} ${path} ${JSON.stringify(body)}`, status, detail });
    return answer;
  }

  /** Sends a command that is accepted. */
  async command(path: string, body: Json = {}, request: ApiRequest = {}): Promise<Json> {
    const { status, body: answer } = await this.attempt('post', path, body, request);
    if (status >= 300)
      throw new Error(`${this.today} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  /** Reads over HTTP. */
  async read(path: string): Promise<Json> {
    return (await ok(this.ledger.api.get(path))).data;
  }
}

/** What is done, or refused for what is so by now: a customer can't undo what the operator did. */
function accepted(method: string, { token }: ApiRequest): number[] {
  return [200, 201, 409, 422, ...(method === 'delete' ? [404] : []), ...(token === undefined ? [] : [403])];
}
