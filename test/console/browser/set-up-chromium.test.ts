import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findChromium } from '../../support/browser/find-chromium.ts';
import { fakeApt, type FakeApt } from '../../support/set-up/fake-apt.ts';

const { needsBrowser } = (await import(new URL('../../../scripts/tasks.mjs', import.meta.url).href)) as {
  needsBrowser: ReadonlySet<string>;
};

describe('the set-up of a browser', function () {
  if (process.platform !== 'linux') return;
  let apt: FakeApt;
  let release: string;

  const setUp = (env: Record<string, string> = {}, options: Record<string, unknown> = {}): Promise<string> =>
    apt.call('chromium.mjs', 'ensureChromium', { release, ...options }, env);
  const find = (env: Record<string, string> = {}): Promise<string | null> =>
    findChromium({ PATH: apt.directory, ...env });

  beforeEach(async () => {
    apt = await fakeApt('chromium');
    release = join(apt.directory, 'os-release');
    await writeFile(release, 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n');
  });

  afterEach(() => apt.close());

  it("installs the distribution's, where none is found", async () => {
    expect(await find()).to.equal(null);
    expect(await setUp()).to.equal(
      'Installing Chromium for the tests of the console (apt-get install chromium) …\n',
    );
    expect((await apt.calls()).map((call) => call.split(' ')[0])).to.deep.equal(['download', 'install']);
    expect(await find()).to.equal(join(apt.directory, 'chromium'));
    expect(await setUp()).to.equal('');
    expect(await apt.policyIsLeft()).to.equal(false);
  });

  it('says why an installation failed, and goes on', async () => {
    await apt.touch('broken');
    expect(await setUp()).to.match(/Chromium could not be installed:\n(.*\n)* {2}E: the disk is full\n$/);
  });

  it('uses the browser that CHROMIUM names, or one of another name', async () => {
    expect(await setUp({ CHROMIUM: '/opt/browser' })).to.equal('');
    expect(await find({ CHROMIUM: '/opt/browser' })).to.equal('/opt/browser');
    await apt.program('google-chrome', '#!/bin/sh\n');
    expect(await setUp()).to.equal('');
    expect(await find()).to.equal(join(apt.directory, 'google-chrome'));
    expect(await apt.calls()).to.deep.equal([]);
  });

  it('does nothing on Ubuntu, whose package is none, nor without a right to install', async () => {
    expect(await setUp({}, { root: false })).to.equal('');
    await writeFile(release, 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n');
    expect(await setUp()).to.equal('');
    expect(await apt.calls()).to.deep.equal([]);
  });

  it('belongs to the tests alone', () => {
    expect([...needsBrowser]).to.have.members(['test', 'test:eventstore']);
  });
});
