import type { Pattern } from './chinese-patterns.ts';

/** What checks of memory under limits and of the garbage collector's settings say in English. */
export const memoryTerms: Readonly<Record<string, string>> = {
  'Settings of the garbage collector, measured side by side': '垃圾回收設定的並排測量',
  'Work under a lowered memory limit: where it slows and where it breaks': '降低記憶體上限：何處變慢、何處失敗',
  'Time under a limit over time without, in turns': '有上限與無上限的時間比（輪流測量）',
  'The same work under other settings of the garbage collector; ratios are to the default':
    '相同工作在不同垃圾回收設定下的表現（比值以預設為準）',
  'limit of': '上限種類',
  broke: '失敗次數',
  runs: '執行次數',
  time: '時間',
  'at least': '下界',
  'at most': '上界',
  'time, at least': '時間下界',
  'time, at most': '時間上界',
  'P95, at least': 'P95 下界',
  'P95, at most': 'P95 上界',
  'peak, at least': '峰值下界',
  'peak, at most': '峰值上界',
  collecting: '垃圾回收時間',
  default: '預設',
  heap: '堆積',
  'address-space': '位址空間',
  'control-group': '控制群組',
  'V8’s old space (--max-old-space-size)': 'V8 老生代（--max-old-space-size）',
  'address space of each process (RLIMIT_AS)': '各行程的位址空間（RLIMIT_AS）',
  'resident memory of all processes (control group)': '全部行程的常駐記憶體（控制群組）',
  'peak of the same work without a limit': '相同工作無上限時的峰值',
  'time that stood still for garbage collection, under V8’s own settings': 'V8 預設下因垃圾回收而停頓的時間',
  'ways to break, of those seen, that are silent, leave torn output or do not say that memory was the reason':
    '所見的失敗方式中，無聲無息、留下殘缺輸出或未說明原因為記憶體者',
  'no setting was measured better than V8’s own: leave it as it is': '沒有任何設定測得優於 V8 預設：維持原狀即可',
  'halved until a tenth apart': '逐次減半至相差一成',
  'inverse prediction of a line, or of a parabola where it bends': '直線（彎曲時為拋物線）的反向預測',
  't, paired by rounds': 't 檢定（逐輪配對）',
  'held and refuted rates': '維持與推翻的到達率',
  'permutation-null': '排列虛無分布',
};

const n = '([\\d.,∞−–×-]+)';
const q = '([\\d.,∞−-]+ ?(?:ms|s|min|h|B|kB|MB|GB|%|/s)?)';
const of = (source: string): RegExp => new RegExp(`^${source}$`);

/** Texts with figures in them. */
export const memoryPatterns: readonly Pattern[] = [
  [of('smallest limit at which the work was done: (.+)'), '能完成工作的最小上限：$1', 'nested'],
  [of(`without a limit it takes ${q} and ${q} \\(${n} runs\\)`), '無上限時耗時 $1、記憶體 $2（$3 次執行）'],
  [of(`(.+): it works with ${q} and breaks with ${q}`), '$1：$2 可行，$3 失敗'],
  [of(`(.+): with ${q} it broke in ${n} of ${n} runs`), '$1：$2 時，$4 次執行中失敗 $3 次'],
  [of('(.+): it was not slower by a tenth for sure at any of (.+)'), '$1：在 $2 下均未確定慢一成'],
  [
    of('(.+): it breaks cleanly: it ended with (\\S+(?: \\d+)?); it said “(.+)”'),
    '$1：失敗時處置得當：以 $2 結束，並說明「$3」',
  ],
  [
    of(
      '(.+): it breaks NOT cleanly: it ended with (\\S+(?: \\d+)?)((?:; .+)?); it did not say that memory was the reason',
    ),
    '$1：失敗時處置不當：以 $2 結束，未說明原因為記憶體',
  ],
  [
    of(`its ${n} output files were the same bytes in two runs without a limit, and are held against these`),
    '無上限的兩次執行中，$1 個輸出檔逐位元組相同，並以此為對照',
  ],
  [
    of(`intervals at ${n} % each, so that all of them hold at ${n} %; settings took turns in a drawn order`),
    '各信賴區間取 $1 %，使全部同時成立的信心為 $2 %；各設定依抽籤順序輪流',
  ],
  [of(`semi-space ${q}`), '新生代 $1'],
  [of(`old space ${q}`), '老生代 $1'],
  [of(`semi-space ${q}, old space ${q}`), '新生代 $1、老生代 $2'],
  [
    of(`(.+) \\(${n} rounds\\): time (.+), P95 (.+), collecting garbage ${q}, peak (.+)`),
    '$1（$2 輪）：時間 $3，P95 $4，垃圾回收 $5，峰值 $6',
  ],
  [of('time with (.+) over that of the default: the best of (\\d+)'), '設定「$1」與預設的時間比：$2 種中最佳'],
  [of('P95 with (.+) over that of the default: the best of (\\d+)'), '設定「$1」與預設的 P95 比：$2 種中最佳'],
  [
    of('peak memory with (.+) over that of the default: the best of (\\d+)'),
    '設定「$1」與預設的記憶體峰值比：$2 種中最佳',
  ],
  [
    of(`${n} stocks are more than four times what was measured: the curve may bend more before`),
    '$1 檔股票超過實測的四倍：曲線在此之前可能更彎',
  ],
  [of(`the search ended early: (.+)`), '搜尋提前結束：$1', 'nested'],
  [
    of(`generator-limited: a thread that sends was busy ${n} % of the time; ${n} % are allowed`),
    '受產生器限制：送出請求的執行緒有 $1 % 的時間忙碌，容許 $2 %',
  ],
  [
    of(`the generator sent ${n} % of its requests more than ${q} late(?:; ${q} are allowed)?`),
    '產生器有 $1 % 的請求晚送出 $2 以上',
  ],
  [of(`more than ${q} of requests were waiting`), '等待中的請求逾 $1'],
  [
    of(
      `none: batches of ${n} samples still depend on each other \\(correlation ${n}\\); upper end by clusters of exceedances`,
    ),
    '無：$1 個樣本的批次仍彼此相關（相關係數 $2）；上界取自超越值的群集',
  ],
  [of(`batch-exceedance, look ${n} of ${n}; upper end by clusters of exceedances`), '批次超越法；上界取自超越值的群集'],
  [
    of(
      `mean rank IC where each day’s returns were dealt to the stocks at random: there is nothing to know, so it is zero but for chance`,
    ),
    '將每日報酬隨機分派給各股後的平均排序 IC：無訊號可言，除機遇外應為零',
  ],
  [
    of(`distance of that from zero in its standard errors; beyond ${n} by chance once in ${n} (\\S+ )?runs`),
    '該值與零的距離（以標準誤計）；純屬機遇而超過 $1 者，每 $2 次執行約一次',
  ],
  [
    of(`predictions that change when the panel ends on (\\S+) and (\\S+) instead of (\\S+)`),
    '資料改為止於 $1 與 $2（而非 $3）時會改變的預測',
  ],
  [
    of(
      `share of lost predictions, up to their last day, of ${n} stocks that were taken from the market on days drawn at random: predictions that are there where the stocks stay`,
    ),
    '隨機選日使 $1 檔股票下市，至其最後一日為止遺漏的預測比例（以股票未下市時的預測為準）',
  ],
];
