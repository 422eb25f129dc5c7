import { randomUUID } from 'node:crypto';
import type { Resource } from '@opentelemetry/resources';
import { loadResources } from './sdk.js';

/** Who it is that tells: this process. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say more, or other things. */
export function processResource(): Resource {
  const { detectResources, envDetector, resourceFromAttributes } = loadResources();
  const own = resourceFromAttributes({ 'service.name': 'shardmux', 'service.instance.id': randomUUID() });
  return own.merge(detectResources({ detectors: [envDetector] }));
}
