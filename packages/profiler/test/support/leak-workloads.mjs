// Workloads whose truth is known: 24 that keep nothing in the end, however they look on the way, and 15 that leak.
// Each is made from a seed and gives one iteration. Kinds: those of the study that the leak rule was chosen on.
import { setMaxListeners } from 'node:events';

/** A small generator of our own, so that the workloads need nothing: mulberry32. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An object of about so many bytes: an array of doubles. */
const block = (bytes) => new Array(Math.max(1, Math.round(bytes / 8) - 2)).fill(0.5);

/** Work that leaves nothing. */
function churn(random) {
  let sum = 0;
  for (let i = 0; i < 20; i++) {
    const rows = Array.from({ length: 20 }, (_, k) => ({ k, value: random(), text: `s${k}` }));
    sum += rows.filter(({ value }) => value > 0.5).map(({ value }) => value * 2)[0] ?? 0;
  }
  return sum;
}

/** A list that holds as many blocks as a level says. */
function levelled(nextLevel, blockBytes = 1024) {
  const held = [];
  return () => {
    const level = Math.max(0, Math.round(nextLevel()));
    while (held.length > level) held.pop();
    while (held.length < level) held.push(block(blockBytes));
  };
}

const sawtooth = (period) => {
  let held = [];
  return () => {
    held.push(block(1024));
    if (held.length >= period) held = [];
  };
};

function lru(random, capacity, keys, bytes = 512) {
  const cache = new Map();
  return () => {
    for (let i = 0; i < 5; i++) {
      const key = Math.floor(random() * keys);
      const value = cache.get(key) ?? block(bytes);
      cache.delete(key);
      cache.set(key, value);
      if (cache.size > capacity) cache.delete(cache.keys().next().value);
    }
  };
}

const randomWalk = (random) => {
  let level = 200;
  return levelled(() => {
    level += Math.round((random() - 0.5) * 8);
    level = level < 0 ? -level : level > 400 ? 800 - level : level;
    return level;
  });
};

const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const autoregressive = (random) => {
  let deviation = 0;
  return levelled(() => {
    deviation = 0.97 * deviation + normal(random) * 8;
    return 200 + deviation;
  });
};

const seasonal = (period) => {
  let t = 0;
  return levelled(() => 200 + 100 * Math.sin((2 * Math.PI * t++) / period));
};

/** @type {Record<string, (random: () => number) => () => unknown>} */
export const clean = {
  'no-op': () => () => undefined,
  churn: (random) => () => churn(random),
  lru: (random) => lru(random, 200, 1000),
  'slow-filling cache': (random) => {
    const cache = new Map();
    return () => {
      // 600 keys drawn at random: nine in ten are there after 1400 draws.
      for (let i = 0; i < 3; i++) {
        const key = Math.floor(random() * 600);
        if (!cache.has(key)) cache.set(key, block(512));
      }
    };
  },
  'sawtooth, flush every 7': () => sawtooth(7),
  'sawtooth, flush every 25': () => sawtooth(25),
  'sawtooth, flush every 60': () => sawtooth(60),
  'compiled code warms up': (random) => {
    const functions = Array.from({ length: 30 }, (_, k) => new Function('x', `return x * ${k} + Math.sqrt(x + ${k})`));
    return () => {
      let sum = 0;
      for (const f of functions) for (let i = 0; i < 50; i++) sum += f(random());
      return sum;
    };
  },
  'a universe of 2000 symbols': (random) => {
    const last = new Map();
    return () => {
      for (let i = 0; i < 60; i++) last.set(`S${Math.floor(random() * 2000)}`, { price: random(), volume: i });
    };
  },
  'weak map and finalizers': () => {
    const notes = new WeakMap();
    let finalized = 0;
    const registry = new FinalizationRegistry(() => finalized++);
    return () => {
      const key = { payload: block(512) };
      notes.set(key, block(512));
      registry.register(key, 1);
    };
  },
  timers: (random) => () => {
    const payload = block(512);
    setTimeout(() => payload.length, Math.floor(random() * 40)).unref();
  },
  'map with a time to live': () => {
    const entries = new Map();
    let t = 0;
    return () => {
      t++;
      entries.set(t, { until: t + 50, payload: block(512) });
      for (const [key, { until }] of entries) {
        if (until > t) break;
        entries.delete(key);
      }
    };
  },
  ring: () => {
    const ring = new Array(128).fill(null);
    let at = 0;
    return () => {
      ring[at++ % 128] = block(1024);
    };
  },
  'pooled buffers': (random) => {
    const pool = Array.from({ length: 16 }, () => Buffer.alloc(4096));
    return () => {
      const buffer = pool.pop() ?? Buffer.alloc(4096);
      buffer.fill(Math.floor(random() * 255));
      pool.push(buffer);
    };
  },
  'reflected random walk': (random) => randomWalk(random),
  'AR(1) 0.97': (random) => autoregressive(random),
  'season of 60': () => seasonal(60),
  promises: (random) => async () => {
    await Promise.all(Array.from({ length: 20 }, async () => random()));
  },
  json: (random) => () => {
    const text = JSON.stringify(Array.from({ length: 50 }, (_, k) => ({ k, value: random() })));
    return JSON.parse(text).length;
  },
  'lazy modules': () => {
    const names = ['node:zlib', 'node:dns', 'node:tls', 'node:readline', 'node:querystring', 'node:string_decoder'];
    let t = 0;
    return async () => {
      if (t++ % 20 === 0 && names.length > 0) await import(names.pop());
    };
  },
  'lazy histogram': (random) => {
    const buckets = new Map();
    return () => {
      const bucket = Math.floor(-Math.log(1 - random()) * 20);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    };
  },
  'string interning': (random) => {
    const seen = new Set();
    return () => {
      for (let i = 0; i < 10; i++) seen.add(`symbol-${Math.floor(random() * 800)}`);
    };
  },
  'one model load': () => {
    let model;
    let t = 0;
    return () => {
      if (t++ === 150) model = Array.from({ length: 2000 }, () => block(512));
      return model?.length;
    };
  },
  'two model loads': () => {
    const models = [];
    let t = 0;
    return () => {
      if (t === 100 || t === 300) models.push(Array.from({ length: 1000 }, () => block(512)));
      t++;
    };
  },
};

