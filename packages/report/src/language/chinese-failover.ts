import type { Pattern } from './chinese-patterns.ts';

/** What checks of faults, of failures of the market and of wrong data say in English. */
export const failoverTerms: Readonly<Record<string, string>> = {
  // titles of checks
  'Recovery after the service was asked to end and started again': '服務正常終止並重啟後的復原',
  'Recovery after the kernel killed the service for lack of memory': '服務因記憶體不足遭核心終止後的復原',
  'Recovery after the service could have no more memory': '服務無法再取得記憶體後的復原',
  'Recovery after other work took the processors': '處理器遭其他工作占用後的復原',
  'Recovery after a cascade of requests that raise exceptions': '大量引發例外的請求後的復原',
  'Recovery after the network was slow': '網路緩慢後的復原',
  'Recovery after nothing got through the network': '網路完全不通後的復原',
  'Recovery after the network was down': '網路中斷後的復原',
  'Recovery after the service could open no file or connection': '服務無法再開啟檔案或連線後的復原',
  'Recovery after the service could write nothing': '服務無法寫入任何檔案後的復原',
  'The pipeline killed at random moments and run again': '管線於隨機時刻遭強制終止並重新執行',
  'A pipeline is given data that are wrong': '給管線錯誤的資料',
  'A service is sent requests that are wrong': '送給服務錯誤的請求',
  'A pipeline is given the failures of the Taiwan market': '給管線台股市場的各種異常',
  'A service is asked the cross-sections of the Taiwan market’s failures': '以台股市場異常的橫斷面詢問服務',
  'A pipeline that takes prints is given what feeds do to them': '給接收逐筆行情的管線各種行情異常',
  'Recovery: The feed is silent over the open, then all of it comes at once': '復原：開盤行情中斷，隨後一次湧入',
  'Recovery: Orders and quotes burst after the open': '復原：開盤後委託與報價湧入',
  'Recovery: The bad morning': '復原：最壞的早晨',
  'Recovery: Clocks are off': '復原：時鐘偏差',
  'Recovery: The model’s file is damaged in the middle of a session': '復原：盤中模型檔損壞',
  'Another version of the model is put in its place': '以另一版本的模型取代現有模型',
  // how figures were got
  'mistakes that the experiment has proved: none': '實驗證實的缺陷：無',
  'share of the requests due from the fault to the end that failed': '故障至結束之間預定送出的請求中失敗的比例',
  'requests from the fault on to which nothing came back, no answer and no refusal':
    '故障後毫無回音（既無回應亦無拒絕）的請求',
  'from the fault until the health endpoint was not healthy or an answer was marked as degraded':
    '自故障起，至健康檢查端點呈現異常或回應標示為降級',
  'answers that are not bit for bit those before the fault, and not marked, of the requests due from the fault to the end':
    '故障至結束之間的請求中，與故障前並非逐位元相同且未標示的回應',
  'share of answers that are not bit for bit those before the fault, and not marked, of the requests due from the fault to the end':
    '故障至結束之間的請求中，與故障前並非逐位元相同且未標示的回應比例',
  'answers that the service itself marked as stale or degraded, of the requests due from the fault to the end':
    '故障至結束之間的請求中，服務自行標示為過時或降級的回應',
  'share of answers that the service itself marked as stale or degraded, of the requests due from the fault to the end':
    '故障至結束之間的請求中，服務自行標示為過時或降級的回應比例',
  'share of answers that are bit for bit those before the fault, of the requests due from the fault to the end':
    '故障至結束之間的請求中，與故障前逐位元相同的回應比例',
  'requests at the service for each one sent, from the fault on against before':
    '故障後相對於故障前，每送出一次請求而抵達服務的次數',
  'resident memory of all processes when it was steady again, above that before the fault':
    '恢復穩態時所有行程的常駐記憶體，超過故障前的部分',
  "requests with a good answer that are not in the target's own journal": '已正常回應卻不在受測系統自身日誌中的請求',
  "entries of the target's own journal beyond the first for a request": '受測系統自身日誌中，同一請求第二筆以後的紀錄',
  "entries of the target's own journal for requests that were never sent": '受測系統自身日誌中，從未送出之請求的紀錄',
  'time from the fault to the end in which a second instance without the fault got nothing done either; not charged to the fault':
    '故障至結束之間，未注入故障的第二份服務同樣毫無進展的時間；不計入故障',
  'kills after which the file of predictions was there and not whole': '強制終止後留下殘缺預測檔的次數',
  'runs after a kill that did not end well': '強制終止後重新執行而未正常結束的次數',
  'runs after a kill whose predictions are not, byte for byte, those of the uninterrupted run':
    '強制終止後重新執行，預測與未中斷者並非逐位元組相同的次數',
  'time of the run after a kill against that of an uninterrupted run: below 1 where work is kept':
    '強制終止後重新執行的時間與未中斷執行之比；低於 1 表示保留了先前的工作',
  'last-worse-window': '最後劣化窗',
  // why something was not measured
  'nothing showed the fault: the health endpoint, where there is one, stayed healthy, and no answer was marked as degraded':
    '沒有任何跡象顯示故障：健康檢查端點（若有）始終正常，亦無回應標示為降級',
  'nothing between load and service counts what arrives': '負載與服務之間沒有計算抵達請求的代理',
  'the processes of the service are not known': '服務的行程不明',
  'the target is not known to keep a journal of requests (workload.acknowledgements)':
    '受測系統未宣告保存請求日誌（workload.acknowledgements）',
  'the traffic does not compare answers': '此負載不比對回應',
  'no run after a kill ended well': '強制終止後沒有一次重新執行正常結束',
  // what became of wrong data
  'predicts as from right data': '預測與正確資料相同',
  'leaves the wrong rows out': '略去錯誤的資料列',
  'it ended with code 0 and predicted nothing': '以代碼 0 結束，卻沒有任何預測',
  'answers as to the right request': '回應與正確請求相同',
  'gives a finite prediction for each row': '每列均給出有限的預測值',
  'it did not answer: the client’s thread hangs until its own time-out': '未回應：用戶端執行緒一直等到自身逾時',
  // what must hold
  'wrong data are refused, repaired, left out or named; none goes in without a word':
    '錯誤資料須被拒絕、修復、略去或指明，不得無聲採用',
  'the target ends well and answers': '受測系統正常結束並有回應',
  'every prediction is a finite number': '每個預測均為有限值',
  'there is one prediction for each stock and moment': '每檔股票每個時點恰有一個預測',
  'every stock that trades has its prediction': '每檔有成交的股票均有預測',
  'no prediction is given for what does not trade': '未交易者沒有預測',
  'two stocks with the same data have the same prediction': '資料相同的兩檔股票預測相同',
  'what says the same in another way gives the same predictions': '以不同方式表達的相同資料，預測相同',
  'predictions before an event are those of a market in which it never comes':
    '事件發生前的預測，與該事件從未發生的市場相同',
  'a corporate action moves no stock in the ranking, since its holders lost nothing':
    '公司行動不影響股票排名，因持有人並無損失',
  'no prediction is dated on a day that is no session': '沒有預測的日期落在非交易日',
  'no prediction uses a price older than its greatest age without a flag': '使用逾齡價格的預測均有標示',
  'no prediction for what is locked at its limit is given without a flag': '鎖在漲跌停的股票，其預測均有標示',
  'a price that only repeats is not read as one that does not move': '只是重複的價格，未被當作沒有波動',
  'the auction after an interruption is not read as a step from one trade to the next':
    '暫停撮合後的集合競價，未被當作相鄰兩筆成交之間的漲跌',
  'prints that come after later ones are counted as late': '晚於後續行情才到達的成交均計為遲到',
  'prints after a restart of the exchange count, although their numbers begin again':
    '交易所重新啟動後序號重新起算，其成交仍予計入',
  'the closing auction counts, however far clocks are off': '無論時鐘偏差多少，收盤集合競價均予計入',
  'a trade settles on the second settlement day after it, of which a day that was closed is none':
    '成交於其後第二個交割日交割，休市日不計為交割日',
  'a day of which only the afternoon is off is a session like any other': '僅下午停止上班之日，仍為一般交易日',
  'a code that went to another company has none of the history of the one before':
    '代號改由另一家公司使用後，不沿用前一家公司的歷史',
  'each answer says which version of the model gave it, and another model has another version':
    '每個回應均指明所用模型的版本，不同的模型版本不同',
  'what is still predicted ranks at least 70 % as well as without the fault':
    '仍有預測者，排名能力至少為無故障時的 70 %',
  '95 of 100 requests are answered within the specification’s limit': '每 100 次請求有 95 次在規格限值內獲得回應',
  'at least as many predictions are made a second as the specification asks': '每秒預測數不低於規格所求',
  'nothing that is in order is flagged or left out as stale': '正常者未被標示或略去為過時',
  'as-of times are those that were asked, in their order': '時點與所求者相同且依序',
  'the order of rows in a request changes no prediction': '請求中資料列的順序不影響預測',
  'a right request is answered': '正確的請求均獲回應',
};

