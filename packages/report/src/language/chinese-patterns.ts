/** A text with figures in it, and how it is said in Chinese; a nested one ends in a text of its own that must be known too. */
export type Pattern = readonly [pattern: RegExp, chinese: string, nested?: 'nested'];

/** A number as checks write it. */
const n = '([\\d.,∞−–-]+(?:e-?\\d+)?)';
/** A quantity with its unit. */
const q = '([\\d.,∞−-]+ ?(?:ms|s|min|h|B|kB|MB|GB|%|/s)?)';
const of = (source: string): RegExp => new RegExp(`^${source}$`);

/** Why something was not measured, or is undecided. */
const reasons: readonly Pattern[] = [
  [/^(.+) lies across the limit (.+) after ([\d,]+) samples$/, '$1 在 $3 個樣本後仍跨越門檻 $2'],
  [/^(.+) against (<=?|>=?|≤|≥) (.+), although (.+)$/, '$1，要求 $2 $3；但$4', 'nested'],
  [/^([\d.,≥≤ ]+.*?) against (<=?|>=?|≤|≥) ([^,]+|[\d,]+)$/, '$1，要求 $2 $3'],
  [
    /^other processes took ([\d.]+ %) of the machine's CPU time(?:, most of it (.+))?$/,
    '其他程序占用了機器 CPU 時間的 $1（主要為 $2）',
  ],
  [/^measured twice: the first time, (.+)$/, '測量了兩次；第一次時，$1', 'nested'],
  [/^(.+) measures it, which is not in (\S+) but in (.+)$/, '由 $1 測量，該檢查不在套件 $2 中，而在 $3 中'],
  [/^left out by (only|skip) (.+)$/, '因 $1 $2 而略過'],
  [/^(\S+) ended without measuring it$/, '$1 結束時未測得此項'],
  [/^(\S+) skipped: (.+)$/, '$1 未執行：$2', 'nested'],
  [/^(\S+) failed: (.+)$/, '$1 失敗：$2', 'nested'],
  [/^interrupted by (SIG[A-Z]+)$/, '因 $1 中斷'],
  [
    of(`generator-limited: the generator sent ${n} % of its requests more than ${q} late; ${q} are allowed`),
    '受產生器限制：$1 % 的請求晚送出 $2 以上，容許 $3',
  ],
  [
    of(`no interval for the (\\d+)\\w+ percentile: ${n} samples; ${n} batches for this quantile need at least ${n}`),
    '第 $1 百分位無信賴區間：樣本 $2 個；此分位的 $3 個批次至少需要 $4 個',
  ],
  [
    of(`no steady state before the fault: (P\\d+) (fell|rose) from ${n} to ${n} ms before any fault`),
    '故障前未達穩態：尚未注入故障，$1 已由 $3 變為 $4 ms',
  ],
  [of(`${n} sizes were measured, and a line needs ${n}`), '測得 $1 種規模，而擬合直線需要 $2 種'],
  [of(`needs (.+)`), '需要：$1', 'nested'],
  [of(`${n} of ${n} requests failed at saturation( \\(.+\\))?`), '飽和負載下 $2 個請求中有 $1 個失敗$3'],
  [of(`${n} of ${n} requests, one at a time, failed( \\(.+\\))?`), '逐一送出的 $2 個請求中有 $1 個失敗$3'],
  [
    of(
      `not even one request at a time is answered within ${q}: in each fifth of ${n}, one after the other, half took ${q} or longer`,
    ),
    '即使一次只送一個請求，也無法在 $1 內回應：依序送出 $2 個，每五分之一中有一半至少需 $3',
  ],
];

