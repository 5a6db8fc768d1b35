import type { Random } from '@preopen/core';
import { exp, log } from './deterministic-math.ts';

/** Random numbers by the block, the same on every machine; a block costs no allocation. */
export interface NormalStream {
  /** Fills the first `count` places with standard normals. */
  fillNormal(out: Float64Array, count: number): void;
  /** Fills the first `count` places with numbers in (0, 1). */
  fillUniform(out: Float64Array, count: number): void;
  normal(): number;
  uniform(): number;
}

const layers = 128;
/** Where the tail begins, and the area of each layer. Source: Marsaglia & Tsang, Journal of Statistical Software 5(8), 2000. */
const tailFrom = 3.442619855899;
const layerArea = 9.91256303526217e-3;
const wordScale = 2147483648;

/** Right edge of each layer, and the density there; layer 0 is the base with the tail. */
const edge = new Float64Array(layers + 1);
const height = new Float64Array(layers + 1);
/** Words below this fall inside the layer's rectangle, and what a word is worth in it. */
const inside = new Float64Array(layers);
const worth = new Float64Array(layers);
{
  const density = (x: number): number => exp(-0.5 * x * x);
  edge[0] = layerArea / density(tailFrom);
  edge[1] = tailFrom;
  for (let i = 1; i < layers; i++) {
    height[i] = density(edge[i]!);
    edge[i + 1] = i + 1 === layers ? 0 : Math.sqrt(-2 * log(layerArea / edge[i]! + height[i]!));
  }
  height[layers] = 1;
  for (let i = 0; i < layers; i++) {
    inside[i] = (edge[i + 1]! / edge[i]!) * wordScale;
    worth[i] = edge[i]! / wordScale;
  }
}

/**
 * Normals by the ziggurat method of Marsaglia & Tsang, with the layer and the value from different words (the original
 * takes both from one, which correlates them: Doornik, 2005). Words by sfc32 (Doty-Humphrey, PractRand).
 * @param random gives the state; nothing is drawn from it later
 */
export function createNormalStream(random: Random): NormalStream {
  const state = new Int32Array(4);
  for (let k = 0; k < 3; k++) state[k] = random.integer(4294967296) | 0;
  state[3] = 1;
  const single = new Float64Array(1);

  const fillNormal = (out: Float64Array, count: number): void => {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    for (let at = 0; at < count; at++) {
      for (;;) {
        let t = (((a + b) | 0) + d) | 0;
        d = (d + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (c << 21) | (c >>> 11);
        c = (c + t) | 0;
        const word = t;
        t = (((a + b) | 0) + d) | 0;
        d = (d + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (c << 21) | (c >>> 11);
        c = (c + t) | 0;
        const layer = t & 127;
        const x = word * worth[layer]!;
        if (Math.abs(word) < inside[layer]!) {
          out[at] = x;
          break;
        }
        // The bits of the second word that chose no layer decide the rare rest.
        const chance = ((t >>> 7) + 0.5) / 33554432;
        if (layer > 0) {
          if (height[layer]! + chance * (height[layer + 1]! - height[layer]!) < exp(-0.5 * x * x)) {
            out[at] = x;
            break;
          }
          continue;
        }
        // The base layer's area counts the tail in full: what is refused is drawn again there, not elsewhere.
        for (let spread = chance; ; ) {
          t = (((a + b) | 0) + d) | 0;
          d = (d + 1) | 0;
          a = b ^ (b >>> 9);
          b = (c + (c << 3)) | 0;
          c = (c << 21) | (c >>> 11);
          c = (c + t) | 0;
          const beyond = -log(spread) / tailFrom;
          const refused = -2 * log(((t >>> 16) + 0.5) / 65536) < beyond * beyond;
          // The other half of the word is the next try's.
          spread = ((t & 65535) + 0.5) / 65536;
          if (refused) continue;
          out[at] = word > 0 ? tailFrom + beyond : -tailFrom - beyond;
          break;
        }
        break;
      }
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  };

  const fillUniform = (out: Float64Array, count: number): void => {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    for (let at = 0; at < count; at++) {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + t) | 0;
      out[at] = ((t >>> 0) + 0.5) / 4294967296;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  };

  return {
    fillNormal,
    fillUniform,
    normal() {
      fillNormal(single, 1);
      return single[0]!;
    },
    uniform() {
      fillUniform(single, 1);
      return single[0]!;
    },
  };
}
