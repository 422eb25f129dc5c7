import { PluginError } from '@shardmux/plugin-api';

/** A plugin broke a promise of its contract. The code is `SHARDMUX_PLUGIN_NONCONFORMING`. */
export class ConformanceError extends PluginError {
  readonly promise: string;

  constructor(promise: string, detail: string, options?: ErrorOptions) {
    super('SHARDMUX_PLUGIN_NONCONFORMING', `broken promise "${promise}": ${detail}`, options);
    this.promise = promise;
  }
}

/** Ends a check: the promise does not hold. */
export type Breach = (detail: string) => never;
