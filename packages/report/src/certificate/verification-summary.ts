import { canonicalJson, sha256, utf8 } from './bytes.ts';
import { readinessPredicateType, type Statement, statementType } from './statement.ts';
import type { Verification } from './verify.ts';

export const verificationSummaryPredicateType = 'https://slsa.dev/verification_summary/v1';

/** What a verifier lets pass: a full certificate, and statements under those conditions alone that it names. */
export interface AcceptancePolicy {
  readonly acceptConditions: readonly string[];
}

/** Whether a verified statement is let pass. Every condition must be accepted by its name, one by one. */
export function isAccepted(
  { outcome, verdict, statement }: Verification,
  { acceptConditions }: AcceptancePolicy,
): boolean {
  if (outcome !== 'verified') return false;
  if (verdict === 'pass') return true;
  const conditions = statement?.predicate.conditions ?? [];
  return (
    verdict === 'conditional' && conditions.length > 0 && conditions.every(({ id }) => acceptConditions.includes(id))
  );
}

/** A SLSA verification summary. Source: slsa.dev/verification_summary/v1 */
export interface VerificationSummary {
  readonly verifier: { readonly id: string; readonly version: Readonly<Record<string, string>> };
  readonly timeVerified: string;
  readonly resourceUri: string;
  readonly policy: { readonly uri: string; readonly digest: Readonly<Record<string, string>> };
  readonly inputAttestations: readonly { readonly uri: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly verificationResult: 'PASSED' | 'FAILED';
  readonly verifiedLevels: readonly string[];
  readonly slsaVersion: '1.0';
}

/**
 * What a verifier found, as a statement of its own: written and signed by whoever verifies, not by who measured, so
 * that others can rely on it without the results.
 * @returns `undefined` for a file that holds no statement at all: there is nothing to speak of
 */
export async function verificationSummary(
  verification: Verification,
  request: {
    readonly certificate: Uint8Array<ArrayBuffer>;
    readonly certificateUri: string;
    readonly policy: AcceptancePolicy;
    /** Who verifies: a URI that its readers trust together with its key. */
    readonly verifierId: string;
    readonly toolVersion: string;
    /** ISO date and time. */
    readonly timeVerified: string;
  },
): Promise<Statement<VerificationSummary> | undefined> {
  const { statement } = verification;
  if (statement === undefined) return undefined;
  const accepted = isAccepted(verification, request.policy);
  const policy = { acceptConditions: request.policy.acceptConditions.toSorted() };
  return {
    _type: statementType,
    subject: statement.subject,
    predicateType: verificationSummaryPredicateType,
    predicate: {
      verifier: { id: request.verifierId, version: { preopen: request.toolVersion } },
      timeVerified: request.timeVerified,
      resourceUri: `preopen:target:${encodeURIComponent(statement.predicate.target.name)}`,
      policy: {
        uri: `${readinessPredicateType}#acceptance`,
        digest: { sha256: await sha256(utf8(canonicalJson(policy))) },
      },
      inputAttestations: [{ uri: request.certificateUri, digest: { sha256: await sha256(request.certificate) } }],
      verificationResult: accepted ? 'PASSED' : 'FAILED',
      // Values of one's own are allowed as long as they do not begin with SLSA_.
      verifiedLevels: accepted ? ['PREOPEN_READINESS_V1'] : ['FAILED'],
      slsaVersion: '1.0',
    },
  };
}
