import { z } from 'zod';
import type { PluginRef } from './normalised.js';
import { text } from './schema-parts.js';

const NAME = 'must be the name of a plugin';
const FORM = `${NAME}, or a mapping with its name as "use" and its options`;

/** A plugin: its name, or a mapping of its name and its options. What options there are, the plugin knows. */
export const pluginSchema = z.union(
  [
    text(FORM).transform((use): PluginRef => ({ use, options: {} })),
    z
      .looseObject({ use: text(NAME).describe('The name of the plugin.') }, { error: FORM })
      .transform(({ use, ...options }): PluginRef => ({ use, options })),
  ],
  { error: FORM },
);
