/** LightGBM's random numbers: a 32-bit linear congruential generator. Equal seeds give equal streams with upstream. */
export class Lcg {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  private next(): number {
    this.state = (Math.imul(214013, this.state) + 2531011) >>> 0;
    return this.state;
  }

  /** 15 random bits. */
  short(): number {
    return (this.next() >>> 16) & 0x7fff;
  }

  /** Uniform in [0, 1), 15 bits. */
  uniform(): number {
    return this.short() / 32768;
  }

  /** 31 random bits. */
  int(): number {
    return this.next() & 0x7fff_ffff;
  }

  /** `count` distinct numbers of `[0, total)`, ascending. */
  sample(total: number, count: number): Uint32Array {
    if (count > total || count <= 0) return new Uint32Array(0);
    if (count === total) return Uint32Array.from({ length: total }, (_, i) => i);
    if (count > 1 && count > total / Math.log2(count)) {
      const taken = new Uint32Array(count);
      let length = 0;
      for (let i = 0; i < total; i++) {
        if (this.uniform() < (count - length) / (total - i)) taken[length++] = i;
      }
      return taken.subarray(0, length);
    }
    const taken = new Set<number>();
    for (let last = total - count; last < total; last++) {
      const drawn = this.int() % (last + 1);
      taken.add(taken.has(drawn) ? last : drawn);
    }
    return Uint32Array.from(taken).sort();
  }
}
