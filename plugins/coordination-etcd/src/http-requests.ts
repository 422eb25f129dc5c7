import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { EtcdError } from './etcd-error.js';

export interface HttpRequest {
  readonly url: string;
  readonly body: string;
  readonly token: string | null;
  /** Until the whole response is there, or the head of a stream, in ms. */
  readonly timeout: number;
  readonly isStream: boolean;
}

/** The open requests of one store, and the connections that they share. */
export class HttpRequests {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });
  readonly #open = new Set<ClientRequest>();

  /**
   * Resolves with the head of the response.
   * @throws {EtcdError}
   */
  send({ url, body, token, timeout, isStream }: HttpRequest): Promise<IncomingMessage> {
    const headers = { 'content-type': 'application/json', ...(token !== null && { authorization: token }) };
    const options = { method: 'POST', headers };
    const request = url.startsWith('https:')
      ? httpsRequest(url, { ...options, agent: this.#https })
      : httpRequest(url, { ...options, agent: this.#http });
    this.#open.add(request);
    const timer = setTimeout(() => request.destroy(new Error(`no answer in ${timeout} ms`)), timeout);
    if (isStream) request.once('response', () => clearTimeout(timer));
    return new Promise((resolve, reject) => {
      let hasLeft = false;
      request.once('socket', (socket: Socket) => {
        if (!socket.connecting) hasLeft = true;
        else socket.once('connect', () => (hasLeft = true));
      });
      request.once('response', resolve);
      request.on('error', (cause) => reject(new EtcdError(wordsOf(cause), hasLeft, { cause })));
      request.once('close', () => {
        clearTimeout(timer);
        this.#open.delete(request);
      });
      request.end(body);
    });
  }

  /** Ends what is open. */
  close(): void {
    for (const request of this.#open) request.destroy(new Error('the store is stopped'));
    this.#http.destroy();
    this.#https.destroy();
  }
}

/** @throws {EtcdError} where it breaks off. */
export async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const part of response) text += part;
  } catch (cause) {
    throw new EtcdError(wordsOf(cause as Error), true, { cause });
  }
  return text;
}

/** Some errors of the system have a code and nothing else to say. */
function wordsOf(error: NodeJS.ErrnoException): string {
  return error.message || (error.code ?? error.name);
}
