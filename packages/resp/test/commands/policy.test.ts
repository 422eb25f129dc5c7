import { Handling } from '@shardmux/plugin-api';
import { encodeCommand } from '@shardmux/testing';
import { describe, expect, it } from 'vitest';
import { commandRows } from '../../src/commands/command-rows.js';
import { localCommands } from '../../src/conversation/local-commands.js';
import { RespReplyFramer } from '../../src/reply/framer.js';
import { conversationOf, decodeOne, text } from '../support.js';

const everyCommand = commandRows.flatMap((row) => [row, ...row.subcommands]);

/** The command with so many arguments that its arity is right. */
function decodeWell(name: string, arity: number) {
  const words = name.split('|');
  const missing = Math.max(0, Math.abs(arity) - words.length);
  return decodeOne(encodeCommand([...words, ...Array<string>(missing).fill('1')]));
}

function fullNamesHandledAs(handling: Handling): string[] {
  return everyCommand
    .filter(({ name, arity }) => decodeWell(name, arity).spec.handling === handling)
    .map(({ name }) => name);
}

function namesHandledAs(handling: Handling): string[] {
  return fullNamesHandledAs(handling).map((name) => name.split('|')[0]);
}

describe('the policy', () => {
  it('splits what can be merged again', () => {
    expect(namesHandledAs(Handling.split)).toEqual(['del', 'exists', 'mget', 'mset', 'touch', 'unlink']);
  });

  it('has a conversation that serves all that it is said to', () => {
    expect(fullNamesHandledAs(Handling.local)).toEqual([...localCommands.keys()].sort());
  });

  it('asks any server what all of them know', () => {
    const names = fullNamesHandledAs(Handling.anyNode).filter((name) => !/^command|[|]help$/.test(name));
    expect(names).toEqual(['function|dump', 'function|list', 'lolwut', 'time']);
    expect(fullNamesHandledAs(Handling.anyNode)).toEqual(
      expect.arrayContaining(['command|info', 'xinfo|help']),
    );
  });

  it('publishes where channels are', () => {
    expect(fullNamesHandledAs(Handling.channel)).toEqual(['publish']);
  });

  it('asks every server about what concerns all keys', () => {
    expect(fullNamesHandledAs(Handling.allNodes)).toEqual([
      ...['config|resetstat', 'dbsize', 'flushall', 'flushdb'],
      ...['function|delete', 'function|flush', 'function|load', 'function|restore'],
      ...['keys', 'latency|reset', 'memory|purge', 'randomkey'],
      ...['slowlog|len', 'slowlog|reset', 'swapdb'],
    ]);
  });

  it.each([
    'debug shutdown acl|setuser acl|deluser acl|save acl|log replicaof sync psync cluster|addslots cluster|meet',
    'migrate restore-asking pfdebug pfselftest script|debug',
  ])('does not serve %s', (names) => {
    const served = everyCommand.filter(({ name, arity }) => {
      const [container, subcommand] = name.split('|');
      const isNamed = [name, container].some((each) => names.split(' ').includes(each));
      return isNamed && subcommand !== 'help' && decodeWell(name, arity).handling !== Handling.reject;
    });
    expect(served).toEqual([]);
  });

  it('gives a reason for everything that is not served', () => {
    const conversation = conversationOf({ password: null, deny: [] });
    for (const { name, arity } of everyCommand) {
      const command = decodeWell(name, arity);
      if (command.spec.handling !== Handling.reject) continue;
      const [container, subcommand] = name.split('|');
      const isContainer = subcommand === undefined && command.spec.subcommands !== null;
      const answer = text(conversation.answer(command) as Uint8Array);
      if (!isContainer)
        expect(answer).toMatch(/^-ERR '[a-z|-]+' is not supported by shardmux: [a-z].{10,}\r\n$/);
      else expect(answer).toBe(`-ERR unknown subcommand '1'. Try ${container.toUpperCase()} HELP.\r\n`);
    }
  });
});

describe('every command with any number of arguments', () => {
  it('is routed by its keys or has an answer', () => {
    const framer = new RespReplyFramer();
    for (const { name, arity } of everyCommand) {
      const words = name.split('|');
      for (let count = 0; count <= Math.abs(arity) + 3; count++) {
        const command = decodeOne(encodeCommand([...words, ...Array<string>(count).fill('1')]));
        const { handling } = command;
        if (handling === Handling.forward || handling === Handling.split) {
          expect(command.keyCount).toBeGreaterThan(0);
        } else if (handling === Handling.channel) {
          expect(command.keyCount).toBe(1);
        } else if (handling !== Handling.anyNode && handling !== Handling.allNodes) {
          const conversation = conversationOf({ password: null });
          const answer = conversation.answer(command);
          if (answer instanceof Uint8Array)
            expect(framer.frame(answer, 0, answer.length)).toBe(answer.length);
          else expect(handling).toBe(Handling.local);
        }
      }
    }
  });
});
