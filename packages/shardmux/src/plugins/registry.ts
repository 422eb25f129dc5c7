import { type Plugin, PluginError, type PluginKind } from '@shardmux/plugin-api';
import { container, type DependencyContainer } from './tsyringe.js';

/**
 * Plugins by kind and name. The container that holds them lets the last of two registrations win in silence, so
 * duplicates are refused here.
 */
export class PluginRegistry {
  readonly #container = container.createChildContainer();
  readonly #names = new Map<PluginKind, string[]>();

  /** @throws {PluginError} `SHARDMUX_PLUGIN_DUPLICATE` for two plugins of one kind and name. */
  constructor(plugins: readonly Plugin[]) {
    for (const plugin of plugins) this.#add(plugin);
  }

  /** The names of a kind's plugins, sorted. */
  names(kind: PluginKind): readonly string[] {
    return this.#names.get(kind) ?? [];
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_UNKNOWN`. */
  find<Kind extends PluginKind>(kind: Kind, name: string): Plugin<Kind, unknown> {
    const token = tokenOf(kind, name);
    if (!this.#container.isRegistered(token)) {
      const known = this.names(kind).join(', ') || 'none';
      throw new PluginError(
        'SHARDMUX_PLUGIN_UNKNOWN',
        `there is no ${kind} plugin "${name}"; there are: ${known}`,
      );
    }
    return this.#container.resolve<Plugin<Kind, unknown>>(token);
  }

  /** A container for the parts of one pool. */
  createPoolContainer(): DependencyContainer {
    return this.#container.createChildContainer();
  }

  #add(plugin: Plugin): void {
    const { kind, name } = plugin;
    const token = tokenOf(kind, name);
    if (this.#container.isRegistered(token)) {
      throw new PluginError('SHARDMUX_PLUGIN_DUPLICATE', `there are two ${kind} plugins named "${name}"`);
    }
    this.#container.register(token, { useValue: plugin });
    this.#names.set(kind, [...this.names(kind), name].sort());
  }
}

function tokenOf(kind: PluginKind, name: string): string {
  return `${kind}/${name}`;
}
