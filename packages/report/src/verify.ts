/** Verifies certificates, in browsers and in Node, without the rest of this package and without any of Node's modules. */

export type { Readiness, Statement, StatementVerdict } from './certificate/statement.ts';
export type { Verification, VerificationRequest, VerificationStep } from './certificate/verify.ts';
export { verify } from './certificate/verify.ts';
