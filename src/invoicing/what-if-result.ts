import type { GivenOverrides } from './resolve-overrides.ts';
import type { WhatIfMonth } from './what-if-month.ts';
import type { WhatIfSums } from './what-if-sums.ts';

/** What every result starts with. */
interface WhatIfHead {
  id: string;
  created_at: string;
  /** The journal position of its inputs. */
  inputs_position: number;
  /** As they were given. */
  overrides: GivenOverrides;
}

/** The result for one month: that month. */
export type WhatIfOfMonth = WhatIfHead & WhatIfMonth;

/** The result for several months: each in the given order, and their sums. */
export type WhatIfOfMonths = WhatIfHead & WhatIfSums & { periods: WhatIfMonth[] };

export type WhatIfResult = WhatIfOfMonth | WhatIfOfMonths;
