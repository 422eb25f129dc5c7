import type { Attributes } from '@opentelemetry/api';
import type { DurationSeries } from './duration-metric.js';
import { LatencyHistogram } from './latency-histogram.js';

/**
 * Takes the place of a histogram of the SDK's, which writes down all attributes as JSON to find where a duration
 * belongs, and so costs more than to serve the request. Here the attributes object itself is what a duration is
 * found by: the plugin gives the same one for the same thing.
 */
export class OperationDurations {
  readonly #byObject = new WeakMap<Attributes, LatencyHistogram>();
  readonly #byContent = new Map<string, DurationSeries>();

  get series(): DurationSeries[] {
    return [...this.#byContent.values()];
  }

  /** @param duration in seconds. */
  record(duration: number, attributes: Attributes): void {
    const latency = this.#byObject.get(attributes) ?? this.#remember(attributes);
    latency.record(duration * 1_000);
  }

  /** The objects are new when the servers are, though most of them say the same. */
  #remember(attributes: Attributes): LatencyHistogram {
    const content = JSON.stringify(attributes);
    let series = this.#byContent.get(content);
    if (series === undefined) {
      series = { attributes, latency: new LatencyHistogram() };
      this.#byContent.set(content, series);
    }
    this.#byObject.set(attributes, series.latency);
    return series.latency;
  }
}
