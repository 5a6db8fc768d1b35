import { type Readiness, type Statement, statementType } from './statement.ts';

export const testResultPredicateType = 'https://in-toto.io/attestation/test-result/v0.1';

/** An in-toto test result, for policy engines that know no other. Source: in-toto attestation, test-result v0.1 */
export interface TestResult {
  readonly result: 'PASSED' | 'WARNED' | 'FAILED';
  readonly configuration: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly passedTests: readonly string[];
  readonly warnedTests: readonly string[];
  readonly failedTests: readonly string[];
}

/**
 * The same claim as a test result. That format knows no “not run”: what failed, is undecided or was not measured all
 * count as failed, and what passed under conditions as warned.
 */
export function testResultStatement(statement: Statement<Readiness>): Statement<TestResult> {
  const { predicate, subject } = statement;
  const names = predicate.requirements.filter(({ required }) => required);
  const passed = names.filter(({ verdict }) => verdict === 'pass').map(({ expression }) => expression);
  const failed = names
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ expression, verdict }) => (verdict === 'fail' ? expression : `${expression} (${verdict})`));
  const isConditional = predicate.verdict === 'conditional';
  return {
    _type: statementType,
    subject,
    predicateType: testResultPredicateType,
    predicate: {
      result: predicate.verdict === 'pass' ? 'PASSED' : isConditional ? 'WARNED' : 'FAILED',
      configuration: [{ name: `suite:${predicate.suite.name}`, digest: { sha256: predicate.suite.digest } }],
      passedTests: isConditional ? [] : passed,
      warnedTests: isConditional ? passed : [],
      failedTests:
        failed.length > 0 || predicate.verdict === 'pass' || isConditional ? failed : ['the run was not completed'],
    },
  };
}
