/** The customers of the simulated year: each lives in its own way, and all ways occur with every seed. */
import type { RandomBelow } from './random-below.ts';

/** How a customer pays its invoices. */
export type Habit =
  | 'prompt'
  /** After dunning, before suspension. */
  | 'late'
  /** After suspension. */
  | 'very-late'
  | 'in-parts'
  /** The payment is returned, and made again much later. */
  | 'returned'
  /** More than it owes. */
  | 'in-advance'
  | 'never'
  /** Nothing for months, then all of it. */
  | 'at-last';

/** What a customer, or the operator for it, does now and then. */
export type Whim =
  | 'llm'
  | 'usage'
  | 'plan'
  | 'addons'
  | 'pause'
  | 'charge'
  | 'take-back'
  | 'tie'
  | 'back-date'
  | 'decide'
  | 'credit'
  | 'void';

/** How a trial goes. */
export type Trial =
  /** It is subscribed and has a profile: it becomes active by itself. */
  | 'ready'
  | 'without-profile'
  | 'without-subscription'
  /** The customer activates it before its end. */
  | 'early'
  /** The customer cancels it before its end. */
  | 'cancelled';

/** A customer. */
export interface Person {
  tenant: string;
  /** Days after the year's begin. */
  joins: number;
  sites: number;
  plan: string;
  /** Its sites are made from a template. */
  template: boolean;
  trial: Trial | null;
  /** Days after joining at which its profile is recorded. */
  profileAfter: number;
  netDays: number;
  habit: Habit;
  whims: readonly Whim[];
  /** Automatic billing actions leave its deployments alone. */
  shielded: boolean;
  /** The operator lifts what dunning did, for the debt that there is then. */
  lifted: boolean;
  /** Days after joining at which it leaves; null: it stays. */
  leaves: number | null;
}

const habits: readonly Habit[] = [
  ...['prompt', 'late', 'very-late', 'in-parts', 'never'],
  ...['returned', 'prompt', 'in-advance', 'late', 'at-last'],
] as Habit[];

const trials: readonly Trial[] = ['ready', 'without-profile', 'without-subscription', 'early', 'cancelled'];

const whims: readonly (readonly Whim[])[] = [
  ['llm', 'plan', 'take-back'],
  ['usage', 'addons', 'charge'],
  ['pause', 'llm', 'credit'],
  ['tie', 'back-date', 'usage'],
  ['decide', 'charge', 'llm'],
  ['back-date', 'void', 'plan'],
];

const pick = <T>(some: readonly T[], index: number): T => some[index % some.length] as T;

/** Makes 30 customers. */
export function makePeople(random: RandomBelow): Person[] {
  return Array.from({ length: 30 }, (_, index): Person => {
    const trial = index % 3 === 1 ? pick(trials, (index - 1) / 3) : null;
    // The first of each habit are there from the first weeks on.
    const joins = index < 20 || index === 24 ? random(25) : 25 + random(180);
    // The first month has ended when one profile comes.
    const withoutTrial = index === 12 ? 36 - joins : 0;
    return {
      tenant: `tenant-${String(index).padStart(2, '0')}`,
      joins,
      sites: index % 5 === 2 ? 2 : 1,
      plan: pick(['starter', 'studio', 'pro', 'studio'], index),
      template: index % 6 === 3 && trial === null,
      trial,
      profileAfter: trial === 'without-profile' ? 17 + random(6) : withoutTrial,
      netDays: pick([14, 14, 7, 30], index),
      habit: pick(habits, index),
      whims: pick(whims, index),
      shielded: index === 14,
      lifted: index === 24,
      leaves: index % 9 === 8 ? 90 + random(150) : null,
    };
  });
}
