import type { Explanation } from './explanation.ts';

/** Latency, throughput and errors of a service. */
export const serviceMetrics: readonly Explanation[] = [
  {
    metric: 'latency.inference.*',
    what: 'Response time of one request that scores the whole cross-section of the run, by percentile.',
    how: 'Open-loop: requests are due at random moments, well below capacity, and are sent whatever became of those before. Time counts from the moment at which a request was due, so that a stall is charged to everyone it delayed (no coordinated omission). Warm-up is cut off by a test of stationarity; the interval comes from batches, since neighbouring latencies depend on each other. Failed requests count as slow as the time-out.',
    whenItFails:
      'Compare it with latency.service.*: if that is much lower, requests wait in a queue (more workers, less work per request); if it is as high, the work itself is slow. latency/profile names the function, latency/batch-size the cost per stock. The chart “over time” of the report shows whether it is always slow or stalls at times (garbage collection, reloads, other work).',
  },
  {
    metric: 'latency.service.*',
    what: 'Service time: from the moment at which a request was sent to the end of its answer, without the wait before.',
    how: 'The same requests as latency.inference.*, counted from the sending. It tells what the target does when it is asked, and hides what waiting does to users: no requirement is held to it.',
    whenItFails:
      'Look at the work of one request: serialisation (binary tensors in place of JSON), the model’s trees, a database in the path.',
  },
  {
    metric: 'latency.response.*',
    what: 'Response time at an address or under a load that you chose, from the intended start of each request.',
    how: 'What preopen load and preopen latency give for endpoints that are no model. Open-loop unless --users asked for a closed one.',
    whenItFails: 'As for latency.inference.*; preopen load without --rate finds the rate that the limit allows.',
  },
  {
    metric: 'latency.users.*',
    what: 'Response time that concurrent users see who wait for each answer before they ask again.',
    how: 'Closed loop with the number of users of the suite. Users who wait ask less often when the target is slow, so that this figure flatters it; the open-loop one decides.',
    whenItFails: 'Find the knee (capacity.knee): beyond it more users buy only more waiting.',
  },
  {
    metric: 'latency.batch.fixed',
    what: 'Cost of a request that does not depend on how many stocks it scores.',
    how: 'Intercept of a line through service times at 1 to 2000 stocks a request.',
    whenItFails:
      'A large fixed cost is transport, parsing or a lock: send fewer, larger requests, or keep connections open.',
  },
  {
    metric: 'latency.batch.perStock',
    what: 'Cost of each further stock in a request.',
    how: 'Slope of a line through service times at 1 to 2000 stocks a request.',
    whenItFails: 'Score in columns, not stock by stock; look for work per row in Python or for JSON numbers.',
  },
  {
    metric: 'latency.eventLoop.utilisation',
    what: 'Part of the time in which the event loop of a Node service was busy, while requests came well below capacity.',
    how: 'Read from inside the process over the inspector, which the service does not notice.',
    whenItFails:
      'Close to 1 there is no room for a burst: move the scoring to worker threads, or start more processes.',
  },
  {
    metric: 'latency.eventLoop.delay.*',
    what: 'How late timers of a Node service are: what any request can be held back by.',
    how: 'Lateness of a timer due every 2 ms, read from inside the process.',
    whenItFails: 'Something synchronous runs for that long; latency/profile names the function.',
  },
  {
    metric: 'latency.gc.share',
    what: 'Part of its busy time that a Node service spends collecting garbage.',
    how: 'Pauses as the engine reports them, over the time in which the event loop did not wait.',
    whenItFails:
      'Allocate less per row (typed arrays that are used again), or give the young generation more room: preopen profile --help says how to try that by measurement.',
  },
  {
    metric: 'throughput.predictions',
    what: 'Predictions per second that the target sustains with P95 below its limit, whole cross-sections at a time.',
    how: 'A search over arrival rates (Poisson, open-loop), each held for a while and found sustained or not; the value is the highest rate that was sustained, with an interval. “≥” means that the search ended before the target did. A rate at which the load generator itself fell behind proves nothing and does not count.',
    whenItFails:
      'capacity.contention and capacity.coherency say what keeps it from growing. Usual remedies: binary tensors, several processes, a model that scores in batches.',
  },
  {
    metric: 'throughput.requests',
    what: 'Requests per second that the target sustains with P95 below its limit, one stock each.',
    how: 'The same search as throughput.predictions, with one stock a request: it shows the cost of a request rather than of a prediction.',
    whenItFails: 'Keep-alive connections, less parsing, no logging per request.',
  },
  {
    metric: 'throughput.users',
    what: 'Predictions per second that the concurrent users of the suite got together.',
    how: 'Closed loop; completed predictions over the time, warm-up left out.',
    whenItFails: 'See latency.users.* and capacity.knee.',
  },
  {
    metric: 'throughput.*',
    what: 'A rate that was completed under a load of your choice.',
    how: 'Completed over time, warm-up left out; requests that could not be sent are counted and shown.',
    whenItFails: 'Find the limit with preopen load without --rate.',
  },
  {
    metric: 'capacity.contention',
    what: 'Part of the work of the target that only one request can do at a time.',
    how: 'Sigma of the Universal Scalability Law, fitted to the throughput by requests under way. Source: Gunther, Guerrilla Capacity Planning, 2007.',
    whenItFails: 'Look for a global lock, one worker, one connection to a store.',
  },
  {
    metric: 'capacity.coherency',
    what: 'What requests under way cost each other, pair by pair.',
    how: 'Kappa of the Universal Scalability Law. Above zero there is a load beyond which more requests mean less throughput.',
    whenItFails:
      'Bound the requests under way (a queue with a limit, 503 beyond it); look for shared caches that are fought over.',
  },
  {
    metric: 'capacity.knee',
    what: 'Requests per second at the load where throughput divided by response time is highest.',
    how: 'From the fitted Universal Scalability Law.',
    whenItFails: 'Plan for loads below it: beyond, more load buys mostly waiting.',
  },
  {
    metric: 'capacity.peak',
    what: 'Highest throughput that the fitted law allows at any number of requests under way.',
    how: 'From the fitted Universal Scalability Law; absent where coherency is zero and there is no peak.',
    whenItFails: 'See capacity.coherency.',
  },
  {
    metric: 'errors.*',
    what: 'Share of requests under nominal load that got no right answer.',
    how: 'No connection, time-out, another status than 2xx, an answer that is not the protocol’s, another number of predictions than rows, or predictions that are not finite. The kinds are counted apart in the notes.',
    whenItFails:
      'The kind tells where: time-outs point at stalls or a full queue, shape and non-finite at the model’s code, connect at the listener’s backlog or a crash (see the target’s log in evidence/).',
  },
  {
    metric: 'load.*',
    what: 'A figure of the load itself: how late requests were sent, how many could not be.',
    how: 'From the load generator’s own ledger, which must balance, and Little’s law, whose residual is shown.',
    whenItFails: 'The generator is the bottleneck: --connections, more agents (preopen agent), or a quieter machine.',
  },
];
