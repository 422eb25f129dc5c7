import { text } from '@shardmux/config-file';
import { z } from 'zod';
import type { UsersConfig } from './normalised.js';
import { referenceSchema } from './secret.js';

const RULES_FORM =
  'must be rules: a text such as "on >password ~cached:* +@read", or a list of them, in which { env: NAME } and ' +
  '{ file: PATH } stand for a password';

const rules = z.union(
  [
    z.string().transform((line) => line.split(/\s+/).filter((rule) => rule !== '')),
    z.array(z.union([text(), referenceSchema])),
  ],
  { error: RULES_FORM },
);

const USERS_FORM = 'must be a mapping of users, each with its rules';

/** Users as they may be written: each with its rules, in one text or in a list. */
export const usersSchema = z
  .record(z.string().regex(/^[^\s\0]+$/), rules, { error: USERS_FORM })
  .transform((users): UsersConfig => users);

export const denySchema = z.array(text('must be the name of a command'), {
  error: 'must be a list of commands, such as [flushall, config|get]',
});