const n = '([\\d.,∞−–-]+)';
const q = '([\\d.,∞−-]+ ?(?:ms|s|min|h|B|kB|MB|GB|MiB|%|/s)?)';
const of = (source: string): RegExp => new RegExp(`^${source}\\.?$`, 's');

/** Mistakes that an experiment has proved: what was seen, and what to do. */
const findings: readonly Pattern[] = [
  [
    of(
      'The service ended under the fault \\((.+)\\): an error that nobody catches takes all other requests with it\\. Catch it where the request is handled',
    ),
    '服務在故障中結束（$1）：無人攔截的錯誤波及所有其他請求。請在處理請求之處攔截',
  ],
  [of('The service did not come back: (.+)'), '服務未能恢復：$1'],
  [
    of(
      `Nothing was answered within ${q} after the fault was undone: it does not recover by itself\\. What it gave up \\(a connection, a slot of a pool, a breaker\\) must be tried again`,
    ),
    '故障解除後 $1 內沒有任何回應：無法自行復原。放棄的資源（連線、連線池名額、斷路器）必須重試',
  ],
  [
    of(`${q} after the fault was undone ${n} of ${n} requests still failed`),
    '故障解除 $1 後，$3 次請求中仍有 $2 次失敗',
  ],
  [
    of(
      `After the fault was undone it answered and failed again ${n} times: a breaker that opens on what it still remembers, or retries in step\\. Forget the failures of before, add jitter`,
    ),
    '故障解除後，恢復又失敗共 $1 次：斷路器因仍記得先前的失敗而再度開啟，或重試同步發生。請清除先前的失敗並加入隨機延遲',
  ],
  [
    of(
      `${n} answers were wrong and nothing said so; ${n} of them are the answer to another request, as from a cache\\. Mark what is stale \\(x-degraded, warning: 110\\), or refuse`,
    ),
    '$1 個回應有誤且未標示，其中 $2 個是另一請求的答案，如同取自快取。請標示過時的回應（x-degraded、warning: 110），或予以拒絕',
  ],
  [
    of(`${n} answers were wrong and nothing said so\\. Mark what is computed from less \\(x-degraded\\), or refuse`),
    '$1 個回應有誤且未標示。請標示以不足資料算出者（x-degraded），或予以拒絕',
  ],
  [
    of(
      `${n} answers said success and held no finite prediction for each row \\(NaN, infinite, missing or not readable\\)\\. Refuse \\(503\\) what cannot be computed`,
    ),
    '$1 個回應宣稱成功，卻未對每列給出有限的預測（NaN、無限大、缺漏或無法讀取）。無法計算者請拒絕（503）',
  ],
  [
    of(
      `${n} requests that came after the fault was undone had to wait behind those from before \\(up to ${q}\\), and none was refused: a queue with no limit\\. Refuse \\(503\\) what cannot be answered in time`,
    ),
    '故障解除後的 $1 次請求須排在先前請求之後（最長 $2），且無一遭拒：佇列沒有上限。來不及回應者請拒絕（503）',
  ],
  [
    of(
      `${n} requests that came after the fault was undone had to wait behind those from before \\(up to ${q}\\), and only ${n} were refused: a queue with no limit\\. Refuse \\(503\\) what cannot be answered in time`,
    ),
    '故障解除後的 $1 次請求須排在先前請求之後（最長 $2），僅 $3 次遭拒：佇列沒有上限。來不及回應者請拒絕（503）',
  ],
  [
    of(
      `${n} requests hung until their client gave up after ${q}, because an upstream did: calls to it have no time-out, or one that is longer than the client’s\\. Give up sooner and answer 503 or a marked fallback`,
    ),
    '上游停滯使 $1 次請求懸置，直到用戶端在 $2 後放棄：對上游的呼叫沒有逾時，或逾時比用戶端更長。請及早放棄，並回應 503 或有標示的替代結果',
  ],
  [
    of(
      `During the fault ${n} requests reached the upstream for each one sent \\(${n} before\\): retries\\. Retry once, with a pause and jitter, and not when most of them fail`,
    ),
    '故障期間每送出一次請求，上游收到 $1 次（之前為 $2 次）：重試過多。請只重試一次，加上間隔與隨機延遲，且在多數失敗時不重試',
  ],
  [
    of(
      `${n} right requests failed or waited over ${q} beside wrong ones: reading a wrong request blocks the others\\. Bound what parsing may take, check sizes first`,
    ),
    '與錯誤請求並行時，$1 次正確請求失敗或等待逾 $2：讀取錯誤請求阻塞了其他請求。請限制解析的耗用，並先檢查大小',
  ],
  [
    of(
      `${n} requests that were under way when it was asked to end \\(SIGTERM\\) got no answer: take no new ones, finish those, then end`,
    ),
    '收到終止要求（SIGTERM）時進行中的 $1 次請求沒有回應：應停止接收新請求，處理完畢後再結束',
  ],
  [
    of(`Memory grew from ${q} to ${q} and did not come back: something is kept for each request since the fault`),
    '記憶體由 $1 增至 $2 且未回落：故障後每次請求都有東西殘留',
  ],
  [
    of(
      `${n} requests were answered as done and are missing from the target’s own journal: it answers before it writes\\. Write and flush first, then answer`,
    ),
    '$1 次請求已回應完成，卻不在受測系統自身的日誌中：先回應後寫入所致。請先寫入並落盤，再行回應',
  ],
  [
    of(
      `${n} entries of the target’s own journal are second ones for the same request: a retry or a replay that is not idempotent\\. Write by id`,
    ),
    '受測系統自身日誌中有 $1 筆是同一請求的第二筆：重試或重播不具冪等性。請以識別碼寫入',
  ],
];

