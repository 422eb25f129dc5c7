import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { mapping, text } from '@shardmux/config-file';
import { ConfigError } from '@shardmux/plugin-api';
import { z } from 'zod';

/** Where a text is that is not to stand in the configuration: it is read anew by each process, and when it changes. */
export type SecretReference = { readonly env: string } | { readonly file: string };

/** A text that is shown to nobody, as it was written or where it is. */
export type Secret = string | SecretReference;

const SECRET_FORM =
  'must be a text that is not empty, in quotes where it looks like a number, or { env: NAME } or { file: PATH }';

const VARIABLE = /^[A-Za-z_]\w*$/;

const inVariable = mapping({
  env: z.string().regex(VARIABLE).describe('The name of an environment variable that holds it.'),
});
const inFile = mapping({
  file: text().describe('The path of a file that holds it. A line break at its end is no part of it.'),
});

export const referenceSchema = z.union([inVariable, inFile]);

export const secretSchema = z.union([text(), referenceSchema], { error: SECRET_FORM });

/** What a reference leads to cannot be used: code `SHARDMUX_CONFIG_SECRET`. The message names no secret. */
export class SecretError extends ConfigError {
  /** What a problem says of it. */
  readonly found: string;
  readonly expected: string;

  constructor(found: string, expected: string, options?: ErrorOptions) {
    super('SHARDMUX_CONFIG_SECRET', `found ${found}: ${expected}`, options);
    this.found = found;
    this.expected = expected;
  }
}

/** @param folder what a relative path starts from. */
export function locateSecret<Given extends Secret>(secret: Given, folder: string): Given | SecretReference {
  return typeof secret === 'object' && 'file' in secret ? { file: resolve(folder, secret.file) } : secret;
}

/** @throws {SecretError} where it is not there, or empty. */
export function readSecret(secret: Secret): string {
  if (typeof secret === 'string') return secret;
  const { found, content } = 'env' in secret ? readVariable(secret.env) : readText(secret.file);
  if (content === '') throw new SecretError(found, 'must not be empty');
  return content;
}

function readVariable(name: string): { found: string; content: string } {
  const content = process.env[name];
  const found = `the environment variable ${name}`;
  if (content === undefined) throw new SecretError(found, 'must be set');
  return { found, content };
}

function readText(path: string): { found: string; content: string } {
  const found = `the file ${path}`;
  const bytes = readSecretFile(path);
  try {
    const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { found, content: content.replace(/\r?\n$/, '') };
  } catch {
    throw new SecretError(found, 'must be UTF-8');
  }
}

/** @throws {SecretError} */
export function readSecretFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SecretError(`the file ${path}`, `must be readable: ${code}`, { cause });
  }
}
