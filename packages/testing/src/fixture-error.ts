import { ShardmuxError } from '@shardmux/plugin-api';

/**
 * A fixture cannot do its part.
 *
 * - `SHARDMUX_FIXTURE_MISSING`: a server is not installed; the message names the Debian package that has it.
 * - `SHARDMUX_FIXTURE_FAILED`: a server did not come up, or went away before it was asked to.
 * - `SHARDMUX_FIXTURE_CLOSED`: the connection ended before the bytes that were waited for.
 * - `SHARDMUX_FIXTURE_GARBAGE`: what came in is not a RESP value.
 * - `SHARDMUX_FIXTURE_UNDECIDED`: a check gave up before it knew.
 */
export class FixtureError extends ShardmuxError {}
