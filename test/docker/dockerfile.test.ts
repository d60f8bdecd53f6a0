import { expect } from 'chai';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../support/docs/pages.ts';
import { stagesOf } from '../support/docker/stages.ts';
import type { Step } from '../support/docker/stages.ts';

const stages = stagesOf(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const runtime = stages.at(-1);
const steps = (keyword: string): Step[] => runtime?.steps.filter((step) => step.keyword === keyword) ?? [];
const copies = stages.flatMap((stage, at) =>
  stage.steps.filter(({ keyword }) => keyword === 'COPY').map((step) => ({ step, stage, at })),
);

describe('the Dockerfile', () => {
  it('has stages of distinct names, each copying only from earlier ones', () => {
    expect(stages.map(({ name }) => name)).to.deep.equal(['build', 'dependencies', 'runtime']);
    for (const { step, at } of copies) {
      const { from } = step.flags;
      if (from !== undefined) expect(stages.slice(0, at).map(({ name }) => name)).to.include(from);
    }
  });

  it('copies what is there, and what .dockerignore lets through', () => {
    const [all, ...kept] = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const sources = copies
      .filter(({ step }) => step.flags['from'] === undefined)
      .flatMap(({ step }) => step.args.slice(0, -1));
    expect(all).to.equal('*');
    expect(new Set(kept)).to.deep.equal(new Set(sources.map((source) => `!${source}`)));
    expect(sources.filter((source) => !existsSync(join(root, source)))).to.deep.equal([]);
  });

  it('puts files into directories, and a directory at its own name', () => {
    for (const { step } of copies.filter(({ step: { flags } }) => flags['from'] === undefined)) {
      const directories = step.args
        .slice(0, -1)
        .filter((source) => statSync(join(root, source)).isDirectory());
      // COPY of a directory copies what is in it: two of them, or one to ./, would be mixed up.
      expect(directories.length === 0 ? step.args.at(-1) : step.args).to.deep.equal(
        directories.length === 0 ? './' : [directories[0], `./${directories[0]}`],
      );
    }
  });

  it('is built on one image, of a major release of Node that the project takes', () => {
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    const least = Number(/^>=(\d+)/.exec(engines.node)?.[1]);
    const [image, ...others] = new Set(stages.map((stage) => stage.image));
    expect(others).to.deep.equal([]);
    expect(Number(/^node:(\d+)-slim$/.exec(image ?? '')?.[1])).to.be.at.least(least);
  });

  it('installs by the lock file, and no development tools for running', () => {
    const installs = new Map(
      stages.map(({ name, steps: all }) => [
        name,
        all.filter(({ keyword, args }) => keyword === 'RUN' && args[0] === 'npm').map(({ args }) => args),
      ]),
    );
    expect([...installs.values()].flat().every(([, command]) => command === 'ci')).to.equal(true);
    expect(installs.get('build')?.[0]).to.not.include('--omit=dev');
    expect(installs.get('dependencies')?.[0]).to.include.members(['--omit=dev', '--omit=optional']);
    expect(installs.get('runtime')).to.deep.equal([]);
  });

  it('runs as a user without rights, in production, and passes signals to the program itself', () => {
    expect(steps('USER').at(-1)?.args).to.deep.equal(['node']);
    expect(steps('ENV').flatMap(({ args }) => args)).to.include('NODE_ENV=production');
    expect(steps('EXPOSE').map(({ args }) => args)).to.deep.equal([['4005']]);
    expect(steps('STOPSIGNAL').map(({ args }) => args)).to.deep.equal([['SIGTERM']]);
    expect(steps('ENTRYPOINT').map(({ exec }) => exec)).to.deep.equal([
      ['node', '--max-semi-space-size=32', '--heap-growing-percent=100', 'dist/src/cli.js'],
    ]);
    expect(steps('CMD').map(({ exec }) => exec)).to.deep.equal([['serve']]);
    expect(steps('HEALTHCHECK').map(({ exec }) => exec?.[0])).to.deep.equal(['node']);
  });
});
