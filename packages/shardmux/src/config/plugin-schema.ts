import { text } from '@shardmux/config-file';
import { serverListSchema } from '@shardmux/plugin-topology-file';
import { z } from 'zod';
import type { PluginRef } from './normalised.js';

const NAME = 'must be the name of a plugin';
const FORM = `${NAME}, or a mapping with its name as "use" and its options`;

const byName = text(FORM).transform((use): PluginRef => ({ use, options: {} }));

const withOptions = z.looseObject(
  { use: text(NAME).describe('The name of the plugin, its package, or the path of its module.') },
  { error: FORM },
);

const toRef = ({ use, ...options }: { readonly use: string }): PluginRef => ({ use, options });

/** A plugin: its name, or a mapping of its name and its options. What options there are, the plugin knows. */
export const pluginSchema = z.union([byName, withOptions.transform(toRef)], { error: FORM });

const servers = serverListSchema.optional().describe("As the pool's servers.");

/** A topology plugin: its servers are written like those of a pool. */
export const topologySchema = z.union([byName, withOptions.extend({ servers }).transform(toRef)], {
  error: FORM,
});

/** None, one or several. */
export const pluginListSchema = z.union(
  [byName.transform((only) => [only]), withOptions.transform((only) => [toRef(only)]), z.array(pluginSchema)],
  { error: FORM },
);
