import { join } from 'node:path';
import { buildApp } from './app.mjs';

const app = buildApp(join(import.meta.dirname, 'shardmux.yml'), { logger: true });
process.once('SIGTERM', () => app.close());
await app.listen({ host: '127.0.0.1', port: 22180 });