/** Kinds of mistakes, before their sentence. */
const kinds: readonly (readonly [string, string])[] = [
  ['does-not-start', '無法啟動'],
  ['crashed', '崩潰'],
  ['never-recovers', '無法復原'],
  ['stays-degraded', '持續降級'],
  ['flapping', '反覆起伏'],
  ['stale-as-fresh', '以舊充新'],
  ['wrong-answers', '錯誤回應'],
  ['unusable-answers', '回應不可用'],
  ['no-deadline', '沒有時限'],
  ['retry-storm', '重試風暴'],
  ['unbounded-queue', '佇列無上限'],
  ['held-up-by-wrong-requests', '受錯誤請求拖累'],
  ['not-drained', '未處理完畢即結束'],
  ['memory-kept', '記憶體殘留'],
  ['lost-after-answer', '回應後遺失'],
  ['done-twice', '重複執行'],
];

/** What else is noted of a fault. */
const notes: readonly Pattern[] = [
  [
    of('The service ended under the fault \\((.+)\\) and was started again, as by a supervisor'),
    '服務在故障中結束（$1），並如有監督程式般重新啟動',
  ],
  [of('Most frequent: (.+)'), '最常見：$1'],
  [of(`${n} answers were marked as stale or degraded`), '$1 個回應標示為過時或降級'],
  [
    of("No control twin ran, and what the machine did counts as the fault's: a second instance did not start: (.+)"),
    '沒有對照服務，機器造成的影響一併計入故障：第二份服務未能啟動：$1',
  ],
  [
    of("No control twin ran, and what the machine did counts as the fault's: (.+)"),
    '沒有對照服務，機器造成的影響一併計入故障：$1',
  ],
  [
    of('A second instance without the fault ran beside it as a control, but excuses nothing: (.+)'),
    '另有一份未注入故障的對照服務同時執行，但不據以排除任何影響：$1',
    'nested',
  ],
  [
    of(`the twin had only ${n} requests before the fault; at least ${n} are needed`),
    '對照服務在故障前僅有 $1 次請求，至少需要 $2 次',
  ],
  [of(`${n} of ${n} requests to the twin failed as well`), '對照服務的 $2 次請求亦失敗 $1 次'],
  [
    of(`the twin stood still for ${n} % of the time: the machine was not calm, or the fault reaches the twin`),
    '對照服務有 $1 % 的時間停頓：機器不平靜，或故障波及對照服務',
  ],
  [of('no control twin: (.+)'), '沒有對照服務：$1'],
  [of('the control twin excuses nothing: (.+)'), '對照服務不據以排除任何影響：$1', 'nested'],
  [
    of(
      `share of a trading day's error budget that this fault burned: ${n} failed of the ${n} that may at ${n} requests a second and ${n} %`,
    ),
    '此故障耗用的單日錯誤預算：失敗 $1 次；以每秒 $3 次請求、$4 % 計，容許 $2 次',
  ],
  [of(`service frozen for ${q}`), '服務凍結 $1'],
  [of('of ([\\d,]+): (.+)'), '$1 次判定：$2', 'nested'],
  [of(`held at intensity ${n}: all of the fault is borne`), '強度 $1 仍成立：故障全程皆可承受'],
  [of(`(tw-\\d+) at intensity ${n}: borne`), '$1，強度 $2：承受得住'],
  [of('needs a pipeline that reads (.+) and writes (.+)'), '需要讀取 $1 並寫出 $2 的管線'],
  [of(`the hypervisor gave ${n} % of the CPU time to other machines`), '虛擬機管理程式將 $1 % 的 CPU 時間給了其他機器'],
  [of('refused: “(.*)”'), '拒絕：「$1」'],
  [of('refuses: (.*)'), '拒絕：$1'],
  [of('went on and said so: “(.*)”'), '繼續執行並說明：「$1」'],
  [
    of(`it ended with code ${n} and left predictions behind that can be taken for good`),
    '以代碼 $1 結束，卻留下可能被當成正確的預測',
  ],
  [
    of(`it ended with code 0, and ${n} of ${n} predictions are not finite`),
    '以代碼 0 結束，而 $2 個預測中有 $1 個非有限值',
  ],
  [
    of(`it ended with code 0 and without a word, and ${n} of ${n} predictions are missing`),
    '以代碼 0 結束且未作說明，$2 個預測中缺少 $1 個',
  ],
  [
    of(
      `it ended with code 0 and without a word, and its predictions are neither those from right data(?: nor those without the wrong rows)?: (.+) went into them`,
    ),
    '以代碼 0 結束且未作說明，預測既非正確資料所得，亦非略去錯誤列所得：$1 已被採用',
  ],
  [
    of(`it answered ${n} with predictions, of data that it cannot have understood`),
    '以 $1 回應並給出預測，而所收資料不可能看得懂',
  ],
  [
    of(`it answered ${n}: it takes the client’s mistake for its own, and the client tries again in vain`),
    '以 $1 回應：把用戶端的錯誤當成自己的，用戶端將徒然重試',
  ],
  [of('needs another codec than “(.+)” to be sent'), '需要「$1」以外的編碼方式才能送出'],
];

/** All of them; a kind is told before its sentence. */
export const failoverPatterns: readonly Pattern[] = [
  ...kinds.map(([kind, chinese]): Pattern => [of(`${kind}: (.+)`), `${chinese}（${kind}）：$1`, 'nested']),
  ...findings,
  ...notes,
];