/** How figures were got. */
const hows: readonly Pattern[] = [
  [
    of(`response time from the intended start, requests of ${n} rows?, Poisson arrivals at ${n} /s`),
    '自預定送出時刻起算的回應時間；每次請求 $1 列，Poisson 到達，每秒 $2 次',
  ],
  [
    of(
      `${n} rows? a request, Poisson arrivals, P95 from the intended start below ${q}(?:; more could not be tried: (.+))?`,
    ),
    '每次請求 $1 列，Poisson 到達，自預定送出時刻起算的 P95 低於 $2',
  ],
  [of(`${n} (timeout|refused|closed|error)`), '$1 次 $2'],
  [
    of(`${n} pauses of the garbage collector, longest ${q}, as part of the time .*`),
    '垃圾回收停頓 $1 次，最長 $2；占事件迴圈非等待時間的比例',
  ],
  [of(`between the announced start and end of the stage “(.+)”`), '自階段「$1」宣告開始至結束'],
  [of(`bytes kept per 1000 requests \\((.+)\\): (no-leak|leak|undecided)`), '每千次請求殘留的位元組（$1）：$2'],
  [
    of(`closed loop with ${n} to ${n} requests of ${n} rows? under way`),
    '封閉迴路，同時進行 $1 至 $2 個請求，每個 $3 列',
  ],
  [of(`closed loop, ${n} users without pause, ${n} rows a request`), '封閉迴路，$1 位使用者不停頓，每次請求 $2 列'],
  [
    of(`duration grows as the number of stocks to this power, from runs on ${n} to ${n} stocks × ${n} days`),
    '時間隨股票數的此次方成長；由 $1 至 $2 檔股票 × $3 個交易日的執行求得',
  ],
  [
    of(`(exact|lower-bound|sampled): high-water mark of the kernel(?:, last read at most ${q} before the end)?`),
    '$1：核心記錄的最高水位',
  ],
  [
    of(`from the undo until response times and failures stay within tolerance of the ${n} requests before the fault`),
    '自故障解除起，至回應時間與失敗率回到故障前 $1 次請求的容許範圍內',
  ],
  [
    of(`lateness of a timer that is due every ${q}, P99 of its ticks \\(longest ${q}\\), over ${q} at ${n} requests/s`),
    '每 $1 觸發一次的計時器的延遲 P99（最長 $2），歷時 $3，每秒 $4 次請求',
  ],
  [
    of(
      `line through ${n} answers with ${n} to ${n} stocks, one request at a time; the medians of the sizes are within ${q} of it`,
    ),
    '由 $1 次回應（$2 至 $3 檔股票，逐一請求）擬合的直線；各規模的中位數與其相差不超過 $4',
  ],
  [
    of(`mean IC over that of the best possible prediction, ${n}; resampled by day, both together`),
    '平均 IC 與最佳可能預測之平均 IC（$1）的比；兩者一併按日重抽樣',
  ],
  [of(`mean rank IC in Newey–West standard errors, ${n} lags`), '平均排序 IC 除以 Newey–West 標準誤（$1 階落後）'],
  [
    of(`of the stocks that traded, from the first predicted day on, after ${n} sessions of their own`),
    '自首個預測日起，上市滿 $1 個交易日且有成交的股票',
  ],
  [
    of(`part of the portfolio that is bought each day; ${n} orders were stopped by limits and halts`),
    '投資組合每日買進的比例；$1 筆委託因漲跌停或暫停交易而未成交',
  ],
  [
    of(`part of the time in which the event loop did not wait, over ${q} at ${n} requests/s`),
    '事件迴圈非等待的時間比例，歷時 $1，每秒 $2 次請求',
  ],
  [
    of(
      `rank IC against the return of the next session, close to close, out of sample as the pipeline says, over ${n} days`,
    ),
    '與次一交易日收盤對收盤報酬的排序 IC，依管線宣稱為樣本外，共 $1 個交易日',
  ],
  [
    of(`service time of one request for up to ${n} stocks, one at a time, failed ones included`),
    '單一請求（至多 $1 檔股票）的服務時間，逐一送出，含失敗者',
  ],
  [
    of(
      `stocks with a finite prediction on every predicted day on which they traded, after ${n} sessions of their own; the dataset has ${n}`,
    ),
    '上市滿 $1 個交易日後，於每個有成交的預測日均有有限預測值的股票；資料集共 $2 檔',
  ],
  [
    of(`the same after ${n} % commission each way and ${n} % tax on sales`),
    '同上，扣除買賣各 $1 % 手續費與賣出 $2 % 證券交易稅',
  ],
  [of(`what the curve says of ${n} stocks; an extrapolation`), '曲線外推至 $1 檔股票'],
  [
    of(`daily return above all predicted stocks, before costs: the best ${n} % of the stocks, .*`),
    '扣除成本前，較全部受預測股票的日超額報酬：取排名前 $1 % 的股票等權重，於漲跌停與暫停交易允許時以次日開盤成交',
  ],
  [of(`stocks that fit ${q} with ${n} days: .*`), '在 $2 個交易日下 $1 記憶體可容納的股票數'],
];

