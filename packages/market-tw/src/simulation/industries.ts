/** An industry of the exchanges' classification, with what its companies look like from outside. */
export interface Industry {
  /** Official code, such as `24`. */
  readonly code: string;
  readonly name: string;
  /** Companies on each exchange in March 2026. */
  readonly twse: number;
  readonly tpex: number;
  /** First two digits of its companies' codes with their number, the commonest. */
  readonly prefixes: Readonly<Record<string, number>>;
}

const row = (line: string): Industry => {
  const [code, name, twse, tpex, prefixes] = line.split('|');
  return {
    code: code!,
    name: name!,
    twse: Number(twse),
    tpex: Number(tpex),
    prefixes: Object.fromEntries(
      prefixes!.split(' ').map((entry): [string, number] => [entry.slice(0, 2), Number(entry.slice(3))]),
    ),
  };
};

/**
 * Codes and names: TWSE industry classification as in github.com/cplus66/copilot-fire `tw-stock/twse/group.csv` @17804a9;
 * 32 and 33 are TPEx's own. Companies and code prefixes: counted in github.com/mlouielu/twstock `twstock/codes` @7794b13
 * (2026-03-27): common stocks and Innovation Board.
 */
export const industries: readonly Industry[] = `
01|Cement|7|0|11:7
02|Foods|25|8|12:23 17:3 77:3 42:2
03|Plastics|21|4|13:20 43:4
04|Textiles|42|10|14:36 44:15
05|Electric Machinery|50|49|45:35 15:32 20:4 66:3 31:2
06|Electrical and Cable|16|1|16:14 49:1
08|Glass and Ceramics|5|0|18:5
09|Paper and Pulp|7|0|19:6 67:1
10|Iron and Steel|31|18|20:31 50:7 99:2
11|Rubber|11|0|21:10 65:1
12|Automobile|42|0|22:17 15:10 45:4 13:3
14|Building Material and Construction|55|32|25:28 55:20 14:7 61:4 62:3
15|Shipping and Transportation|27|6|26:23 56:5 67:2
16|Tourism and Hospitality|18|32|27:28 57:4 77:4
17|Finance and Insurance|32|8|28:28 60:8 58:4
18|Trading and Consumers’ Goods|19|0|29:13 59:2 84:2
20|Others|51|45|99:17 84:14 89:10 69:5
21|Chemical|28|14|17:21 47:19
22|Biotechnology and Medical Care|56|95|41:46 17:17 65:12 47:11 66:11 67:10
23|Oil, Gas and Electricity|8|4|89:5 99:5
24|Semiconductor|93|107|23:14 35:12 62:12 49:11 65:11 24:10 67:10
25|Computer and Peripheral Equipment|64|47|23:19 30:10 61:8 24:6 62:6
26|Optoelectronic|68|49|30:10 49:10 24:9 35:9 62:8 34:7
27|Communications and Internet|45|47|24:9 49:8 61:8 30:7 64:7
28|Electronic Parts and Components|125|123|61:24 62:24 24:21 30:20 80:15 23:13
29|Electronic Products Distribution|21|16|80:7 30:6 61:4 62:3
30|Information Service|11|32|52:6 24:5 61:5 62:4
31|Other Electronic|46|49|24:10 23:7 35:5 32:3 61:3
32|Cultural and Creative|0|26|61:5 30:3 84:2
33|Agricultural Technology|0|4|65:2 12:1 41:1
35|Green Energy and Environmental Services|25|16|68:6 69:6 84:6
36|Digital and Cloud Services|12|24|77:6 69:5 84:4
37|Sports and Leisure|18|9|99:5 89:4 84:3
38|Household|11|21|29:6 99:4 66:3 84:3
`
  .trim()
  .split('\n')
  .map(row);
