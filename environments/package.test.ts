import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { bundle } from './bundle.js';
import { type Consumer, consumerOf, installedIn, place, readInstalled } from './consumer.js';
import { runnable } from './fence.js';
import { tarball } from './pack.js';
import { node, tool } from './process.js';
import { commonJs, esm } from './translate.js';
import { browser, closure, published, root, short } from './workspace.js';

const names = [...published.keys()];

/** A few lines that use the package: imports and one function, so that they translate to CommonJS, too. */
const smoke = (name: string) => readFile(join(root, 'environments/smoke', `${short(name)}.ts`), 'utf8');

const placeAll = async (consumer: Consumer, files: Readonly<Record<string, string>>): Promise<void> => {
  await Promise.all(Object.entries(files).map(([file, text]) => place(consumer, file, text)));
};

const fencesOf = async (consumer: Consumer) => runnable(await readInstalled(consumer, 'README.md'));

describe.concurrent('packed and installed alone', () => {
  test.each(names)('%s brings the packages it declares and no other of ours', async (name) => {
    expect(await installedIn(await consumerOf(name))).toEqual([...closure(name)].sort());
  });
});

describe.concurrent('Node, ESM', () => {
  test.each(names)('%s', async (name) => {
    const consumer = await consumerOf(name);
    const output = await node(await place(consumer, 'smoke.mjs', esm(await smoke(name))), consumer.folder);
    expect(output).toBe(`${name} works\n`);
  });
});

describe.concurrent('Node, require() from CommonJS', () => {
  test.each(names)('%s', async (name) => {
    const consumer = await consumerOf(name);
    const output = await node(
      await place(consumer, 'smoke.cjs', commonJs(await smoke(name))),
      consumer.folder,
    );
    expect(output).toBe(`${name} works\n`);
  });
});

describe.concurrent('TypeScript, NodeNext, from ESM and from CommonJS', () => {
  const common = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true };
  /** Packages for browsers must not need Node's types; the others may, as any project for Node has them. */
  const optionsFor = (name: string) =>
    browser.has(name)
      ? { ...common, types: [] }
      : { ...common, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] };

  test.each(names)('%s', async (name) => {
    const consumer = await consumerOf(name);
    const fences = (await fencesOf(consumer)).map(({ line, text }) => [
      `readme-${line}.ts`,
      `${text}\nexport {};\n`,
    ]);
    const tsconfig = {
      compilerOptions: optionsFor(name),
      files: ['smoke.ts', 'smoke.cts', ...fences.map(([file]) => file)],
    };
    const text = await smoke(name);
    await placeAll(consumer, {
      'smoke.ts': text,
      'smoke.cts': text,
      'tsconfig.json': JSON.stringify(tsconfig),
      ...Object.fromEntries(fences),
    });
    expect(await tool('typescript/bin/tsc', ['-p', 'tsconfig.json'], consumer.folder)).toBe('');
  });
});

describe.concurrent('Vite, for browsers', () => {
  test.each(names.filter((name) => browser.has(name)))('%s', async (name) => {
    const consumer = await consumerOf(name);
    await place(consumer, 'smoke.ts', await smoke(name));
    expect(await node(await bundle(consumer), consumer.folder)).toBe(`${name} works\n`);
  });
});

describe.concurrent('README', () => {
  test.each(names)('%s', async (name) => {
    const consumer = await consumerOf(name);
    const fences = await fencesOf(consumer);
    for (const { line, text } of fences) {
      await node(await place(consumer, `readme-${line}.mjs`, esm(text)), consumer.folder);
    }
    expect(fences.length).toBeGreaterThan(0);
  });
});

describe.concurrent('command', () => {
  const commands = [...published.values()].flatMap(({ name, bin = {} }) =>
    Object.entries(bin).map(([command, file]) => ({ name, command, file })),
  );
  test.each(commands)('$command of $name says how it is used', async ({ name, command, file }) => {
    const { folder } = await consumerOf(name);
    expect(await node(join(folder, 'node_modules', name, file), folder, '--help')).toContain(command);
  });
});

describe.concurrent('the tarball', () => {
  const packedFile = (name: string) => join(inject('packed'), tarball(name));

  test.each(names)('%s satisfies publint', async (name) => {
    const output = await tool('publint/src/cli.js', ['run', packedFile(name), '--strict'], root);
    expect(output).toContain('All good!');
  });

  test.each(names)('%s has types that resolve (attw, ESM only)', async (name) => {
    const args = [packedFile(name), '--profile', 'esm-only', '--no-color', '--no-emoji'];
    expect(await tool('@arethetypeswrong/cli/dist/index.js', args, root)).toContain('OK (ESM)');
  });

  test.each(names)('%s carries its README', async (name) => {
    expect(await readInstalled(await consumerOf(name), 'README.md')).toContain(`# ${name}\n`);
  });
});
