import Fastify from 'fastify';
import { carts } from './carts.mjs';
import { redisPlugin } from './redis-plugin.mjs';
import { views } from './views.mjs';

/** The whole app, which listens nowhere yet. */
export function buildApp(config, options) {
  const app = Fastify(options);
  app.register(redisPlugin, { config });
  app.register(carts, { prefix: '/carts' });
  app.register(views, { prefix: '/views' });
  app.get('/health', async (_, reply) => {
    const { status } = app.redis;
    return reply.code(status === 'ready' ? 200 : 503).send({ redis: status });
  });
  return app;
}
