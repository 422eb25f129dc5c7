import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemAffectsResolutionKind, problemKindInfo } from '@arethetypeswrong/core/problems';
import { TemporaryFolder } from '@shardmux/testing';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packAll, publicPackages, ROOT, type Tarball } from './support/tarballs.js';

/** What `npm publish` would send passes the checks that the field has for it. */
const folder = new TemporaryFolder();
let tarballs: Tarball[];

beforeAll(async () => {
  tarballs = await packAll(folder.path);
}, 120_000);

afterAll(() => folder.remove());

describe.each(publicPackages)('$name', (manifest) => {
  const tarball = () => tarballs.find(({ name }) => name === manifest.name)!;

  test('has its page and its licence', () => {
    expect(['README.md', 'LICENSE'].filter((file) => !tarball().files.includes(file))).toEqual([]);
    const licences = [manifest.folder, ROOT].map((place) => readFileSync(join(place, 'LICENSE'), 'utf8'));
    expect(licences[0]).toBe(licences[1]);
  });

  test('says of itself what all packages say', () => {
    const { engines, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/./),
      keywords: expect.arrayContaining(['shardmux']),
      type: 'module',
      license,
      engines,
      repository: {
        type: 'git',
        url: 'git+https://github.com/shardmux/shardmux.git',
        directory: relative(ROOT, manifest.folder),
      },
      exports: { './package.json': './package.json' },
      files: expect.arrayContaining(['dist', 'src', '!dist/*.tsbuildinfo']),
      publishConfig: { access: 'public' },
    });
  });

  test('publint finds nothing', async () => {
    const content = readFileSync(tarball().path);
    const packed = content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball: packed }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('are-the-types-wrong finds nothing', { timeout: 60_000 }, async () => {
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball().path)));
    if (!analysis.types) throw new Error('it has no types');
    // Neither for what knows no `exports`, nor, where only a command is inside, for `require`.
    const isDual = manifest.exports !== undefined && 'require' in manifest.exports['.'];
    const kinds = ['bundler', 'node16-esm', ...(isDual ? ['node16-cjs' as const] : [])] as const;
    const found = analysis.problems.filter((problem) =>
      kinds.some((kind) => problemAffectsResolutionKind(problem, kind, analysis)),
    );
    expect(found.map((problem) => ({ ...problem, ...problemKindInfo[problem.kind] }))).toEqual([]);
  });
});
