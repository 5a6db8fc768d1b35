import type { Explanation } from './explanation.ts';

/** Memory of a pipeline or a service. */
export const memoryMetrics: readonly Explanation[] = [
  {
    metric: 'memory.pipeline.peakRss',
    what: 'Most memory that the pipeline and all that it started held at once, from start to end.',
    how: 'The kernel’s own high-water mark where one process is all there is; for a tree of processes the shared pages are counted once (PSS or the cgroup’s peak). Each figure says whether it is exact, a lower bound or an over-count.',
    whenItFails:
      'The memory chart shows the stage at the peak and what each stage keeps after its end. Read data in columns and by day, use float32 where the model does, delete frames between stages. memory/scaling says how many stocks would fit.',
  },
  {
    metric: 'memory.service.peakRss',
    what: 'Most memory that the service held under requests.',
    how: 'As memory.pipeline.peakRss, while whole cross-sections are scored.',
    whenItFails:
      'Look at memory per request: large answers kept for logging, buffers that are never used again, one model per worker.',
  },
  {
    metric: 'memory.service.leak',
    what: 'Bytes that the service keeps per 1000 requests for ever.',
    how: 'Same work again and again, garbage collected before each look where the runtime allows it. A leak must show in a rank test of trend at p < 0.001, in the slope with its interval, in both halves of the time, and again when the time is doubled; a trend test alone would call most clean programs leaking. Growth that flattens is “saturating”, a cache that fills.',
    whenItFails:
      'The check names the class and the allocating function for Node services. In other languages look for what grows by request: lists at module level, caches without a limit, listeners that are added and not taken away.',
  },
  {
    metric: 'memory.pipeline.largestUniverse',
    what: 'Most stocks whose pipeline run still fits 16 GB.',
    how: 'Peak memory at several sizes of the universe, a fitted curve, and where its interval crosses 16 GB: an extrapolation that is marked as one.',
    whenItFails: 'Find what grows by stock: a stocks × stocks matrix grows by the square.',
  },
  {
    metric: 'memory.pressure.*',
    what: 'What becomes of the work under a lower limit of memory: where it slows, and where it breaks.',
    how: 'The same requests or the same dataset under lower and lower limits (control group, heap of the runtime, or resource limit, whichever works here). A break is clean if it ends with a message and another code than 0 and leaves no torn output.',
    whenItFails:
      'It breaks at a limit that you must run with: lower the peak (memory.pipeline.peakRss), or catch the failure and end cleanly.',
  },
  {
    metric: 'memory.gc.*',
    what: 'Garbage collection of a Node service under other sizes of its generations, side by side.',
    how: 'The same load in turn under each setting, with intervals; a setting is advised only where it was measured to be better.',
    whenItFails: 'Pass the advised setting by NODE_OPTIONS.',
  },
  {
    metric: 'memory.profile.*',
    what: 'A figure of preopen profile: peak, growth, processor time of a command or a process.',
    how: 'From /proc, for the whole process tree.',
    whenItFails: 'A growth is no leak yet: memory/leak decides, with known work and collected garbage.',
  },
  {
    metric: 'memory.*',
    what: 'A figure of memory.',
    how: 'From /proc for the whole process tree; its measurement says how.',
    whenItFails: 'The memory chart of the report shows when it was reached.',
  },
];
