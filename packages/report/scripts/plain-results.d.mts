import type { CheckResult, Results } from '@preopen/core';

export function plainResults(change?: Partial<Results>): Results;
export function plainCheck(change?: Partial<CheckResult>): CheckResult;
