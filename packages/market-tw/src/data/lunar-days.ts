// The traditional lunar calendar; the tables of the Python packages lunardate 0.3.0 and LunarCalendar 0.0.9 agree on all.
// ICU’s calendar does not: it has Lunar New Year a day late in 2027 and a day early in 2030.

/** Lunar New Year’s Day, Dragon Boat Festival and Mid-Autumn Festival by year: month and day. */
export const lunarDays: Readonly<Record<number, string>> = {
  2025: '0129 0531 1006',
  2026: '0217 0619 0925',
  2027: '0206 0609 0915',
  2028: '0126 0528 1003',
  2029: '0213 0616 0922',
  2030: '0203 0605 0912',
  2031: '0123 0624 1001',
  2032: '0211 0612 0919',
  2033: '0131 0601 0908',
  2034: '0219 0620 0927',
  2035: '0208 0610 0916',
  2036: '0128 0530 1004',
  2037: '0215 0618 0924',
  2038: '0204 0607 0913',
  2039: '0124 0527 1002',
  2040: '0212 0614 0920',
  2041: '0201 0603 0910',
  2042: '0122 0622 0928',
  2043: '0210 0611 0917',
  2044: '0130 0531 1005',
  2045: '0217 0619 0925',
  2046: '0206 0608 0915',
  2047: '0126 0529 1004',
  2048: '0214 0615 0922',
  2049: '0202 0604 0911',
  2050: '0123 0623 0930',
};
