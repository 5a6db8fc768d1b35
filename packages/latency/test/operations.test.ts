import { describe, expect, it } from 'vitest';
import { operationLatency, operationRequirements } from '../src/operations.ts';

const request = { method: 'POST', path: '/signal', headers: {}, body: null, predictions: 1 } as const;

describe('operations', () => {
  it('have the limits of the specification, none of them required', () => {
    const byMetric = new Map(operationRequirements().map((one) => [one.metric, one]));
    expect(byMetric.get('latency.signal.p95')).toMatchObject({
      comparison: '<',
      limit: 60,
      unit: 's',
      required: false,
    });
    expect(byMetric.get('latency.risk.p95')?.limit).toBe(15);
    expect(byMetric.get('latency.data-update.p95')?.limit).toBe(5);
    expect(byMetric.get('latency.features.p95')?.limit).toBe(30);
  });

  it('need a name and a request', () => {
    expect(() => operationLatency({ name: 'signal', requests: [] })).toThrow('at least one request');
    expect(() => operationLatency({ name: 'no name', requests: [request] })).toThrow('letters');
  });
});
