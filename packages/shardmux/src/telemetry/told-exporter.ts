import type { Logger } from '@shardmux/core';

interface Exporter<Item> {
  export(items: Item, done: (result: { readonly error?: Error }) => void): void;
}

/**
 * Has an exporter say in the log that it cannot deliver, and that it can again. Each is said once: a collector that
 * is away for a night is not to fill the log.
 */
export function tellFailures<Item>(exporter: Exporter<Item>, what: string, logger: Logger): void {
  const send = exporter.export.bind(exporter);
  let fails = false;
  exporter.export = (items, done) =>
    send(items, (result) => {
      if (result.error !== undefined && !fails)
        logger.warn(`${what} cannot be sent: ${result.error.message}`);
      if (result.error === undefined && fails) logger.info(`${what} are sent again`);
      fails = result.error !== undefined;
      done(result);
    });
}
