import { createHash } from 'node:crypto';
import type { ServerNode } from '@shardmux/core';

export interface ScriptDefinition {
  readonly lua: string;
  /** Left out: the first argument of each call says it. */
  readonly numberOfKeys?: number | undefined;
  readonly readOnly?: boolean | undefined;
}

/** A Lua script that became a command, and the servers that are known to have it. */
export class Script {
  readonly lua: string;
  readonly sha: string;
  readonly numberOfKeys: number | undefined;
  readonly #command: string;
  /** Who is known to have it. */
  readonly loadedOn = new WeakSet<ServerNode>();

  constructor({ lua, numberOfKeys, readOnly }: ScriptDefinition) {
    this.lua = lua;
    this.sha = createHash('sha1').update(lua).digest('hex');
    this.numberOfKeys = numberOfKeys;
    this.#command = readOnly ? '_ro' : '';
  }

  get eval(): string {
    return `eval${this.#command}`;
  }

  get evalsha(): string {
    return `evalsha${this.#command}`;
  }
}
