import { YamlFile } from '@shardmux/config-file';
import { expect, test } from 'vitest';
import { isTwemproxy } from '../../src/config/dialect.js';

const dialect = (yaml: string) =>
  isTwemproxy(new YamlFile(Buffer.from(yaml), 'test.yml')) ? 'Twemproxy' : 'ours';

test.each([
  ['pools on top', 'alpha:\n  listen: h:1\n  servers:\n   - h:1:1\n', 'Twemproxy'],
  ['a pool named pools', 'pools:\n  listen: h:1\n', 'Twemproxy'],
  ['a pool named stats', 'stats:\n  listen: h:1\n  servers:\n   - h:1:1\n', 'Twemproxy'],
  ['a pool that is not finished', 'alpha:\n  redis: true\n', 'Twemproxy'],
  ['nothing', '', 'Twemproxy'],
  ['a list', '- a\n', 'Twemproxy'],
  ['pools under pools', 'pools:\n  alpha:\n    listen: h:1\n', 'ours'],
  ['a pool named listen', 'pools:\n  listen:\n    listen: h:1\n', 'ours'],
  ['statistics besides', 'stats:\n  listen: h:1\npools:\n  alpha: {}\n', 'ours'],
  ['no pools yet', 'workers: 2\n', 'ours'],
  ['pools without a value', 'pools:\n', 'ours'],
])('%s', (_, yaml, expected) => {
  expect(dialect(yaml)).toBe(expected);
});
