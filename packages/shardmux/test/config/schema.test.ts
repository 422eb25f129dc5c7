import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/schema.js';
import { referenceTable } from './reference.js';

/*
 * Files that are made from the schema. After a change of it they are made anew by
 * `npx vitest run packages/shardmux/test/config/schema.test.ts --update`.
 */

const PACKAGE = join(import.meta.dirname, '../..');
const MANUAL = join(PACKAGE, '../../docs/configuration.md');
const BEGIN = '<!-- made from the schema: begin -->';
const END = '<!-- made from the schema: end -->';

test('schema.json is up to date', async () => {
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(PACKAGE, 'schema.json'));
});

test('the table of keys in the manual is up to date', async () => {
  const manual = readFileSync(MANUAL, 'utf8');
  const [before, after] = [manual.split(BEGIN)[0], manual.split(END)[1]];
  const text = `${before}${BEGIN}\n${referenceTable(configJsonSchema())}\n${END}${after}`;
  await expect(text).toMatchFileSnapshot(MANUAL);
});

test('every key says what it is for', () => {
  const table = referenceTable(configJsonSchema());
  expect(table.split('\n').length).toBeGreaterThan(35);
  expect(table).not.toMatch(/\| {2}\|$/m);
});
