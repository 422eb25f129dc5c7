import { ConfigError, type RealmUsers, type Reloadable } from '@shardmux/plugin-api';
import type { PoolConfig } from '../config/normalised.js';
import { readSecret, readSecretFile, type Secret } from '../config/secret.js';

/**
 * Who may enter a pool, and by which password servers are logged on to, as files and variables said when they were
 * read last. Nothing is read before the first `reload`.
 */
export class PoolAccess implements Reloadable {
  readonly files: readonly string[];
  /** Is handed what was read anew; what it throws refuses that. */
  accept: (users: RealmUsers) => void = () => {};
  readonly #config: PoolConfig;
  #users: RealmUsers = { password: null };

  constructor(config: PoolConfig) {
    const secrets = [config.password, ...Object.values(config.users ?? {}).flat()];
    const files = secrets.flatMap((secret) =>
      typeof secret === 'object' && secret !== null && 'file' in secret ? [secret.file] : [],
    );
    this.files = config.aclFile === null ? files : [...files, config.aclFile];
    this.#config = config;
  }

  get users(): RealmUsers {
    return this.#users;
  }

  /** @throws {ConfigError} `SHARDMUX_CONFIG_SECRET` where something cannot be read or used. */
  reload(): void {
    const { aclFile } = this.#config;
    const users = this.#read();
    try {
      this.accept(users);
    } catch (cause) {
      const place = aclFile === null ? 'users' : `aclFile: the file ${aclFile}`;
      throw this.#fault(place, cause);
    }
    this.#users = users;
  }

  #read(): RealmUsers {
    const { password, users, aclFile } = this.#config;
    const own = password === null ? null : this.#secret('password', password);
    if (aclFile !== null) {
      return { password: own, users: this.#named('aclFile', () => readSecretFile(aclFile)) };
    }
    if (users === null) return { password: own };
    const rules = Object.entries(users).map(([name, each]) => [
      name,
      each.map((rule, i) =>
        typeof rule === 'string' ? rule : `>${this.#secret(`users.${name}.${i}`, rule)}`,
      ),
    ]);
    return { password: own, users: Object.fromEntries(rules) };
  }

  #secret(key: string, secret: Secret): string {
    return this.#named(key, () => readSecret(secret));
  }

  #named<Value>(key: string, read: () => Value): Value {
    try {
      return read();
    } catch (cause) {
      throw this.#fault(key, cause);
    }
  }

  #fault(key: string, cause: unknown): ConfigError {
    const message = `pools.${this.#config.name}.${key}: ${(cause as Error).message}`;
    return new ConfigError('SHARDMUX_CONFIG_SECRET', message, { cause });
  }
}
