import { aclCommands } from './acl-commands.js';
import { blockingCommands } from './blocking-commands.js';
import { clientCommands } from './clients/client-commands.js';
import { clusterCommands } from './cluster/cluster-commands.js';
import { connectionCommands } from './connection-commands.js';
import type { LocalCommand } from './local-command.js';
import { subscriptionCommands } from './pubsub/subscription-commands.js';
import { scanCommands } from './scanning/scan-commands.js';
import { scriptCommands } from './scripts/script-commands.js';
import { configCommands } from './servers/config-commands.js';
import { latencyCommands } from './servers/latency-commands.js';
import { monitorCommands } from './servers/monitor-commands.js';
import { runningScriptCommands } from './servers/running-script-commands.js';
import { serverCommands } from './servers/server-commands.js';
import { slowlogCommands } from './servers/slowlog-commands.js';
import { waitCommands } from './servers/wait-commands.js';
import { trackingCommands } from './tracking/tracking-commands.js';
import { transactionCommands } from './transactions/transaction-commands.js';

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
