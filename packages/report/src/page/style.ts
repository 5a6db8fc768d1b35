const light = `--bg: #f5f6f8; --panel: #fff; --ink: #15202d; --soft: #556172; --rule: #e1e5ea; --edge: #c9d0d9; --accent: #1b4f8f; --tint: #eef3f9;
  --pass: #1b5c9c; --fail: #b03f08; --inconclusive: #7a5a00; --not-measured: #556172; --limit: #b03f08; --shade: 0 1px 2px #15202d14;
  --series-1: #1b4f8f; --series-2: #4a90cc; --series-3: #8a68b0; --series-4: #b2761c; --series-5: #3a8a7e; --series-6: #a3527a;
  --series-bad: #c8500f; --series-quiet: #8793a2; --series-faint: #c3ccd7;`;
const dark = `--bg: #0f141a; --panel: #171e27; --ink: #e7ecf2; --soft: #a4b0be; --rule: #2b3541; --edge: #3d4957; --accent: #8ebcf0; --tint: #1b2633;
  --pass: #86baf2; --fail: #ff9d6b; --inconclusive: #e4c05c; --not-measured: #a4b0be; --limit: #ff9d6b; --shade: none;
  --series-1: #7fb4f0; --series-2: #4b8bca; --series-3: #b79be0; --series-4: #e0b060; --series-5: #6cc3b4; --series-6: #e08fb3;
  --series-bad: #ff8a4c; --series-quiet: #7c8897; --series-faint: #46525f;`;

/** The page's style: light and dark by the reader's system or the switch, a phone's width, and paper. */
export const pageStyle: string = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=light]) { ${dark} } }
@media screen { :root[data-theme=dark] { color-scheme: dark; ${dark} } }
:root[data-theme=light] { color-scheme: light; }
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--bg); color: var(--ink); line-height: 1.5; position: relative; overflow-wrap: anywhere;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans TC", "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", sans-serif; }
:lang(zh-Hant-TW) { line-height: 1.65; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); text-underline-offset: 2px; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .82em; color: var(--soft); }
.soft { color: var(--soft); } .small { font-size: .84rem; }
.original { quotes: none; } .original::before { content: "原文"; display: inline-block; margin-right: 5px; padding: 0 4px; border: 1px solid var(--edge); border-radius: 4px; color: var(--soft); font-size: .78em; line-height: 1.5; vertical-align: .08em; }
.unseen, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: absolute; left: 12px; top: 12px; z-index: 9; padding: 8px 14px; background: var(--panel); }
.tone-pass { --tone: var(--pass); } .tone-fail { --tone: var(--fail); }
.tone-inconclusive { --tone: var(--inconclusive); } .tone-not-measured { --tone: var(--not-measured); }
.icon { width: 1em; height: 1em; flex: none; vertical-align: -.12em; display: inline-block; }
.cut { fill: none; stroke: var(--panel); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.badge { color: var(--tone); font-weight: 650; white-space: nowrap; }

.top { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 4px 24px; padding: 12px clamp(14px, 2.4vw, 32px);
  background: var(--panel); border-bottom: 1px solid var(--rule); font-size: .92rem; }
.top p { margin: 0; } .top strong { color: var(--accent); letter-spacing: .01em; margin-right: 10px; } .top bdi { font-weight: 600; margin-right: 8px; }
.tools { display: flex; gap: 8px; } .tools[hidden] { display: none; }
button { font: inherit; font-size: .84rem; color: var(--ink); background: var(--panel); border: 1px solid var(--edge); border-radius: 6px; padding: 5px 12px; cursor: pointer; }
button:hover { border-color: var(--accent); color: var(--accent); }
.frame { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 clamp(20px, 3vw, 44px); max-width: 1340px; margin: 0 auto; padding: 0 clamp(12px, 2.4vw, 32px) 80px; }
@media (min-width: 1000px) { .frame { grid-template-columns: 196px minmax(0, 1fr); } }
nav { font-size: .92rem; padding-top: 16px; } nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: flex; gap: 9px; align-items: center; padding: 6px 8px; border-radius: 6px; color: var(--ink); text-decoration: none; line-height: 1.3; min-height: 32px; }
nav a .icon { color: var(--tone); } nav a:hover { background: var(--tint); color: var(--accent); }
nav summary { cursor: pointer; padding: 8px 0; font-weight: 600; }
@media (min-width: 1000px) { nav details { position: sticky; top: 20px; } nav summary { display: none; } nav { padding-top: 30px; } }
@media (max-width: 999px) { nav details { background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; padding: 2px 12px; }
  nav ul { padding-bottom: 10px; columns: 2; } }

