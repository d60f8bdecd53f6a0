/** How customers pay what they are sent. */
import { daysFrom } from '../../../src/pricing/calendar.ts';
import type { Json } from '../http/api.ts';
import type { Habit, Person } from './people.ts';
import type { World } from './world.ts';

/** The day of the year on which those pay who paid nothing for long. */
const atLast = 300;

/** Pays a part of what is open of an invoice, and answers the payment's id; null where nothing is. */
async function pay(
  world: World,
  { id, tenant_id }: Json,
  percent: number,
  named = world.random(4) > 0,
): Promise<string | null> {
  const { open_cents } = await world.read(`invoices/${id}`);
  const amount_cents = Math.ceil((open_cents * percent) / 100);
  if (amount_cents === 0) return null;
  const payment = await world.command('payments', {
    ...{ tenant_id, amount_cents, received_on: world.today, method: 'transfer' },
    reference: world.name('transfer'),
    invoice_id: named ? id : null,
  });
  return payment.id;
}

type Paying = (world: World, invoice: Json, due: number) => void;

/** What is planned when an invoice is seen; `due`: in so many days it is due. */
const paying: Readonly<Record<Habit, Paying>> = {
  prompt: (world, invoice, due) => {
    world.later(Math.max(0, due - world.random(10)), () => pay(world, invoice, 100));
  },
  late: (world, invoice, due) => {
    world.later(due + 15 + world.random(12), () => pay(world, invoice, 100));
  },
  'very-late': (world, invoice, due) => {
    world.later(due + 31 + world.random(14), () => pay(world, invoice, 100, true));
  },
  'in-parts': (world, invoice, due) => {
    world.later(Math.max(0, due - 2), () => pay(world, invoice, 60));
    world.later(due + 16 + world.random(10), () => pay(world, invoice, 100));
  },
  returned: (world, invoice, due) => {
    world.later(Math.max(0, due - 3), async () => {
      const id = await pay(world, invoice, 100);
      if (id === null) return;
      world.later(15 + world.random(10), () =>
        world.attempt('post', `payments/${id}/reverse`, { reason: 'no funds' }),
      );
      world.later(45, () => pay(world, invoice, 100));
    });
  },
  'in-advance': (world, invoice, due) => {
    world.later(Math.max(0, due - 5), () => pay(world, invoice, 150));
  },
  never: () => undefined,
  'at-last': (world, invoice) => {
    world.later(Math.max(0, atLast - daysFrom(world.begins, world.today).length), () =>
      pay(world, invoice, 100),
    );
  },
};

/** Plans the payments of an invoice that was issued. */
export function planPayments(world: World, person: Person, invoice: Json): void {
  const days = invoice.due_on <= world.today ? 0 : daysFrom(world.today, invoice.due_on).length - 1;
  paying[person.habit](world, invoice, days);
}
