import { createClient } from 'shardmux';

/**
 * `app.redis`: many Redis as one, for as long as the app is open.
 *
 * @param {{ config: string | object }} options as `createClient` takes it, with those of the client.
 */
export async function redisPlugin(app, { config, ...options }) {
  const redis = createClient(config, options);
  redis.on('error', (error) => app.log.warn(error.message));
  app.decorate('redis', redis);
  app.addHook('onClose', () => redis.quit());
}

// For the whole app; without it a plugin of Fastify decorates for its own children alone.
redisPlugin[Symbol.for('skip-override')] = true;