h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; margin: 0; }
section { margin-top: 64px; } section.verdict { margin-top: 30px; }
@media screen { section:nth-of-type(n + 3) { content-visibility: auto; contain-intrinsic-block-size: auto 2400px; } }
h2 { font-size: 1.5rem; letter-spacing: -.01em; } h2 .badge { font-size: .92rem; margin-left: 10px; letter-spacing: 0; }
h3 { font-size: 1.08rem; } h4 { font-size: .95rem; }
.question { margin: 4px 0 20px; color: var(--soft); max-width: 72ch; }
.verdict { background: var(--panel); border: 1px solid var(--rule); border-top: 5px solid var(--tone); border-radius: 10px; padding: 26px clamp(16px, 3vw, 36px) 22px; box-shadow: var(--shade); }
.verdict h1 { font-weight: 400; } .standing { display: flex; align-items: center; gap: 12px; font-size: clamp(1.7rem, 4vw, 2.3rem); font-weight: 720; letter-spacing: -.02em; color: var(--tone); }
.standing .icon { width: .82em; height: .82em; } .sentence { display: block; margin-top: 8px; font-size: clamp(1.05rem, 2vw, 1.24rem); line-height: 1.45; }
.claims { margin: 20px 0 0; border-top: 1px solid var(--rule); }
.claims > div { display: grid; grid-template-columns: 118px minmax(0, 1fr); gap: 2px 18px; padding: 10px 0; border-bottom: 1px solid var(--rule); font-size: .95rem; }
.claims > div:last-child { border-bottom: 0; padding-bottom: 0; }
.claims dt { color: var(--soft); font-weight: 600; } .claims dd { margin: 0; max-width: 92ch; font-variant-numeric: tabular-nums; } .claims ul { margin: 0; padding: 0; list-style: none; } .claims li + li { margin-top: 4px; }
@media (max-width: 640px) { .claims > div { grid-template-columns: minmax(0, 1fr); } }

.scroll { overflow-x: auto; background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { text-align: left; padding: 9px 14px; border-bottom: 1px solid var(--rule); vertical-align: top; min-width: 0; }
tbody tr:last-child > * { border-bottom: 0; } thead th::first-letter { text-transform: uppercase; } thead th { font-weight: 600; color: var(--soft); font-size: .82rem; white-space: nowrap; }
tbody th { font-weight: 400; overflow-wrap: anywhere; } .number { text-align: right; white-space: nowrap; }
.name { font-weight: 600; margin-right: 6px; } .reason { margin: 3px 0 0; color: var(--soft); font-size: .86rem; max-width: 76ch; }
.requirements td, .requirements tbody th { padding-top: 10px; padding-bottom: 9px; } .requirements th, .requirements td { padding-left: 10px; padding-right: 10px; } .requirements tbody td:first-child { border-left: 4px solid var(--tone); }
.requirements details { display: inline-block; margin: 0 0 0 8px; font-size: .84rem; vertical-align: baseline; } .requirements details[open] { display: block; margin: 4px 0 0; } .requirements tbody th { min-width: 210px; width: 42%; }
.how { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 12px; margin: 6px 0 0; } .how dt { color: var(--soft); } .how dd { margin: 0; }
.spare { white-space: nowrap; } .margin { display: block; width: 120px; height: 16px; margin-bottom: 2px; }
.margin .wrong { fill: none; stroke: var(--edge); stroke-width: .75; } .margin .right { fill: var(--tint); stroke: var(--edge); stroke-width: .75; }
.margin .limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 3 2; } .margin .whisker { stroke: var(--tone); stroke-width: 2.5; fill: none; } .margin .dot, .margin .beyond { fill: var(--tone); }
@media (max-width: 640px) {
  .cards { background: none; border: 0; overflow: visible; } .requirements, .requirements tbody, .requirements tr, .requirements td, .requirements tbody th { display: block; }
  .requirements thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .requirements tr { background: var(--panel); border: 1px solid var(--rule); border-left: 4px solid var(--tone); border-radius: 8px; padding: 12px 14px; margin-bottom: 12px; }
  .requirements td, .requirements tbody th, .requirements tbody td:first-child { border: 0; padding: 3px 0; text-align: left; white-space: normal; min-width: 0; width: auto; }
  .requirements td.number, .requirements td.spare { display: grid; grid-template-columns: 84px minmax(0, 1fr); gap: 0 8px; }
  .recoveries .requirements td.number { grid-template-columns: 150px minmax(0, 1fr); } .requirements td.number br { display: none; } .requirements td.number .soft, .requirements td.spare .soft { grid-column: 2; }
  .requirements td.number::before, .requirements td.spare::before { content: attr(data-label); color: var(--soft); font-size: .86rem; } }

