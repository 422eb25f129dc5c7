// npm run bench [-- OPTIONS]: runs on a fresh clone, so it installs and compiles before it imports anything.
import { build, ensureDependencies, ensureServers } from '../testing/bootstrap.mjs';

try {
  ensureDependencies();
  ensureServers(['redis-server', 'redis-tools', 'nutcracker']);
  build();
  const { main } = await import('./dist/main.js');
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
