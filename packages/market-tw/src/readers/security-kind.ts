/** Kinds of security as far as a code tells them. */
export type SecurityKind = 'stock' | 'fund' | 'warrant' | 'other';

/**
 * Kind of a security by its code: four digits from 1000 are common stock, with a letter preferred stock, 91xx(xx)
 * depositary receipts (all priced like stocks); 00… are ETFs, 01xxxT REITs, 02xxxx ETNs (the funds' ticks); 03…08 of
 * TWSE and 7… of TPEx with six characters are warrants. What else there is (convertible bonds …) is `other`.
 * Source: codes of the exchanges’ lists of 2026-03
 */
export function securityKind(code: string): SecurityKind {
  if (/^[1-9]\d{3}$/.test(code) || /^[1-9]\d{3}[A-Z]$/.test(code) || /^91\d{4}$/.test(code)) return 'stock';
  if (/^00\d{2}$/.test(code) || /^00\d{3,4}[A-Z]?$/.test(code) || /^0[12]\d{3}[0-9A-Z]$/.test(code)) return 'fund';
  if (/^0[3-8]\d{3}[0-9A-Z]$/.test(code) || /^7\d{4}[0-9A-Z]$/.test(code)) return 'warrant';
  return 'other';
}
