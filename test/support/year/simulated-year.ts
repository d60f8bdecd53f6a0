/** A simulated year: days over HTTP in this process, nights in another one that is killed now and then. */
import { addDays, addMonths, daysFrom, normalisePeriod } from '../../../src/pricing/calendar.ts';
import type { Json } from '../http/api.ts';
import { startTestLedger, type TestLedger } from '../ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../mail/mail-server.ts';
import { randomFrom } from '../runtime/random-from.ts';
import { moveIn } from './lives.ts';
import { NightShift, type KillMoment } from './night-shift.ts';
import type { Night } from './nights-life.ts';
import { endMonth, hearOfInvoices, openBusiness, yearAccount } from './operator.ts';
import { makePeople, type Person } from './people.ts';
import type { RandomBelow } from './random-below.ts';
import { followWhims } from './whims.ts';
import { World } from './world.ts';

/** The first day of the year. */
export const yearBegins = '2027-07-01';

/** What becomes of a night. */
type Fate = { kind: 'worked' } | { kind: 'down' } | { kind: 'killed'; moment: KillMoment };

/** The fates of all nights: a week without service over a month's end, single nights, and kills. */
export function makeFates(random: RandomBelow, days: readonly string[], kills: number): Map<string, Fate> {
  const fates = new Map<string, Fate>();
  for (const day of daysFrom('2027-10-29', '2027-11-04')) fates.set(day, { kind: 'down' });
  for (const day of daysFrom('2028-02-10', '2028-02-16')) fates.set(day, { kind: 'down' });
  const free = days.slice(1, -12).filter((day) => !fates.has(day));
  const draw = (): string => free.splice(random(free.length), 1)[0] ?? '';
  for (let n = 0; n < 10; n += 1) fates.set(draw(), { kind: 'down' });
  // Half of the kills fall on nights in which months are closed.
  const busy = free.filter((day) => day.slice(8) <= '02');
  for (let n = 0; n < kills; n += 1) {
    const day = n % 2 === 0 && busy.length > 0 ? (busy.splice(random(busy.length), 1)[0] ?? draw()) : draw();
    fates.set(day, { kind: 'killed', moment: { steps: random(9), ms: random(80) } });
  }
  return fates;
}

/** The year, played by a seed. */
export class SimulatedYear {
  readonly ledger: TestLedger;
  readonly mail: MailServer;
  readonly world: World;
  readonly people: Person[];
  readonly shift: NightShift;
  /** The nights that were worked to their end. */
  readonly nights: Night[] = [];
  /** What held back a rollup, as `GET jobs` showed it to the operator on the day after. */
  readonly shown: string[] = [];
  private readonly heard = new Set<string>();
  private readonly random: RandomBelow;
  /** The day after the last month. */
  private readonly ends: string;

  private constructor(seed: number, months: number, ledger: TestLedger, mail: MailServer) {
    this.ends = addMonths(yearBegins, months);
    this.random = randomFrom(seed);
    this.ledger = ledger;
    this.mail = mail;
    this.world = new World(ledger, this.random, yearBegins);
    this.people = makePeople(this.random);
    const { url, token } = ledger.digitalOcean;
    this.shift = new NightShift({ target: ledger.target, smtpUrl: mail.url, digitalOcean: { url, token } });
  }

  /** Opens it. @param months how many of it are played */
  static async open(seed: number, months: number): Promise<SimulatedYear> {
    const now = `${yearBegins}T12:00:00.000Z`;
    const digitalOcean = { account: yearAccount(), now, limits: { perMinute: 100_000, perHour: 1_000_000 } };
    const ledger = await startTestLedger({ now, digitalOcean, postgresLog: true });
    return new SimulatedYear(seed, months, ledger, await startMailServer());
  }

  /** Plays all days and nights, until the last month is closed. */
  async play(kills: number): Promise<void> {
    const days = daysFrom(yearBegins, addDays(this.ends, 12));
    const fates = makeFates(this.random, days, kills);
    await openBusiness(this.world);
    for (const person of this.people) this.world.later(person.joins, () => moveIn(this.world, person));
    for (const day of days) {
      await this.liveDay(day);
      const next = addDays(day, 1);
      await this.workNight(next, fates.get(next) ?? { kind: 'worked' });
    }
  }

  async close(): Promise<void> {
    await this.shift.close();
    await this.ledger.close();
    await this.mail.close();
  }

  private async liveDay(day: string): Promise<void> {
    const { world } = this;
    world.begin(day);
    const { clock } = this.ledger.digitalOcean;
    clock.advance(Date.parse(this.ledger.clock.now()) - clock.now());
    endMonth(world);
    if (day.slice(8) <= '12')
      await hearOfInvoices(world, this.people, addMonths(normalisePeriod(day), -1), this.heard);
    if (this.nights.at(-1)?.day === day && this.nights.at(-1)?.held.length !== 0) await this.lookAtJobs();
    await world.act();
    if (day < this.ends) await followWhims(world);
  }

  private async lookAtJobs(): Promise<void> {
    const jobs: Json[] = await this.world.read('jobs');
    const { waiting_for, held_by } = jobs.find(({ name }) => name === 'invoices.rollup');
    if (waiting_for !== null) this.shown.push(...held_by.map(({ item }: Json) => item));
  }

  private async workNight(day: string, fate: Fate): Promise<void> {
    if (fate.kind === 'down') return;
    const night =
      fate.kind === 'worked' ? await this.shift.work(day) : await this.shift.workAndKill(day, fate.moment);
    if (night !== null) this.nights.push(night);
  }
}
