// ESLint rule: what the compiler finds in a file. Lint with types has checked most of the program by itself,
// so a compiler of its own beside it would do the same work again.
import ts from 'typescript';
import { typesVariable } from './types-variable.mjs';

/** The programs whose options and global types are checked. */
const seen = new WeakSet();

function diagnosticsOf(program, file) {
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  if (!seen.has(program)) {
    seen.add(program);
    found.push(...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics());
  }
  return found.filter(({ category }) => category === ts.DiagnosticCategory.Error);
}

export const typesHold = {
  meta: { type: 'problem', schema: [], messages: { error: 'TS{{code}}: {{text}}' } },
  create(context) {
    const { program, esTreeNodeToTSNodeMap } = context.sourceCode.parserServices;
    if (process.env[typesVariable] === undefined || !program) return {};
    return {
      Program(node) {
        for (const { start = 0, length = 0, code, messageText } of diagnosticsOf(
          program,
          esTreeNodeToTSNodeMap.get(node),
        )) {
          context.report({
            loc: {
              start: context.sourceCode.getLocFromIndex(start),
              end: context.sourceCode.getLocFromIndex(start + length),
            },
            messageId: 'error',
            data: { code, text: ts.flattenDiagnosticMessageText(messageText, '\n') },
          });
        }
      },
    };
  },
};