.checks + .checks { margin-top: 32px; } .checks { display: grid; gap: 40px; grid-template-columns: minmax(0, 1fr); } .check { scroll-margin-top: 16px; } .head > p { margin: 2px 0 0; }
@media (min-width: 760px) { .multiples { grid-template-columns: repeat(auto-fill, minmax(min(100%, 430px), 1fr)); gap: 16px; } }
.multiples .check { background: var(--panel); border: 1px solid var(--rule); border-radius: 10px; padding: 18px 20px; }
.multiples .charts { grid-template-columns: minmax(0, 1fr); } .multiples .chart { border: 0; padding: 12px 0 0; background: none; box-shadow: none; grid-column: auto; }
.multiples.small { gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); } .multiples.small .check { padding: 14px 16px; } .multiples > .check:only-child { grid-column: 1 / -1; }
.compact h3 { font-size: .98rem; } .multiples .compact { border-top: 3px solid var(--tone, var(--rule)); } .lines { margin: 10px 0 0; font-size: .88rem; font-variant-numeric: tabular-nums; } .lines > div { display: flex; justify-content: space-between; gap: 4px 12px; padding: 4px 0; border-top: 1px solid var(--rule); } .lines dt { color: var(--soft); } .lines dd { margin: 0; text-align: right; } .compact .missing li { padding: 8px 12px; font-size: .86rem; }
.minis { list-style: none; margin: 10px 0 0; padding: 0; display: grid; gap: 5px; font-size: .78rem; font-variant-numeric: tabular-nums; } .minis li { display: grid; grid-template-columns: 66px minmax(0, 1fr) max-content; gap: 8px; align-items: center; } .minis .told { text-align: right; white-space: nowrap; } .mini { display: block; width: 100%; height: 30px; } .mini .stress { fill: var(--series-4); opacity: .16; } .mini .zero { stroke: var(--rule); vector-effect: non-scaling-stroke; } .mini .line { fill: none; stroke: var(--series-1); stroke-width: 1.5; vector-effect: non-scaling-stroke; } .mini .area { fill: var(--series-2); opacity: .7; } .mini .bars { stroke: var(--series-1); opacity: .75; }
.charts.bares { grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr)); margin-bottom: 16px; } .bares .chart { padding: 12px 16px; } .bares figcaption { margin: 0; }
.recoveries { margin-bottom: 24px; } .recoveries > p { margin: 0 0 10px; } .recoveries .requirements tbody th { min-width: 120px; width: auto; } .recoveries .requirements thead th { white-space: normal; vertical-align: bottom; } .recoveries .requirements th.number { min-width: 54px; font-size: .74rem; hyphens: auto; } .recoveries .requirements th, .recoveries .requirements td { padding-left: 7px; padding-right: 7px; }
.strip-cell { width: 24%; min-width: 150px; } .strip { display: block; width: 100%; height: 18px; } .swatch.strip { width: 18px; height: 10px; }
.strip .good { fill: var(--series-2); } .strip .both { fill: var(--series-4); } .strip .bad { fill: var(--series-bad); } .strip .moment { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 2 2; vector-effect: non-scaling-stroke; }
.keys { list-style: none; margin: 16px 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(152px, 1fr)); gap: 10px; }
.keys li { background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; padding: 11px 14px 10px; display: flex; flex-direction: column; font-variant-numeric: tabular-nums; min-width: 0; }
.keys li[class^=tone] { border-top: 3px solid var(--tone); padding-top: 9px; }
.key-name { font-size: .8rem; color: var(--soft); line-height: 1.3; min-height: 2.6em; } .keys strong { white-space: nowrap; font-size: 1.26rem; font-weight: 680; letter-spacing: -.01em; margin-top: 2px; } .keys strong + .soft { font-size: .78rem; min-height: 1.3em; }
.key-limit { font-size: .8rem; margin-top: auto; padding-top: 4px; display: flex; flex-wrap: wrap; gap: 0 6px; } .key-limit .soft { white-space: nowrap; }
.overview { margin-bottom: 28px; }
.multiples .keys { grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); } .multiples .keys li { background: var(--bg); }
.missing { list-style: none; margin: 14px 0 0; padding: 0; display: grid; gap: 8px; } .missing .badge { margin-right: 8px; } .missing.shared { margin: 0 0 24px; } .missing.shared .name { font-weight: 600; } .missing li, .empty { background: none; border: 1px dashed var(--edge); border-radius: 8px; padding: 11px 16px; margin: 0; }
.empty.skipped { margin-top: 16px; } .skipped p { margin: 0; } .skipped ul { margin: 8px 0 0; padding: 0 0 0 18px; columns: 2 320px; column-gap: 32px; font-size: .88rem; color: var(--soft); } .skipped li { break-inside: avoid; }
.empty + .empty { margin-top: 8px; } .head > .empty { margin-top: 10px; }
.head > .noise { margin-top: 10px; padding: 8px 14px; border-left: 3px solid var(--inconclusive); background: var(--panel); font-size: .88rem; }
.notes, .run-notes { font-size: .88rem; margin-top: 14px; } .notes ul, .run-notes { padding-left: 20px; color: var(--soft); } .check > p.small { margin: 4px 0 0; }
summary { cursor: pointer; color: var(--soft); min-height: 24px; } summary:hover { color: var(--accent); }

