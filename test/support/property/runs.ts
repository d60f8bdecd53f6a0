/**
 * How often a property on a whole ledger is tried: some times in each run of all tests, whose inputs are
 * others each time. `PROPERTY_TIMES` asks for so many times more.
 */
export const runs = (usual: number): number => usual * Number(process.env['PROPERTY_TIMES'] ?? 1);
