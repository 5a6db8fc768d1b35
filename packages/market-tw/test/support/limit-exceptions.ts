/** A real day whose high or low the limits around its printed reference do not explain, and why. */
export interface LimitException {
  readonly code: string;
  readonly date: string;
  readonly reason: string;
}

/**
 * All such days of TWSE and TPEx stocks from 2019-07 to 2020-12, of 628,656. New listings have no limit in their first five
 * sessions. On the others the file prints a change of 0.00 where it means “not compared”: mostly the previous close is the
 * reference and explains the day; on an ex-day, after a capital reduction, and after sessions without a close there is
 * another reference, which the file does not hold.
 */
export const limitExceptions: readonly LimitException[] = `
1213 2020-03-23 the previous close is the reference
1418 2020-03-13 the previous close is the reference
1418 2020-03-26 the previous close is the reference
1418 2020-05-11 the previous close is the reference
1418 2020-07-10 the previous close is the reference
1432 2020-09-21 7 sessions without a close before
1449 2020-11-30 7 sessions without a close before
1470 2020-04-06 the previous close is the reference
1475 2020-04-01 the previous close is the reference
1475 2020-11-03 the previous close is the reference
1538 2020-03-17 1 sessions without a close before
1538 2020-04-14 the previous close is the reference
1760 2020-09-09 the previous close is the reference
2241 2020-08-28 session 3 of the listing
2321 2020-10-19 7 sessions without a close before
2406 2020-03-16 the previous close is the reference
2743 2020-03-09 session 1 of the listing
2752 2019-09-25 session 1 of the listing
2754 2020-09-17 session 1 of the listing
2754 2020-09-18 session 2 of the listing
2755 2020-12-16 session 1 of the listing
2910 2020-12-31 the previous close is the reference
3138 2020-12-14 session 2 of the listing
3308 2020-03-18 1 sessions without a close before
3406 2020-07-22 ex-day
3543 2020-04-16 session 2 of the listing
3543 2020-04-17 session 3 of the listing
3597 2020-03-09 session 1 of the listing
3597 2020-03-13 session 5 of the listing
4133 2020-07-16 ex-day
4576 2019-09-04 session 1 of the listing
4580 2020-01-06 session 1 of the listing
4581 2020-03-12 session 4 of the listing
4931 2019-09-17 session 1 of the listing
4931 2019-09-18 session 2 of the listing
4945 2020-11-20 session 1 of the listing
6225 2020-02-13 the previous close is the reference
6225 2020-03-10 1 sessions without a close before
6225 2020-05-18 the previous close is the reference
6225 2020-05-20 the previous close is the reference
6527 2019-12-25 session 1 of the listing
6531 2020-08-11 ex-day
6573 2020-06-22 the previous close is the reference
6588 2020-07-01 session 1 of the listing
6591 2020-07-17 the previous close is the reference
6592 2019-12-09 session 1 of the listing
6598 2020-06-09 session 1 of the listing
6598 2020-06-10 session 2 of the listing
6598 2020-06-11 session 3 of the listing
6598 2020-06-12 session 4 of the listing
6642 2019-09-23 session 1 of the listing
6680 2019-09-16 session 1 of the listing
6690 2019-10-30 session 1 of the listing
6697 2019-12-26 session 1 of the listing
6703 2020-10-20 session 1 of the listing
6706 2019-12-20 session 2 of the listing
6706 2019-12-25 session 5 of the listing
6716 2020-03-27 session 1 of the listing
6727 2020-12-01 session 1 of the listing
6728 2020-12-25 session 1 of the listing
6728 2020-12-29 session 3 of the listing
6728 2020-12-30 session 4 of the listing
6732 2020-06-08 session 1 of the listing
6732 2020-06-09 session 2 of the listing
6743 2020-12-15 session 2 of the listing
6751 2020-12-25 session 1 of the listing
6752 2020-12-10 session 1 of the listing
7556 2020-10-30 session 1 of the listing
7556 2020-11-02 session 2 of the listing
7556 2020-11-03 session 3 of the listing
8089 2020-09-23 session 1 of the listing
8089 2020-09-24 session 2 of the listing
8284 2020-05-18 session 1 of the listing
9105 2020-08-31 the previous close is the reference
9919 2020-07-20 the previous close is the reference
`
  .trim()
  .split('\n')
  .map((line) => ({ code: line.slice(0, 4), date: line.slice(5, 15), reason: line.slice(16) }));
