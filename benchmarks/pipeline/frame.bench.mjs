// A feature frame of a whole market, from columns: ours beside danfojs’s own constructor given the same as rows.

import { createRequire } from 'node:module';
import { toFrame } from '@preopen/frame';

const [stocks, features, repeats] = [2000, 60, 30];
const columns = Object.fromEntries(
  Array.from({ length: features }, (_, f) => [
    `f${f}`,
    Float64Array.from({ length: stocks }, (_, i) => Math.sin(i + f)),
  ]),
);
const best = (work) => {
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < repeats; k++) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
};
const ours = best(() => toFrame(columns));
let peer = null;
let note;
try {
  const { DataFrame } = createRequire(new URL('../../packages/frame/package.json', import.meta.url))('danfojs-node');
  const plain = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, Array.from(column)]));
  peer = { name: 'danfojs-node, an object of arrays', value: best(() => new DataFrame(plain)) };
} catch (error) {
  note = `peer did not run: ${error.message}`;
}
console.log(
  JSON.stringify({
    rows: [
      {
        name: `frame of ${stocks} stocks × ${features} features`,
        unit: 'ms',
        better: 'lower',
        ours,
        peer,
        ratio: peer && ours / peer.value,
        ...(note && { note }),
      },
    ],
  }),
);