class LeakedRequest {
  constructor(bytes) {
    this.payload = block(bytes - 64);
  }
}

/** A leak of plain objects, kept for ever by `kept`. */
const keeping = (bytes, beside = () => undefined) => {
  const kept = [];
  return () => {
    beside();
    kept.push(new LeakedRequest(bytes));
  };
};

/** Leaks with what each keeps per iteration, about, in bytes. */
export const leaks = {
  '64 B': {
    bytes: 64,
    make: () => {
      const kept = [];
      return () => void kept.push({ a: 1.5, b: 2 });
    },
  },
  '256 B': { bytes: 256, make: () => keeping(256) },
  '1 KB': { bytes: 1024, make: () => keeping(1024) },
  '10 KB': { bytes: 10_240, make: () => keeping(10_240) },
  closure: {
    bytes: 57,
    make: () => {
      const kept = [];
      return () => {
        const at = kept.length;
        kept.push(() => at);
      };
    },
  },
  listener: {
    bytes: 1024,
    make: () => {
      const target = new EventTarget();
      // The listeners that stay are the leak that is planted; Node would warn of the eleventh.
      setMaxListeners(0, target);
      return () => {
        const payload = block(1024);
        target.addEventListener('tick', () => payload.length);
      };
    },
  },
  'map with a date as key': {
    bytes: 1024,
    make: () => {
      const map = new Map();
      let t = 0;
      return () => void map.set(new Date(t++ * 86_400_000), block(900));
    },
  },
  'sporadic, one in ten': {
    bytes: 1024,
    make: (random) => {
      const kept = [];
      return () => {
        if (random() < 0.1) kept.push(new LeakedRequest(10_240));
      };
    },
  },
  'external buffer': {
    bytes: 1024,
    make: () => {
      const kept = [];
      return () => void kept.push(new Uint8Array(1024));
    },
  },
  promise: {
    bytes: 1024,
    make: () => {
      // The promise that is never kept is held itself: of one that only came of it, the rest would be garbage.
      const waiting = [];
      return () => {
        const payload = block(800);
        const never = new Promise(() => undefined);
        void never.then(() => payload);
        waiting.push(never);
      };
    },
  },
  '1 KB behind a sawtooth': { bytes: 1024, make: () => keeping(1024, sawtooth(25)) },
  '1 KB behind a random walk': { bytes: 1024, make: (random) => keeping(1024, randomWalk(random)) },
  '1 KB behind AR(1)': { bytes: 1024, make: (random) => keeping(1024, autoregressive(random)) },
  '1 KB behind a season': { bytes: 1024, make: () => keeping(1024, seasonal(60)) },
  '1 KB behind an LRU': { bytes: 1024, make: (random) => keeping(1024, lru(random, 200, 1000)) },
};
