import { expect } from 'chai';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { givenMasterKey, MasterKeyError, masterKeyFile } from '../../src/personal/master-key.ts';

describe('the key file', () => {
  let folder: string;
  const path = () => join(folder, 'data', 'pii.key');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arcadia-key-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is made by the first need, for its owner alone, and found later', async () => {
    const source = masterKeyFile(path());
    expect(await source.find()).to.equal(null);
    const made = await source.findOrMake();
    expect(made.key).to.have.length(32);
    expect((await stat(path())).mode & 0o777).to.equal(0o600);
    expect(await masterKeyFile(path()).find()).to.deep.equal(made);
    expect(await source.findOrMake()).to.deep.equal(made);
  });

  it('holds what PII_KEY takes', async () => {
    const made = await masterKeyFile(path()).findOrMake();
    const given = givenMasterKey(Buffer.from((await readFile(path(), 'utf8')).trim(), 'base64'));
    expect(await given.find()).to.deep.equal(made);
  });

  it('is one file where many make it at once, and nothing is left beside it', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => masterKeyFile(path()).findOrMake()));
    expect(new Set(made.map(({ fingerprint }) => fingerprint)).size).to.equal(1);
    expect(await readdir(join(folder, 'data'))).to.deep.equal(['pii.key']);
  });

  it('is refused where it is broken, or where it cannot be made, without its content', async () => {
    const failure = async (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error: unknown) => (error instanceof MasterKeyError ? error.message : error),
      );
    await masterKeyFile(path()).findOrMake();
    await writeFile(path(), 'broken-content');
    expect(await failure(masterKeyFile(path()).find()))
      .to.match(/does not hold 32 bytes in base64/)
      .and.not.match(/broken-content/);
    await chmod(path(), 0o600);
    expect(await failure(masterKeyFile(join(path(), 'below-a-file')).findOrMake())).to.match(
      /cannot be (read|made)/,
    );
  });
});