/** What checks note of their own measuring. */
const notes: readonly Pattern[] = [
  [/^no earlier run from here measured an IC on these data$/, '此處先前無執行在這些資料上測量過 IC'],
  [
    of(`${n} earlier runs? from here measured an IC on these data; .*`),
    '此處先前已有 $1 次執行在這些資料上測量過 IC；看得越多次，就越不算樣本外',
  ],
  [
    of(`${n} requests, ${n} samples; memory that is held on purpose for more than ${q} would look like growth`),
    '$1 次請求、$2 個樣本；刻意持有超過 $3 的記憶體會被看成增長',
  ],
  [
    of(`${n} stocks × ${n} days in ${q}; ${n} predictions from (\\S+) on`),
    '$1 檔股票 × $2 個交易日，耗時 $3；自 $5 起共 $4 筆預測',
  ],
  [
    of(`${n} sessions of stress, ${n} stock-days halted, ${n} closed at a limit\\.`),
    '壓力期間 $1 個交易日，暫停交易 $2 股日，收盤於漲跌停 $3 股日。',
  ],
  [
    of(
      `${n} requests of ${n} rows at ${n} /s \\(${n} % of what a service time of ${q} allows, at most ${q}\\), ${n} looks?`,
    ),
    '以每秒 $3 次送出 $1 次請求，每次 $2 列（為服務時間 $5 所容許的 $4 %，至多 $6），檢視 $7 次',
  ],
  [
    of(
      `${n} users: ${n} answers, ${n} failures in ${q}\\. A closed loop hides stalls: no latency limit is judged by it\\.`,
    ),
    '$1 位使用者：$4 內 $2 次回應、$3 次失敗。封閉迴路會掩蓋停頓，故不以此判定延遲門檻。',
  ],
  [
    of(`A request costs ${q} and ${q} ?(µs)? for each stock \\(${n} rounds\\)\\.`),
    '每次請求固定 $1，每檔股票再加 $2$3（$4 輪）。',
  ],
  [of(`At ${n} stocks the stage “(.+)” takes the most time, ${n} %\\.`), '在 $1 檔股票時，階段「$2」最耗時，占 $3 %。'],
  [
    of(`(.+): a closed loop with ${n} requests under way came to ${n} predictions/s\\.`),
    '$1：封閉迴路同時 $2 個請求，達每秒 $3 筆預測。',
  ],
  [
    of(
      `(While profiled, t|T)he slowest ${n} of ${n} requests t(?:ake|ook) ${q} against ${q} in the middle[:;] “(.+?)” makes ${n} % of the difference \\(${n} against ${q}\\)\\. In the middle most goes to “(.+?)”: ${n} %\\.(?: Idle, it waited: .*)?`,
    ),
    '$3 次請求中最慢的 $2 次為 $4，居中者為 $5；「$6」占差距的 $7 %（$8 對 $9）。',
  ],
  [
    of(
      `The knee is at ${n} requests under way and ${n} predictions/s\\. More load does not lower the throughput; it nears ${n} predictions/s\\. ${n} % of the work waits for its turn; the law is within ${n} % of what was measured\\.`,
    ),
    '拐點在同時 $1 個請求、每秒 $2 筆預測；負載再增不會降低吞吐量，趨近每秒 $3 筆。$4 % 的工作須輪候；定律與實測相差不超過 $5 %。',
  ],
  [
    of(
      `The knee is at ${n} requests under way and ${n} predictions/s\\. Beyond ${n} requests under way more load means less throughput; there it is ${n} predictions/s\\. ${n} % of the work waits for its turn; the law is within ${n} % of what was measured\\.`,
    ),
    '拐點在同時 $1 個請求、每秒 $2 筆預測；超過 $3 個請求後負載愈高吞吐量愈低，該處為每秒 $4 筆。$5 % 的工作須輪候；定律與實測相差不超過 $6 %。',
  ],
  [
    of(
      `Without the profiler the event loop is in use ${n} % of the time, a timer of it is late by ${q} in ${n} % of its ticks, and garbage collection takes ${n} % of its busy time\\.`,
    ),
    '未剖析時，事件迴圈有 $1 % 的時間在使用，計時器有 $3 % 的觸發延遲達 $2，垃圾回收占忙碌時間的 $4 %。',
  ],
  [
    of(`no steady state: response times moved by ([+−-][\\d.]+ %) from the first third of the run to the last`),
    '未達穩態：回應時間自前三分之一至後三分之一變化 $1',
  ],
  [
    of(`(no-leak|leak|undecided): (.+): ${q} per iteration \\(${q} to ${q}\\), p = ${n}, budget ${q}`),
    '$1：$2：每次 $3（$4 至 $5），p = $6，容許 $7',
  ],
  [
    of(
      `(.+): outage ${q}, ${n}(?: of ${n})? requests failed, steady ${q} after the undo, slowest response ${q}, ${n} relapses`,
    ),
    '$1：中斷 $2，失敗 $3 次，解除後 $5 恢復穩態，最慢回應 $6，復發 $7 次',
  ],
  [
    of(
      `(.+): outage ${q}, ${n}(?: of ${n})? requests failed, not steady again within ${q}, slowest response ${q}, ${n} relapses`,
    ),
    '$1：中斷 $2，失敗 $3 次，$5 內未恢復穩態，最慢回應 $6，復發 $7 次',
  ],
  [
    of(
      'A second instance without the fault ran beside it as a control: the machine did not stand still from the fault on',
    ),
    '另有一份未注入故障的對照服務同時執行：故障後機器未停頓',
  ],
  [
    of(
      `A second instance without the fault ran beside it as a control: the machine stood still ${n} times for both \\(${n} ms in all, the longest ${n} ms\\), which is not charged to the fault`,
    ),
    '另有一份未注入故障的對照服務同時執行：兩者同時停頓 $1 次（共 $2 ms，最長 $3 ms），不計入故障',
  ],
  [
    of(`simulated: ${n} stocks × ${n} sessions to (\\S+), seed ${n}, signal ${n}, stress ${n}`),
    '模擬：$1 檔股票 × $2 個交易日，至 $3，種子 $4，訊號 $5，壓力 $6',
  ],
  [of(`${n} of ${n} requests failed`), '$2 次請求中失敗 $1 次'],
];

