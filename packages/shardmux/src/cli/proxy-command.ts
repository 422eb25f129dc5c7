import type { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import { runProxy } from '../service/run-proxy.js';
import { describeStats } from '../stats/stats-description.js';
import { addProxyFlags, applyFlags, type ProxyFlags } from './proxy-flags.js';

/** `shardmux proxy`: takes the place of `nutcracker`, with the same flags. */
export function addProxyCommand(program: Command): void {
  const command = program
    .command('proxy')
    .description('serve the pools of a configuration file, in our dialect or in that of Twemproxy');
  addProxyFlags(command).action(async (flags: ProxyFlags) => {
    if (flags.describeStats) process.stderr.write(describeStats());
    else if (flags.testConf) testConfig(flags.confFile);
    else await runProxy(applyFlags(loadConfig(flags.confFile), flags), flags);
  });
}

/** Ends with what nutcracker says, word for word: scripts look for it. */
function testConfig(file: string): void {
  try {
    loadConfig(file);
    process.stderr.write(`nutcracker: configuration file '${file}' syntax is ok\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.stderr.write(`nutcracker: configuration file '${file}' syntax is invalid\n`);
    process.exitCode = 1;
  }
}
