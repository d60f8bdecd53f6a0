// Apart from the rule itself, whose compiler takes half a second to load.

/** The ESLint rule that reports what the compiler finds. */
export const typesRule = 'arcadia/types-hold';

/** The rule looks only where this variable is set: files that lint takes from its cache are not checked. */
export const typesVariable = 'ARCADIA_LINT_TYPES';
