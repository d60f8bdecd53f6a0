import { expect } from 'chai';
import { z } from 'zod';
import { createProgram } from '../../src/cli/program.ts';
import { jobs } from '../../src/jobs/jobs.ts';
import { allPages, codeIn, pageOf, rowsIn, section, shellIn } from '../support/docs/pages.ts';

const inputOf = (job: (typeof jobs)[number]): string[] =>
  job.input instanceof z.ZodObject ? Object.keys(job.input.shape) : [];

describe('the table in docs/jobs.md', () => {
  it('has every job with its queue, schedule and input', () => {
    const rows = rowsIn(section(pageOf('docs/jobs.md'), '## When each runs')).map(
      ([name, queue, schedule, input]) => ({
        name: codeIn(name ?? '')[0],
        queue: codeIn(queue ?? '')[0],
        cron: codeIn(schedule ?? '')[0] ?? null,
        input: codeIn(input ?? ''),
      }),
    );
    const known = jobs.map((job) => ({
      name: job.name,
      queue: job.queue,
      cron: job.cron,
      input: inputOf(job),
    }));
    expect(rows).to.have.deep.members(known).and.have.length(known.length);
  });
});

describe('command lines in the documentation', () => {
  const program = createProgram();
  const lines = allPages()
    .flatMap(({ text }) => shellIn(text))
    .flatMap((line) => /npm run (?:-s )?arcadia -- ([^#)]+)/.exec(line)?.[1] ?? []);

  it('are commands that there are', () => {
    expect(lines.length).to.be.greaterThan(5);
    for (const line of lines) {
      const words = line
        .trim()
        .split(/\s+/)
        .filter((word) => !word.startsWith('-'));
      let at = program;
      for (const word of words) {
        const next = at.commands.find((command) => command.name() === word);
        if (next === undefined) break;
        at = next;
      }
      if (line.trim() !== '--help') expect(at, line).to.not.equal(program);
      const options = (line.match(/--[a-z-]+/g) ?? []).filter((option) => option !== '--help');
      expect(
        at.options.map(({ long }) => long),
        line,
      ).to.include.members(options);
    }
  });

  it('run jobs that there are, with input that they take', () => {
    for (const line of lines) {
      const [, name, input = ''] = /^job run (\S+)(.*)/.exec(line) ?? [];
      if (name === undefined) continue;
      const job = jobs.find((one) => one.name === name);
      if (job === undefined) throw new Error(`there is no job ${name}: ${line}`);
      expect(inputOf(job), line).to.include.members([...input.matchAll(/(\w+)=/g)].map((match) => match[1]));
    }
  });
});
