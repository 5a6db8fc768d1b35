import type { Toxic } from './toxic.ts';

/** What a toxic does, with its size, for people. */
export function describeToxic(toxic: Toxic): string {
  const { stream, toxicity } = toxic;
  const way = stream === 'upstream' ? 'requests' : 'answers';
  const share = toxicity < 1 ? ` on ${Math.round(toxicity * 1000) / 10} % of connections` : '';
  return `${effectOf(toxic, way)}${share}`;
}

function effectOf(toxic: Toxic, way: string): string {
  switch (toxic.type) {
    case 'latency': {
      const { latencyMs, jitterMs = 0, distribution = 'uniform' } = toxic;
      const spread = jitterMs > 0 ? ` ± ${jitterMs} ms (${distribution})` : '';
      return `${way} ${latencyMs} ms${spread} later`;
    }
    case 'bandwidth':
      return `${way} at ${toxic.bytesPerSecond / 1000} kB/s`;
    case 'timeout':
      return `no ${way} get through${toxic.timeoutMs > 0 ? `, closed after ${toxic.timeoutMs} ms` : ''}`;
    case 'reset_peer':
      return toxic.timeoutMs > 0 ? `connections reset after ${toxic.timeoutMs} ms` : 'connections reset';
    case 'slow_close':
      return `ends of ${way} ${toxic.delayMs} ms late`;
    case 'slicer':
      return `${way} in pieces of ${toxic.averageBytes} bytes`;
    case 'limit_data':
      return `closed after ${toxic.bytes} bytes of ${way}`;
    case 'corrupt':
      return `one byte in ${toxic.everyBytes} of ${way} changed`;
    case 'half_open':
      return 'connections half-open: nothing comes and nothing is refused';
    case 'down':
      return 'connections refused';
  }
}