.charts { display: grid; grid-auto-flow: dense; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 16px; margin-top: 16px; }
.chart { margin: 0; min-width: 0; background: var(--panel); border: 1px solid var(--rule); border-radius: 10px; padding: 16px 18px 12px; box-shadow: var(--shade); container-type: inline-size; }
.broad-figure, .bare { grid-column: 1 / -1; } .chart.bare { display: flex; flex-wrap: wrap; gap: 0 18px; padding: 9px 18px; align-items: baseline; } .bare figcaption { margin: 0; } .bare details { margin: 0; } .bare details[open] { flex-basis: 100%; }
figcaption h3, figcaption h4 { font-size: .95rem; } figcaption > :first-child::first-letter { text-transform: uppercase; } figcaption p { margin: 3px 0 0; font-size: .9rem; color: var(--soft); max-width: 78ch; } figcaption { margin-bottom: 12px; }
.plot { position: relative; cursor: crosshair; touch-action: pan-y; } .plot svg { width: 100%; height: auto; display: none; overflow: visible; }
.plot svg text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans TC", "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", sans-serif; font-variant-numeric: tabular-nums; paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; }
.plot .instants { stroke: var(--series-4); stroke-width: 1.25; } .plot .note, .plot .moment { fill: var(--soft); } .plot .name { fill: var(--ink); margin: 0; font-weight: 400; } .plot .limit { fill: var(--limit); }
.plot svg.narrow { display: block; }
@container (min-width: 400px) { .plot svg.narrow:not(:only-of-type) { display: none; } .plot svg.medium { display: block; } .legend.narrow-only { display: none; } }
@container (min-width: 760px) { .plot svg.medium:not(:first-child) { display: none; } .plot svg.broad { display: block; } }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 3px 16px; margin: 0 0 10px; padding: 0; font-size: .82rem; } .legend li { display: flex; align-items: center; gap: 6px; }
.swatch { width: 18px; height: 10px; flex: none; }
.cursor { position: absolute; top: 0; bottom: 0; width: 0; border-left: 1px solid var(--ink); opacity: .5; pointer-events: none; } .cursor.flat { width: auto; height: 0; bottom: auto; left: 0; right: 0; border-left: 0; border-top: 1px solid var(--ink); }
#tip { position: absolute; z-index: 5; max-width: min(300px, calc(100vw - 16px)); padding: 8px 12px; background: var(--panel); color: var(--ink); border: 1px solid var(--edge); border-radius: 8px; box-shadow: 0 4px 14px #0003; font-size: .82rem; pointer-events: none; font-variant-numeric: tabular-nums; }
#tip[hidden] { display: none; } #tip div { display: flex; gap: 7px; align-items: center; } #tip b { margin-left: auto; padding-left: 14px; white-space: nowrap; font-weight: 650; } #tip i { width: 9px; height: 9px; border-radius: 50%; flex: none; }
${[1, 2, 3, 4, 5, 6, 'bad', 'quiet', 'faint'].map((tone) => `.dot-${tone} { background: var(--series-${tone}); }`).join(' ')}
details.data { margin-top: 8px; font-size: .84rem; } details.data .scroll { max-height: 340px; overflow: auto; margin-top: 8px; } details.data th, details.data td { padding: 4px 10px; } details.data pre { margin-bottom: 0; padding: 8px 12px; font-size: .8rem; } details.data pre[hidden] { display: none; } .save { margin-top: 8px; } .save[hidden] { display: none; } details.data thead th { position: sticky; top: 0; background: var(--panel); }
details.figures { background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; margin-bottom: 8px; } details.figures > summary { padding: 10px 16px; font-weight: 600; color: var(--ink); } details.figures.more { margin-top: 8px; } details.figures > .scroll { border: 0; border-top: 1px solid var(--rule); border-radius: 0 0 8px 8px; }
.figures .name { display: block; }
.pairs { margin: 0; background: var(--panel); border: 1px solid var(--rule); border-radius: 10px; padding: 6px 20px; } .pairs > div { display: grid; grid-template-columns: 180px minmax(0, 1fr); gap: 2px 18px; padding: 8px 0; border-bottom: 1px solid var(--rule); font-size: .92rem; } .pairs > div:last-child { border: 0; }
.pairs dt { color: var(--soft); } .pairs dd { margin: 0; } .pairs + h3 { margin: 28px 0 12px; }
.glossary { margin: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 16px 36px; font-size: .92rem; } .glossary dt { font-weight: 650; } .glossary dd { margin: 2px 0 0; color: var(--soft); }
@media (max-width: 640px) { section { margin-top: 48px; } .pairs > div { grid-template-columns: minmax(0, 1fr); } .keys { grid-template-columns: repeat(2, minmax(0, 1fr)); } .chart { padding: 14px 12px 10px; } th, td { padding: 8px 10px; } .scroll:not(.cards) tbody th { min-width: 150px; } }

