import type { Instruction } from 'dockerfile-ast';
import { DockerfileParser, JSONInstruction, ModifiableInstruction } from 'dockerfile-ast';

/** One instruction of a Dockerfile. */
export interface Step {
  keyword: string;
  args: string[];
  /** `--from=build` as { from: 'build' }. */
  flags: Record<string, string>;
  /** The strings of the exec form, null for any other. */
  exec: string[] | null;
}

/** The instructions from one FROM to the next. */
export interface Stage {
  name: string | null;
  image: string;
  steps: Step[];
}

/** A Dockerfile as its stages, in order. @throws for one that does not begin with FROM */
export function stagesOf(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const args = instruction.getArguments().map((argument) => argument.getValue());
    const current = stages.at(-1);
    if (instruction.getKeyword() === 'FROM') {
      stages.push({
        image: args[0] ?? '',
        name: args[1]?.toUpperCase() === 'AS' ? (args[2] ?? null) : null,
        steps: [],
      });
    } else if (current === undefined) {
      throw new Error(`${instruction.getKeyword()} before FROM`);
    } else {
      current.steps.push({
        keyword: instruction.getKeyword(),
        args,
        flags: flagsOf(instruction),
        exec: execOf(instruction),
      });
    }
  }
  return stages;
}

function flagsOf(instruction: Instruction): Record<string, string> {
  if (!(instruction instanceof ModifiableInstruction || instruction instanceof JSONInstruction)) return {};
  return Object.fromEntries(instruction.getFlags().map((flag) => [flag.getName(), flag.getValue() ?? '']));
}

function execOf(instruction: Instruction): string[] | null {
  const text = /\[.*\]$/s.exec(instruction.getRawArgumentsContent() ?? '')?.[0];
  if (text === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(text.replaceAll('\\\n', ''));
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : null;
  } catch {
    // Docker treats what is not JSON as a shell command.
    return null;
  }
}
