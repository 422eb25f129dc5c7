import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument } from '@shardmux/testing';

const page = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8');

const [main, inTransactions] = page.split('\nBetween `MULTI`');

/** What docs/commands.md says of each command; names in lower case, `xgroup|create`. */
const handled = tableIn(main);

const refusedInTransactions = tableIn(inTransactions);

function tableIn(text: string): ReadonlyMap<string, string> {
  const rows = [...text.matchAll(/^\| (`.+`) \| (.+) \|$/gm)];
  return new Map(
    rows.flatMap(([, names, how]) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => [name.toLowerCase().replace(' ', '|'), how]),
    ),
  );
}

/** Why it has no place in a transaction; empty where it has one. */
export function whyNotInTransactions(name: string): string {
  return refusedInTransactions.get(name) ?? '';
}

/** The commands that are served but for some forms: those that the page names in its sentence on them. */
const forms = page.slice(page.indexOf('Some forms of a command are refused'), page.indexOf('\n| commands |'));

/** What COMMAND calls a command: `xgroup|create` for `XGROUP CREATE key …`. */
export function nameOf([command, subcommand]: readonly Argument[]): string {
  const name = String(command).toLowerCase();
  const whole = `${name}|${String(subcommand).toLowerCase()}`;
  return handled.has(whole) ? whole : name;
}

/** The page's words on a command: `refused: …` or `denied …` of those that are not served; empty for unknown ones. */
export function howHandled(name: string): string {
  return handled.get(name) ?? '';
}

export function isServed(name: string): boolean {
  return handled.has(name) && !/^(refused|denied)/.test(howHandled(name));
}

/** Whether a reply that refuses a command does so with what stands on the page. */
export function isOnPage(name: string, reply: string): boolean {
  if (/^-NOPERM '[^']+' is denied by the configuration of shardmux\r\n$/.test(reply)) {
    return howHandled(name).startsWith('denied');
  }
  const reason = /^-ERR '[^']+' is not supported by shardmux: ([^\r]*)\r\n$/.exec(reply)?.[1];
  if (reason === undefined) return false;
  return howHandled(name) === `refused: ${reason}` || new RegExp(`\`${name}[ \`]`, 'i').test(forms);
}
