import { addresses, serverLists } from './addresses.js';
import type { CorpusFile } from './corpus-file.js';
import { directives, generated } from './directives.js';
import { wholeFiles } from './whole-files.js';
import { yamlOddities } from './yaml-oddities.js';

/** Valid and invalid files of Twemproxy: generated ones, and oddities written by hand. */
export const corpus: readonly CorpusFile[] = [
  ...generated,
  ...directives,
  ...addresses,
  ...serverLists,
  ...wholeFiles,
  ...yamlOddities,
];
