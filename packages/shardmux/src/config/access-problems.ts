import { resolve } from 'node:path';
import { type ConfigProblem, describeValue, memberOf, type Path, type YamlFile } from '@shardmux/config-file';
import type { Codec, UserRules } from '@shardmux/plugin-api';
import { checkOptions } from '../plugins/plugin-options.js';
import { locatePlugin, type PluginScope } from './locate-plugin.js';
import type { UsersConfig } from './normalised.js';
import { poolSchema } from './pool-schema.js';
import { locateSecret, readSecret, readSecretFile, type Secret, SecretError } from './secret.js';

const { codec, password, users, aclFile, deny } = poolSchema.shape;

/** Stands for a secret where only the other rules matter. */
const ANY_PASSWORD = '>';

/** Looks for what is wrong with who may enter a pool and what is denied there, and with what both refer to. */
export class AccessProblems {
  readonly #file: YamlFile;
  readonly #path: Path;
  readonly #pool: unknown;
  readonly #scope: PluginScope;

  /** @param path of the pool. */
  constructor(file: YamlFile, path: Path, pool: unknown, scope: PluginScope) {
    this.#file = file;
    this.#path = path;
    this.#pool = pool;
    this.#scope = scope;
  }

  ofPassword(): ConfigProblem[] {
    const secret = password.safeParse(memberOf(this.#pool, 'password')).data ?? null;
    return secret === null ? [] : this.#ofSecret(['password'], secret);
  }

  ofUsers(): ConfigProblem[] {
    const own = users.safeParse(memberOf(this.#pool, 'users')).data ?? null;
    const path = aclFile.safeParse(memberOf(this.#pool, 'aclFile')).data ?? null;
    if (own !== null && path !== null) {
      const expected = 'must have at most one of the two';
      return [this.#file.problemWithKey(this.#path, 'both users and aclFile', expected)];
    }
    if (path !== null) return this.#ofFile(resolve(this.#scope.folder, path));
    return Object.entries(own ?? {}).flatMap(([name, rules]) => this.#ofUser(name, rules));
  }

  ofDenied(): ConfigProblem[] {
    const names = deny.safeParse(memberOf(this.#pool, 'deny')).data ?? [];
    return names.flatMap((name, i) =>
      this.#ofRealm(['deny', i], describeValue(name), 'must be a command, or one as config|set', (made) =>
        made.createRealm({ password: null, deny: [name] }),
      ),
    );
  }

  #ofUser(name: string, rules: UsersConfig[string]): ConfigProblem[] {
    const at = ['users', name];
    const known = rules.map((rule) => (typeof rule === 'string' ? rule : ANY_PASSWORD));
    return [
      ...rules.flatMap((rule, i) => (typeof rule === 'string' ? [] : this.#ofSecret([...at, i], rule))),
      ...this.#ofRules(at, 'rules that cannot be used', 'must be as of ACL SETUSER', { [name]: known }),
    ];
  }

  #ofFile(path: string): ConfigProblem[] {
    try {
      return this.#ofRules(['aclFile'], `the file ${path}`, 'must be an ACL file', readSecretFile(path));
    } catch (error) {
      return [this.#told(['aclFile'], error)];
    }
  }

  #ofRules(at: Path, found: string, expected: string, rules: UserRules): ConfigProblem[] {
    return this.#ofRealm(at, found, expected, (made) => {
      const realm = made.createRealm({ password: null, users: rules });
      if (realm.replaceUsers === undefined) throw new Error('the codec has no users');
    });
  }

  #ofRealm(at: Path, found: string, expected: string, use: (made: Codec) => void): ConfigProblem[] {
    const made = this.#createCodec();
    try {
      if (made !== null) use(made);
      return [];
    } catch (error) {
      const why = `${expected}: ${(error as Error).message}`;
      return [this.#file.problemWith([...this.#path, ...at], found, why)];
    }
  }

  #ofSecret(at: Path, secret: Secret): ConfigProblem[] {
    try {
      readSecret(locateSecret(secret, this.#scope.folder));
      return [];
    } catch (error) {
      return [this.#told(at, error)];
    }
  }

  #told(at: Path, error: unknown): ConfigProblem {
    if (!(error instanceof SecretError)) throw error;
    return this.#file.problemWith([...this.#path, ...at], error.found, error.expected);
  }

  /** `null` where there is no such codec, which is told elsewhere. */
  #createCodec(): Codec | null {
    try {
      const { use, options } = codec.parse(memberOf(this.#pool, 'codec'));
      const { plugin } = locatePlugin('codec', use, this.#scope);
      const checked = checkOptions(plugin, options);
      return checked.issues === undefined ? (plugin.create(checked.value) as Codec) : null;
    } catch {
      return null;
    }
  }
}
