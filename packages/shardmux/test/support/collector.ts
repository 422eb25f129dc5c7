import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
}

export interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly OtlpAttribute[];
}

interface OtlpResource {
  readonly resource: { readonly attributes: readonly OtlpAttribute[] };
}

interface OtlpBody {
  readonly resourceSpans?: readonly (OtlpResource & {
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  })[];
  readonly resourceMetrics?: readonly (OtlpResource & {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  })[];
}

export interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: OtlpBody;
}

/** Takes what is sent by OTLP over HTTP, in JSON, and keeps it. */
export class Collector {
  readonly deliveries: Delivery[] = [];
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { url = '', headers } = request;
    this.deliveries.push({ path: url, headers, text, body: JSON.parse(text) as OtlpBody });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get spans(): OtlpSpan[] {
    return this.deliveries.flatMap(({ body }) =>
      (body.resourceSpans ?? []).flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  }

  /** The names of the metrics that came. */
  get metrics(): string[] {
    return this.deliveries.flatMap(({ body }) =>
      (body.resourceMetrics ?? []).flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
      ),
    );
  }

  /** What those who sent say of themselves, under a key. */
  senders(key: string): Set<string | undefined> {
    const resources = this.deliveries.flatMap(({ body }) => [
      ...(body.resourceSpans ?? []),
      ...(body.resourceMetrics ?? []),
    ]);
    return new Set(resources.map(({ resource }) => attributeOf(resource, key)));
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

export function attributeOf(
  { attributes }: { readonly attributes: readonly OtlpAttribute[] },
  key: string,
): string | undefined {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  return value?.stringValue ?? value?.intValue?.toString();
}
