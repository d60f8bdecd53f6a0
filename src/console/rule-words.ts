/** How costs of no tenant are spread, in words. */
export const ruleWords = {
  none: 'not at all',
  even: 'evenly',
  by_cost: 'by direct costs',
  by_revenue: 'by revenue',
} as const;
