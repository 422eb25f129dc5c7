import { checkPlugin, type Plugin, PluginError, type PluginKind } from '@shardmux/plugin-api';
import { isModuleUrl, loadFromUrl } from './plugin-module.js';
import { PluginReferenceError } from './plugin-reference-error.js';
import { container, type DependencyContainer } from './tsyringe.js';

/**
 * Plugins by kind and name. The container that holds them lets the last of two registrations win in silence, so
 * duplicates are refused here.
 */
export class PluginRegistry {
  readonly #container: DependencyContainer;
  readonly #names: Map<PluginKind, readonly string[]>;

  /**
   * @param base whose plugins it has too.
   * @throws {PluginError} `SHARDMUX_PLUGIN_DUPLICATE` for two plugins of one kind and name,
   *   `SHARDMUX_PLUGIN_INVALID` for what is no plugin of this API version.
   */
  constructor(plugins: readonly Plugin[], base?: PluginRegistry) {
    this.#container = (base === undefined ? container : base.#container).createChildContainer();
    this.#names = new Map(base === undefined ? [] : base.#names);
    for (const [index, plugin] of plugins.entries()) {
      // Types bind nobody who calls from JavaScript.
      checkPlugin(plugin, `plugins[${index}]`);
      this.#add(plugin);
    }
  }

  /** The names of a kind's plugins, sorted. */
  names(kind: PluginKind): readonly string[] {
    return this.#names.get(kind) ?? [];
  }

  /**
   * @param use a name, or the URL of a module, as `moduleUrl` writes it.
   * @throws {PluginError} `SHARDMUX_PLUGIN_UNKNOWN`; `SHARDMUX_PLUGIN_LOAD` and others of a module.
   */
  find<Kind extends PluginKind>(kind: Kind, use: string): Plugin<Kind> {
    if (isModuleUrl(use)) return loadFromUrl(kind, use);
    const names = this.names(kind);
    if (names.includes(use)) return this.#container.resolve<Plugin<Kind>>(tokenOf(kind, use));
    const expected = `must be one of those there are: ${names.join(', ') || 'none'}`;
    throw new PluginReferenceError('SHARDMUX_PLUGIN_UNKNOWN', kind, use, expected);
  }

  /** A container for the parts of one pool. */
  createPoolContainer(): DependencyContainer {
    return this.#container.createChildContainer();
  }

  #add(plugin: Plugin): void {
    const { kind, name } = plugin;
    const names = this.names(kind);
    if (names.includes(name)) {
      const message = `there are two ${kind} plugins named "${name}": give yours another name`;
      throw new PluginError('SHARDMUX_PLUGIN_DUPLICATE', message);
    }
    this.#container.register(tokenOf(kind, name), { useValue: plugin });
    this.#names.set(kind, [...names, name].sort());
  }
}

function tokenOf(kind: PluginKind, name: string): string {
  return `${kind}/${name}`;
}