/** How intervals were made. */
const methods: readonly Pattern[] = [
  [of(`batch-exceedance(?:, look ${n} of ${n})?`), '批次超越法'],
  [
    of(`none: values above the limit stand in ${n} of ${n} batches only; ${n} are needed`),
    '無：$2 個批次中僅 $1 個含有超過門檻的值，需要 $3 個',
  ],
];

/** Titles with figures or names in them. */
const titles: readonly Pattern[] = [
  [
    /^Stages of the response time, in the middle and in the slowest ([\d,]+) requests$/,
    '回應時間的各階段：居中的請求與最慢的 $1 次請求',
  ],
  [
    /^Functions of the service, in the middle and in the slowest ([\d,]+) requests, while profiled$/,
    '剖析期間服務的各函式：居中的請求與最慢的 $1 次請求',
  ],
  [/^Peak memory of the pipeline by the size of the universe, (\d+) days$/, '依股票數的管線記憶體峰值（$1 個交易日）'],
  [/^(.+): the pipeline survives it$/, '$1：管線承受得住', 'nested'],
  [/^Requests around the fault “(.+)”$/, '故障「$1」前後的請求'],
  [/^Heap of Node process (\d+)$/, 'Node 行程 $1 的堆積'],
];

/** Every text with figures in it that checks say. */
export const chinesePatterns: readonly Pattern[] = [...reasons, ...titles, ...hows, ...notes, ...methods];
