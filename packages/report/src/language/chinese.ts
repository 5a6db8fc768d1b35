import type { Catalogue, Counts } from './catalogue.ts';
import { chineseGlossary } from './chinese-glossary.ts';
import { inChinese } from './chinese-sentences.ts';

const when = new Intl.DateTimeFormat('zh-TW', {
  timeZone: 'Asia/Taipei',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

const names: Readonly<Record<string, string>> = {
  'latency.inference': '推論延遲',
  'latency.service': '服務時間',
  'latency.response': '回應時間',
  'latency.users': '並行使用者的延遲',
  'latency.batch.fixed': '每次請求的固定成本',
  'latency.batch.perStock': '每多一檔股票的成本',
  'latency.eventLoop.utilisation': '事件迴圈使用率',
  'latency.eventLoop.delay': '事件迴圈延遲',
  'latency.gc.share': '垃圾回收占忙碌時間的比例',
  'errors.rate': '請求失敗率',
  'throughput.predictions': '每秒預測數',
  'throughput.requests': '每秒單檔請求數',
  'throughput.users': '並行使用者的每秒預測數',
  'capacity.contention': '等待輪候的工作占比',
  'capacity.coherency': '耗於一致性的工作占比',
  'capacity.knee': '拐點吞吐量',
  'capacity.peak': '最高吞吐量',
  'memory.pipeline.peakRss': '管線的記憶體峰值',
  'memory.service.peakRss': '服務的記憶體峰值',
  'memory.service.leak': '每千次請求殘留的記憶體',
  'memory.pipeline.largestUniverse': '記憶體可容納的最多股票數',
  'ic.mean': '平均排序 IC',
  'ic.ir': 'IC 資訊比率',
  'ic.t': 'IC 的 t 統計量',
  'ic.pearson': '平均 Pearson IC',
  'ic.oracleShare': '占最佳可能 IC 的比例',
  'ic.null': '無訊號市場中的 IC',
  'ic.nullDeviations': '該 IC 與零的距離',
  'portfolio.grossExcess': '扣除成本前的日超額報酬',
  'portfolio.netExcess': '扣除成本後的日超額報酬',
  'portfolio.turnover': '投資組合的日週轉率',
  'features.duration': '完整特徵計算時間',
  'universe.stocks': '無遺漏處理的股票數',
  'universe.lostPredictions': '遺漏的預測',
  'pipeline.duration': '整條管線的時間',
  'pipeline.rowsPerSecond': '每秒處理的股票日數',
  'scale.exponent': '時間隨股票數成長的次方',
  'scale.durationAt5000': '5,000 檔股票時的時間',
  'pit.violations': '偷看未來的預測',
  'pit.differences': '兩次相同執行的差異',
  'pit.survivorship': '下市股票遺漏的預測',
};

const scenarios: Readonly<Record<string, string>> = { limitDown: '跌停日', haltStorm: '大量暫停交易', crash: '崩盤' };
const faults: Readonly<Record<string, string>> = { kill: '強制終止後重啟', pause: '行程凍結' };
const endings: Readonly<Record<string, string>> = {
  timeToSteadyState: '恢復穩態時間',
  timeToFirstSuccess: '首次正常回應時間',
  outage: '最長中斷時間',
  failedRequests: '失敗請求數',
  errorShare: '失敗請求比例',
  missingPredictions: '遺漏的預測',
  nonFinitePredictions: '非有限值的預測',
  duration: '管線時間',
  complete: '獲得回應的比例',
};

function metric(id: string): string | undefined {
  const share = /\.p(\d+)$/.exec(id)?.[1];
  const stem = share === undefined ? id : id.slice(0, -share.length - 2);
  const [family, part = '', ...rest] = stem.split('.');
  const ending = rest.join('.');
  const tail = share === undefined ? '' : ` P${share.length > 2 ? `${share.slice(0, 2)}.${share.slice(2)}` : share}`;
  if (names[stem]) return `${names[stem]}${tail}`;
  if (family === 'taiwan' || family === 'recovery') {
    const subject = (family === 'taiwan' ? scenarios : faults)[part];
    const what = ending === '' ? '延遲' : endings[ending];
    if (!subject || !what || (ending === '' && share === undefined)) return undefined;
    return `${subject}：${what}${tail}`;
  }
  return undefined;
}

function counts({ required, pass, fail, inconclusive, notMeasured }: Counts): string {
  if (required === pass) return `${required} 項要求全部通過。`;
  const parts = [
    ...(fail > 0 ? [`${fail} 項未通過`] : []),
    ...(inconclusive > 0 ? [`${inconclusive} 項無法判定`] : []),
    ...(notMeasured > 0 ? [`${notMeasured} 項未測量`] : []),
    `${pass} 項通過`,
  ];
  return `${required} 項要求中，${parts.join('、')}。`;
}

const withInterval = (interval: string): string => (interval ? `（${interval}）` : '');

/** 繁體中文, as written in Taiwan. */
export const chinese: Catalogue = {
  language: 'zh-TW',
  verdicts: { pass: '通過', fail: '未通過', inconclusive: '無法判定', 'not-measured': '未測量' },
  standing: {
    pass: '可以上線',
    fail: '不可上線',
    inconclusive: '無法判定',
    'not-measured': '尚未證實',
    interrupted: '執行中斷',
    nothing: '未設定要求',
  },
  sections: {
    summary: '摘要',
    requirements: '要求',
    latency: '延遲',
    throughput: '吞吐量',
    memory: '記憶體',
    signal: '訊號品質',
    taiwan: '台股壓力情境',
    recovery: '故障復原',
    scaling: '規模',
    other: '其他檢查',
    history: '歷史',
    environment: '機器與執行',
    figures: '所有數據',
    glossary: '各項數據的取得方式',
  },
  questions: {
    summary: '',
    requirements: '要求什麼、實測如何、兩者相距多少。',
    latency: '一次回應要多久？最慢的請求在等什麼？',
    throughput: '在回應變得太慢之前，能承受多少流量？',
    memory: '用了多少記憶體、用在哪裡、是否持續增加？',
    signal: '預測是否說中了之後的報酬？是否只用到過去的資料？',
    taiwan: '在台股劇烈震盪的日子能否撐住？',
    recovery: '出狀況時會發生什麼事？多久能恢復如常？',
    scaling: '管線能否處理整個市場？時間如何隨規模成長？',
    other: '這些檢查的測量結果。',
    history: '與先前的執行相比，是進步還是退步？',
    environment: '測了什麼、在什麼機器上、機器有多安靜。',
    figures: '本次執行的每一項測量，連同信賴區間、樣本數與取得方式。',
    glossary: '本頁用語及其背後的意義。',
  },
  labels: {
    reportOf: (target, suite) => `${target}：上線就緒報告，套件 ${suite}`,
    skipToContent: '跳到內容',
    menu: '章節',
    theme: '深淺色切換',
    print: '列印',
    verdict: '判定',
    requirement: '要求',
    limit: '門檻',
    measured: '實測值',
    interval: '信賴區間',
    margin: '餘裕',
    marginHelp: '信賴區間較近的一端與門檻的距離，以占門檻的比例表示。',
    samples: '樣本數',
    askedBy: '依據',
    notRequired: '非必要',
    metric: '指標',
    how: '取得方式',
    reason: '原因',
    check: '檢查',
    status: '狀態',
    took: '耗時',
    notMeasured: '未測量',
    notRun: '未執行',
    evidence: '佐證檔案',
    notes: '檢查的說明',
    tableOf: (rows) => `數據表，共 ${rows} 列`,
    furtherRows: (rows) => `另有 ${rows} 列在 results.json 中。`,
    chartOf: (title) => `圖表：${title}。可用方向鍵逐點讀取，完整數據見其後的表格。`,
    noHistory: '本頁未取得此受測系統先前的執行紀錄。',
    noMeasurement: '本次執行不含本節的任何檢查。',
    allFiguresOf: '所有數據：',
    run: '執行',
    tool: '工具',
    target: '受測系統',
    targetDigest: '受測系統摘要值',
    data: '市場資料',
    seed: '亂數種子',
    seedGiven: '人工指定',
    system: '系統',
    processor: '處理器',
    memory: '記憶體',
    otherWork: '其他工作',
    unreadable: '無法讀取',
    started: '開始時間（台北）',
    duration: '時間',
    scale: '規模',
    none: '無',
    quiet: '安靜',
    noisy: '受干擾',
    noiseOf: '各項檢查期間機器的安靜程度',
    foreignCpu: '其他程序占用 CPU',
    steal: '虛擬機被占用（steal）',
    pressure: '等待 CPU 的時間',
    calibration: '校準比',
    changed: '由此改變',
    page: '頁',
    fault: '故障',
    allGroups: '全部',
    dayMean: (days) => `${days} 日平均`,
    achievedShare: '實際 ÷ 計畫',
    notHeld: '未能維持',
    generatorLate: '產生器落後，不計入',
    runs: '執行',
    fit: '擬合',
    value: '數值',
    failedCheck: '檢查失敗',
    definition: '意義',
  },
  scaleOf: (stocks, days, users) => `${stocks} 檔股票 × ${days} 個交易日，${users} 位使用者`,
  completed: { completed: '完成', failed: '失敗', skipped: '未執行' },
  summary: {
    why: '原因',
    undecided: '無法判定',
    unproven: '尚未證實',
    holds: '已達成',
    beyond: '壓力與復原',
    next: '下一步',
    conditions: '測量條件',
    counts,
    interrupted: (measured) => `執行中斷：在此之前測得 ${measured} 項指標，無法據以得出結論。`,
    nothingRequired: (measured) => `本次執行未設定要求：所測得的 ${measured} 項指標僅供參考，不作判定。`,
    failed: ({ name, value, interval, limit, margin }) =>
      `${name}為 ${value}${withInterval(interval)}，要求 ${limit}${margin ? `，${margin}` : ''}。`,
    undecidedOf: ({ name, value, interval, limit, reason }) =>
      reason.includes(value)
        ? `${name}：${reason}。`
        : `${name}為 ${value}${withInterval(interval)}，無法判定是否符合 ${limit}：${reason}。`,
    unmeasured: ({ name, limit, reason }) => `${name}（${limit}）未測量：${reason}。`,
    held: ({ name, value, interval, limit }) => `${name} ${value}${withInterval(interval)}，要求 ${limit}`,
    more: (count) => `另有 ${count} 項見表格。`,
    scenarios: (kept, of) => `台股壓力情境的 ${of} 項要求中，${kept} 項達成。`,
    recovery: (count, slowest) => `已測量 ${count} 種故障的復原，最慢者 ${slowest} 恢復穩態。`,
    nextFailed: (count, where) => `改善未通過的 ${count} 項：${where}。`,
    nextUnmeasured: (count, command) => `補測其餘 ${count} 項：${command}。`,
    nextUndecided: (count) => `在安靜的機器上或以更多樣本，重測無法判定的 ${count} 項。`,
    nextPassed: (count) => `${count} 項要求僅就此規模與此機器證實；請簽署並保存結果。`,
    machine: (cores, memory, foreign) => `${cores} 核心、${memory} 記憶體，其他工作最多占用 CPU ${foreign}`,
    scale: (stocks, days, seed, took) => `${stocks} 檔股票 × ${days} 個交易日，種子 ${seed}，耗時 ${took}`,
    notCertificate: (pass, required) => `${required} 項要求中 ${pass} 項通過；本頁並非證書。`,
  },
  captions: {
    percentiles: ({ p95, tail, oneIn }) => `P95 為 ${p95}；每 ${oneIn} 次請求有 1 次要等 ${tail} 以上。`,
    histogram: ({ low, high, requests }) => `${requests} 次請求中，半數介於 ${low} 與 ${high} 之間。`,
    overTime: ({ slowest, at, stalls }) => `最慢的回應為 ${slowest}，出現在開始後 ${at}；出現停頓的時段數：${stalls}。`,
    stages: ({ stage, middle, tail }) => `最慢的請求中，「${stage}」占 ${tail}；居中的請求為 ${middle}。`,
    batchSize: ({ fixed, perStock }) => `每次請求固定花費 ${fixed}，每多一檔股票再加 ${perStock}。`,
    capacity: ({ held, limit, interval }) => `在 P95 低於 ${limit} 之下可維持 ${held}${withInterval(interval)}。`,
    scalability: ({ knee, most, at }) => `拐點在 ${knee}；實測最高為 ${most}，當時有 ${at} 個請求同時進行。`,
    memory: ({ peak, at }) => `峰值 ${peak}，出現在開始後 ${at}。`,
    largest: ({ name, value }) => `最大者為「${name}」：${value}。`,
    icByDate: ({ mean, interval, positive, days }) =>
      `平均為 ${mean}${withInterval(interval)}；${days} 個交易日中有 ${positive} 日大於零。`,
    decay: ({ first, firstAt, last, lastAt }) =>
      `預測後 ${firstAt} 個交易日為 ${first}，${lastAt} 個交易日為 ${last}。`,
    quantiles: ({ top, bottom }) => `排名最佳的股票平均日報酬為 ${top}，最差的為 ${bottom}。`,
    growth: ({ after, market, days }) => `扣除成本後 ${days} 日累計 ${after}，全部受預測股票為 ${market}。`,
    recovery: ({ failed, answered, slowest }) => `${failed} 次請求失敗、${answered} 次獲得回應；最慢者 ${slowest}。`,
    scale: ({ exponent, interval }) => `時間隨股票數的 ${exponent} 次方成長${withInterval(interval)}。`,
    history: ({ runs, low, high, changes }) => `${runs} 次執行介於 ${low} 與 ${high} 之間；發現的變化點：${changes}。`,
  },
  range: (low, high) => `${low} 至 ${high}`,
  below: (share) => `低於門檻 ${share}`,
  above: (share) => `高於門檻 ${share}`,
  times: (factor) => `為門檻的 ${factor} 倍`,
  confidence: (share, method) => `${share} 信賴區間，${method}`,
  limitOf: (limit) => `門檻 ${limit}`,
  when: (iso) => when.format(new Date(iso)),
  metric,
  term: inChinese,
  glossary: chineseGlossary,
};
