import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { latencyBoundaries } from './boundaries.ts';

/** OpenTelemetry's own, for what says nothing of its buckets. */
const sizeBoundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
/** Hosts and methods are the client's to choose: what comes after so many series is one of its own (OpenTelemetry's limit and attribute). */
const seriesAtMost = 2000;
const overflow: Attributes = { 'otel.metric.overflow': true };

interface Buckets {
  counts: number[];
  sum: number;
}

interface Series {
  attributes: Attributes;
  count: number;
  of: Buckets[];
}

interface Row {
  name: string;
  unit: 's' | 'By';
  boundaries: number[];
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.floor((ms % 1000) * 1e6)];

/**
 * Histograms of HTTP requests that share their attributes (contract data-plane 1.11). Made here, as the SDK works out the
 * attributes' identity anew for each instrument of each request, which is a tenth of what a request costs.
 */
class Histograms {
  readonly #rows: readonly Row[];
  readonly #series = new Map<string, Series>();
  readonly #since = hrTime(Date.now());

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  /** `key` stands for the attributes, which are made once; `values` in the order of the rows. */
  record(key: string, attributes: () => Attributes, values: readonly number[]): void {
    const series = this.#series.get(key) ?? this.#begin(key, attributes);
    series.count++;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const { boundaries } = this.#rows[i]!;
      let at = 0;
      while (at < boundaries.length && value > boundaries[at]!) at++;
      const of = series.of[i]!;
      of.counts[at]!++;
      of.sum += value;
    }
  }

  #begin(key: string, attributes: () => Attributes): Series {
    const full = this.#series.size >= seriesAtMost;
    const known = full ? this.#series.get('') : undefined;
    if (known) return known;
    const of = this.#rows.map(({ boundaries }) => ({ counts: Array<number>(boundaries.length + 1).fill(0), sum: 0 }));
    const series = { attributes: full ? overflow : attributes(), count: 0, of };
    this.#series.set(full ? '' : key, series);
    return series;
  }

  /** As the SDK's reader would have it. */
  collect(): MetricData[] {
    const endTime = hrTime(Date.now());
    return this.#rows.map(({ name, unit, boundaries }, i) => ({
      descriptor: { name, unit, description: '', valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [...this.#series.values()].map(({ attributes, count, of }) => ({
        attributes,
        startTime: this.#since,
        endTime,
        value: { buckets: { boundaries, counts: [...of[i]!.counts] }, sum: of[i]!.sum, count },
      })),
    }));
  }
}

export type HttpHistograms = Pick<Histograms, 'record' | 'collect'>;

/** Seconds, and bytes of the request's and of the response's body. */
export const serverHistograms = (): HttpHistograms =>
  new Histograms([
    { name: 'http.server.request.duration', unit: 's', boundaries: latencyBoundaries },
    { name: 'http.server.request.body.size', unit: 'By', boundaries: sizeBoundaries },
    { name: 'http.server.response.body.size', unit: 'By', boundaries: sizeBoundaries },
  ]);

/** Seconds, and bytes of the request's body. */
export const clientHistograms = (): HttpHistograms =>
  new Histograms([
    { name: 'http.client.request.duration', unit: 's', boundaries: latencyBoundaries },
    { name: 'http.client.request.body.size', unit: 'By', boundaries: sizeBoundaries },
  ]);
