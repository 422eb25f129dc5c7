/**
 * Commands that the table does not have, as the servers of one pool describe them: those of modules, of later
 * versions, under other names.
 *
 *   not asked ── COMMAND INFO ──► known, for ever
 *       ▲                   └───► unknown there too ── a while ──┐
 *       └────────────────────────────────────────────────────────┘
 */
import type { ErrandHost } from '@shardmux/plugin-api';
import type { RespCommandSpec } from '../../commands/command-spec.js';
import { compileSpec } from '../../commands/commands.js';
import { describedRow } from '../../commands/described-row.js';
import { readWhole } from '../../reply/whole-reply.js';
import { encodeCommand } from '../../request/encode-command.js';

const MAX_NAMES = 1_000;
/** How long a server is believed that it does not know a command, in ms: a module may be loaded. */
const UNKNOWN_FOR = 10_000;

interface Entry {
  readonly spec: RespCommandSpec | null;
  readonly since: number;
}

export class Vocabulary {
  readonly #entries = new Map<string, Entry>();
  readonly #questions = new Map<string, Promise<RespCommandSpec | null>>();

  /**
   * `null`: the servers do not know it; `undefined`: none was asked of late.
   * @param name lower case; of a subcommand `container|subcommand`.
   */
  get(name: string): RespCommandSpec | null | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.spec !== null) return entry?.spec;
    return performance.now() - entry.since < UNKNOWN_FOR ? null : undefined;
  }

  /** Asks a server, once for all that want to know. @throws {FailureError} where none answers. */
  learn(name: string, host: ErrandHost): Promise<RespCommandSpec | null> {
    const asked = this.#questions.get(name);
    if (asked !== undefined) return asked;
    const question = this.#ask(name, host).finally(() => this.#questions.delete(name));
    this.#questions.set(name, question);
    return question;
  }

  async #ask(name: string, { nodes }: ErrandHost): Promise<RespCommandSpec | null> {
    if (nodes.length === 0) return null;
    const reply = await nodes[0].ask(encodeCommand('COMMAND', 'INFO', Buffer.from(name, 'latin1')));
    const value = readWhole(reply);
    const row = Array.isArray(value) ? describedRow(value[0]) : null;
    // A server that calls it otherwise tells the name that others know it by.
    const spec = row === null ? null : compileSpec(row, name);
    this.#remember(name, spec);
    return spec;
  }

  /** The oldest makes room. */
  #remember(name: string, spec: RespCommandSpec | null): void {
    this.#entries.delete(name);
    this.#entries.set(name, { spec, since: performance.now() });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_NAMES) this.#entries.delete(oldest);
  }
}
