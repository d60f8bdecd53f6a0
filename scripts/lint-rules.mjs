// The project's own lint rules: what the rooms may import, and what templates and connections leave alone.
import { importsAsListed } from './rooms.mjs';

/** A rule that reports the nodes of a kind which `isWrong` finds. */
const refused = (kind, isWrong, text) => ({
  meta: { type: 'problem', schema: [], messages: { refused: text } },
  create: (context) => ({
    [kind](node) {
      if (isWrong(node)) context.report({ node, messageId: 'refused' });
    },
  }),
});

export default {
  meta: { name: 'arcadia' },
  rules: {
    'imports-as-listed': importsAsListed,
    'no-reserve': refused(
      'CallExpression',
      ({ callee }) => callee.property?.name === 'reserve',
      'reserve() never answers on a new connection (see connect): use a pool of one connection.',
    ),
    'no-raw-html': refused(
      'JSXAttribute',
      ({ name }) => name.name === 'dangerouslySetInnerHTML',
      'Templates escape what they show.',
    ),
    'no-inline-style': refused(
      'JSXAttribute',
      ({ name }) => name.name === 'style',
      'The pages allow no inline styles: use a class.',
    ),
  },
};
