import { API_VERSION, definePlugin } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { checkOptions } from '../../src/plugins/plugin-options.js';

test.each([undefined, null, 5, {}, { issues: 'x' }, { issues: [null] }, { issues: [{}] }])(
  'a schema that answers %j: the plugin is named',
  (answer) => {
    const plugin = definePlugin({
      kind: 'hash',
      name: 'odd',
      apiVersion: API_VERSION,
      optionsSchema: { '~standard': { version: 1, vendor: 'test', validate: () => answer as never } },
      create: () => () => 0,
    });
    expect(() => checkOptions(plugin, {})).toThrow(
      expect.objectContaining({
        code: 'SHARDMUX_PLUGIN_BROKEN',
        message: expect.stringMatching(/^hash plugin "odd": its optionsSchema must answer/),
      }),
    );
  },
);
