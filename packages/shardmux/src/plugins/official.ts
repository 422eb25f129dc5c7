import type { Plugin } from '@shardmux/plugin-api';
import { plugins as distributions } from '@shardmux/plugin-distribution-twemproxy';
import { plugins as failover } from '@shardmux/plugin-failover-auto-eject';
import { plugins as hashes } from '@shardmux/plugin-hash-twemproxy';
import { plugins as topology } from '@shardmux/plugin-topology-file';
import { plugins as transport } from '@shardmux/plugin-transport-tcp';
import { plugins as codec } from '@shardmux/resp';
import { PluginRegistry } from './registry.js';

const plugins: readonly Plugin[] = [
  ...hashes,
  ...distributions,
  ...topology,
  ...failover,
  ...transport,
  ...codec,
];

/** The plugins that come with this package. */
export const officialPlugins = new PluginRegistry(plugins);