@page { size: A4; margin: 14mm 13mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #556172; } @bottom-left { content: "Preopen"; font: 8pt sans-serif; color: #556172; } }
@media print {
  :root, :root[data-theme] { color-scheme: light; --bg: #fff; --shade: none; }
  body { font-size: 9pt; line-height: 1.4; } .top { padding: 0 0 6px; font-size: 9pt; } .tools, nav, .skip, #tip, .cursor, details.data, details.notes, .evidence, .requirements details, .bare { display: none !important; }
  .frame { display: block; padding: 0; max-width: none; } section { margin-top: 20pt; } section.verdict { margin-top: 10pt; padding: 12pt 16pt; } .question { margin-bottom: 8pt; }
  h2 { font-size: 15pt; } h3 { font-size: 10.5pt; } h4, figcaption h3 { font-size: 9.5pt; } figcaption p, .claims > div { font-size: 8.5pt; } figcaption { margin-bottom: 6pt; } .legend { font-size: 7.5pt; margin-bottom: 4pt; }
  h2, h3, h4, .question, figcaption, .check > p, .head:not(:has(.keys)), .recoveries > p, .recoveries > .legend { break-after: avoid; } h2, h3, .head { break-inside: avoid; }
  .verdict, .chart, .keys li, .requirements tr, .missing li, .empty, .compact, .glossary > div, .pairs > div { break-inside: avoid; } p { orphans: 3; widows: 3; }
  .keys { margin-top: 8pt; gap: 6pt; grid-template-columns: repeat(6, minmax(0, 1fr)); } .keys li { padding: 5pt 7pt; } .key-name { font-size: 7pt; } .keys strong { font-size: 10.5pt; } .keys strong + .soft, .key-limit { font-size: 7pt; min-height: 0; }
  .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 7pt; margin-top: 8pt; } .chart { padding: 7pt 9pt; border-radius: 5pt; } .plot svg.narrow:not(:only-of-type), .plot svg.broad { display: none; } .plot svg.medium { display: block; } .broad-figure .plot svg.medium:not(:first-child) { display: none; } .broad-figure .plot svg.broad { display: block; } .multiples.small .plot svg.narrow { display: block; } .multiples.small .plot svg.medium { display: none; } .plot svg text { font-size: 12px; } .legend.narrow-only { display: none; } .bares { grid-template-columns: repeat(3, minmax(0, 1fr)); margin-bottom: 8pt; }
  .checks { gap: 14pt; } .checks + .checks { margin-top: 14pt; } .multiples { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 7pt; } .multiples.small { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 6pt; } .multiples .check, .multiples.small .check { padding: 7pt 9pt; border-radius: 5pt; } .lines { font-size: 7.5pt; margin-top: 4pt; } .lines > div { padding: 1.5pt 0; }
  .missing { margin-top: 8pt; gap: 5pt; } .missing li, .empty { padding: 5pt 9pt; font-size: 8.5pt; } .head > .noise { padding: 3pt 8pt; font-size: 7.5pt; margin-top: 5pt; } .notes, .small { font-size: 7.5pt; }
  .scroll { overflow: visible; } table { font-size: 8pt; } th, td { padding: 2.5pt 5pt; } .requirements td, .requirements tbody th { padding-top: 4pt; padding-bottom: 4pt; } .requirements tbody th { min-width: 0; } .reason { font-size: 7.5pt; } .strip-cell { min-width: 0; }
  .pairs { padding: 2pt 12pt; } .pairs > div { padding: 3pt 0; font-size: 8.5pt; grid-template-columns: 110pt minmax(0, 1fr); }
  a { color: inherit; text-decoration: none; } details.figures { border: 0; margin-bottom: 6pt; } details.figures::details-content { content-visibility: visible; display: block; } details.figures > summary { padding: 4pt 0; break-after: avoid; list-style: none; }
  #figures .groups { columns: 2; column-gap: 14pt; } #figures table { font-size: 7pt; } #figures th:nth-child(5), #figures td:nth-child(5), #figures td br, #figures td .soft, #figures code { display: none; } #figures table { table-layout: fixed; } #figures thead th { width: 20%; white-space: normal; } #figures thead th:first-child { width: 36%; } #figures thead th:nth-child(3) { width: 30%; } #figures thead th:nth-child(4) { width: 14%; } #environment tbody th { white-space: nowrap; } #figures td.number { white-space: normal; } #figures th, #figures td { padding: 1.5pt 4pt; } #figures tr { break-inside: avoid; }
  .glossary { columns: 2; column-gap: 16pt; display: block; font-size: 7.5pt; } .glossary > div { margin-bottom: 4pt; }
  thead { display: table-header-group; } }
`;
