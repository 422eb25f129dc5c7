import type { LocalCommand } from '../local-command.js';
import { asksEvery } from './every-server.js';

/** A bulk, or a verbatim text with its format: `=9…txt:…`. */
const TEXT = /^(?:\$\d+\r\n|=\d+\r\n[\s\S]{3}:)([\s\S]*)\r\n$/;

/** The texts of all servers, each under its server's name. One alone stays as it is. */
export const texts: LocalCommand = asksEvery(() => (replies, { protocol }, names) => {
  if (replies.length === 1) return replies[0];
  const parts = replies.map((reply, i) => {
    const [, text = ''] = TEXT.exec(reply.toString('latin1')) ?? [];
    return `# ${names[i]}\n${text.trimEnd()}\n`;
  });
  const text = (protocol === 3 ? 'txt:' : '') + parts.join('\n');
  return Buffer.from(`${protocol === 3 ? '=' : '$'}${text.length}\r\n${text}\r\n`, 'latin1');
});
