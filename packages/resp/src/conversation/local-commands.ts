import { aclCommands } from './acl-commands.js';
import { blockingCommands } from './blocking-commands.js';
import { clientCommands } from './client-commands.js';
import { clusterCommands } from './cluster-commands.js';
import { configCommands } from './config-commands.js';
import { connectionCommands } from './connection-commands.js';
import { latencyCommands } from './latency-commands.js';
import type { LocalCommand } from './local-command.js';
import { monitorCommands } from './monitor-commands.js';
import { runningScriptCommands } from './running-script-commands.js';
import { scanCommands } from './scan-commands.js';
import { scriptCommands } from './script-commands.js';
import { serverCommands } from './server-commands.js';
import { slowlogCommands } from './slowlog-commands.js';
import { subscriptionCommands } from './subscription-commands.js';
import { trackingCommands } from './tracking-commands.js';
import { transactionCommands } from './transaction-commands.js';
import { waitCommands } from './wait-commands.js';

/** All commands that the conversation serves. */
export const localCommands: ReadonlyMap<string, LocalCommand> = new Map(
  Object.entries({
    ...aclCommands,
    ...blockingCommands,
    ...clientCommands,
    ...clusterCommands,
    ...configCommands,
    ...connectionCommands,
    ...latencyCommands,
    ...monitorCommands,
    ...runningScriptCommands,
    ...scanCommands,
    ...scriptCommands,
    ...serverCommands,
    ...slowlogCommands,
    ...subscriptionCommands,
    ...trackingCommands,
    ...transactionCommands,
    ...waitCommands,
  }),
);
