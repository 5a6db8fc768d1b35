/** The page's style: light and dark by the reader's system, a phone's width, and paper. */
export const pageStyle = `
:root { color-scheme: light dark; --bg: #fbfcfd; --panel: #fff; --ink: #1b2430; --soft: #5b6472; --line: #dfe3e8;
  --pass: #14713d; --fail: #b3261e; --inconclusive: #8a5a00; --not-measured: #4a5260; --accent: #0b4f8a; }
@media (prefers-color-scheme: dark) { :root { --bg: #12161c; --panel: #1a2029; --ink: #e7ebf0; --soft: #a3adba;
  --line: #2d3642; --pass: #5fce8d; --fail: #ff8a80; --inconclusive: #f0b95a; --not-measured: #aab4c0; --accent: #7db8ee; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans TC", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 64px; }
header.verdict { border-left: 8px solid var(--tone); background: var(--panel); padding: 20px 24px; border-radius: 6px; box-shadow: 0 1px 3px #0002; }
header.verdict h1 { margin: 0 0 6px; font-size: 1.6rem; line-height: 1.25; text-wrap: balance; }
header.verdict p { margin: 0; color: var(--soft); }
h2 { margin: 40px 0 12px; font-size: 1.2rem; }
h3 { margin: 0 0 8px; font-size: 1rem; }
nav { margin: 14px 0 0; display: flex; gap: 6px 16px; flex-wrap: wrap; font-size: .9rem; }
a { color: var(--accent); }
.tone-pass { --tone: var(--pass); } .tone-fail { --tone: var(--fail); }
.tone-inconclusive { --tone: var(--inconclusive); } .tone-not-measured { --tone: var(--not-measured); }
.scroll { overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 8px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th { font-weight: 600; color: var(--soft); white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
.badge { color: var(--tone); font-weight: 700; white-space: nowrap; }
.soft { color: var(--soft); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 16px; }
figure { margin: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 14px 16px; min-width: 0; }
figure svg { width: 100%; height: auto; display: block; }
@media (prefers-color-scheme: dark) { figure svg text { fill: #a3adba; } }
details { margin-top: 8px; font-size: .88rem; } summary { cursor: pointer; color: var(--soft); }
details .scroll { max-height: 320px; overflow: auto; margin-top: 8px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; font-size: .92rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
section.check { margin-top: 28px; }
section.check > p { margin: 4px 0 10px; color: var(--soft); }
.bar { position: relative; height: 10px; min-width: 120px; background: var(--line); border-radius: 5px; }
@media (max-width: 560px) { main { padding: 12px 10px 40px; } header.verdict h1 { font-size: 1.25rem; } th, td { padding: 6px 8px; }
  dl { grid-template-columns: 1fr; } dt { margin-top: 6px; } }
@media print { body { background: #fff; } nav, details { display: none; } figure, header.verdict, .scroll { break-inside: avoid; box-shadow: none; }
  main { max-width: none; padding: 0; } }
`;
