import { allPages, type Page } from '../support/docs/pages.ts';

/** A block of shell in a page. */
export interface Block {
  page: string;
  /** The heading above it, and the heading of the section that this is in. */
  heading: string;
  section: string;
  /** Its commands, each in one piece, without comments. */
  commands: string[];
  /**
   * The block of output or data that follows in the section before another block of shell; null without
   * one.
   */
  shown: string | null;
}

/** Every block of shell of every page, in order. */
export function allBlocks(): Block[] {
  return allPages().flatMap(blocksOf);
}

function blocksOf({ path, text }: Page): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let section = '';
  for (const [, depth = '', title, , language = '', body = ''] of text.matchAll(
    /^(?:(#+) (.*)|( *)```(\w*)\n([\s\S]*?)^\3```)$/gm,
  )) {
    if (title !== undefined) {
      heading = title;
      if (depth.length <= 2) section = title;
    } else if (language === 'sh')
      blocks.push({ page: path, heading, section, commands: commandsIn(body), shown: null });
    else {
      const last = blocks.at(-1);
      if (last !== undefined && last.section === section) last.shown ??= body;
    }
  }
  return blocks;
}

/** Commands of a block of shell: a line each, or several that a backslash or an open quote continues. */
function commandsIn(body: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of body.replaceAll(/\\\n\s*/g, '').split('\n')) {
    open += line.replace(/(^|\s+)# .*$/, '');
    if (open.split("'").length % 2 === 0) {
      open += '\n';
      continue;
    }
    if (open.trim() !== '') commands.push(open.trim());
    open = '';
  }
  return commands;
}
