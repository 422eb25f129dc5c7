import { select, text } from '@clack/prompts';
import { PLUGIN_KINDS, type PluginKind } from '@shardmux/plugin-api';
import type { Flags } from './flags.js';
import { folderFault, nameFault, type PluginRequest, packageName } from './plugin-request.js';
import { ScaffoldError } from './scaffold-error.js';

const HINTS: Record<PluginKind, string> = {
  hash: 'key bytes to a number',
  distribution: 'that number to a server',
  topology: 'which servers there are',
  failover: 'what becomes of a failing server',
  reads: 'which servers are read from',
  transport: 'how bytes are carried',
  codec: 'the protocol',
  telemetry: 'who watches',
  coordination: 'where processes agree',
};

/**
 * Asks for what the flags leave out, each question until its answer will do.
 * @throws {ScaffoldError} where somebody would rather not answer.
 */
export async function askFor(flags: Flags): Promise<PluginRequest> {
  const kind = flags.kind ?? (await askKind());
  const name = flags.name ?? (await askText('How will configurations name it?', nameFault));
  const folder = flags.dir ?? (await askText('Which folder?', folderFault, packageName(kind, name)));
  return { kind, name, folder };
}

async function askKind(): Promise<string> {
  const options = PLUGIN_KINDS.map((value) => ({ value, hint: HINTS[value] }));
  return answer(await select({ message: 'What kind of plugin?', options }));
}

async function askText(
  message: string,
  fault: (value: string) => string | undefined,
  initialValue = '',
): Promise<string> {
  return answer(await text({ message, initialValue, validate: (value = '') => fault(value) }));
}

/** A question that was not answered but left yields a symbol. */
function answer(given: string | symbol): string {
  if (typeof given === 'symbol') throw new ScaffoldError('Nothing was made.');
  return given;
}
